import EPUArchive
import Foundation
import GRDB
import TestSupport
import Testing

/// What version 5 left behind: results of several sessions in one analysis, and zeros where nothing was known.
@Suite("An archive of version 5 is brought up to date")
struct RecentMigrationTests {
    private let folder: TemporaryFolder
    private static let schema = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures/schema-5.sql")

    init() throws {
        folder = try TemporaryFolder()
        let queue = try DatabaseQueue(path: folder["a.db"])
        try queue.write { db in
            try db.execute(sql: String(contentsOf: Self.schema, encoding: .utf8))
            try db.execute(sql: "PRAGMA application_id = \(0x4550_5541); PRAGMA user_version = 5")
            for session in 1...2 { try Self.addSession(session, db) }
            // The first analysis is of one session, the second of both: it is the latest of either.
            try db.execute(
                sql: """
                    INSERT INTO placement_set (placement_set_id, grid, nearest_within_um) VALUES (1, 'g', 1), (2, 'g', 1);
                    INSERT INTO placement_set_session (placement_set_id, session_id, calibration_id)
                    VALUES (1, 1, 11), (2, 1, 12), (2, 2, 21);
                    INSERT INTO placement (placement_id, placement_set_id, exposure_id, x_um, y_um)
                    VALUES (1, 1, 1, 0, 0), (2, 2, 1, 0, 0), (3, 2, 2, 0, 0);
                    INSERT INTO pre_exposure VALUES (1, 0, 0, 0, 0, NULL, NULL), (2, 0, 0, 0, 0, NULL, NULL),
                        (3, 40, 0, 1, 0, 0.1, NULL);
                    INSERT INTO analysis (analysis_id, placement_set_id, radius_um, count_neighbours, across_sessions,
                        exposures, pairs, overexposed, created_at, rules)
                    VALUES (1, 1, 0.5, 0, 0, 1, 0, 0, '2025-01-09', 1), (2, 2, 0.4, 1, 1, 2, 1, 1, '2025-01-10', 1);
                    INSERT INTO analysis_session VALUES (1, 1, 11), (2, 1, 12), (2, 2, 21);
                    INSERT INTO overlap VALUES (2, 2, 1, 0.1, 'across-sessions', 1, 1);
                    INSERT INTO overexposure VALUES (2, 2, 1, NULL);
                    """)
        }
        try queue.close()
    }

    /// Only the first session's beam has a diameter; of both, field and its direction are known.
    private static func addSession(_ id: Int, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO session (session_id, name, grid) VALUES (\(id), 's\(id)', 'g');
                INSERT INTO session_root VALUES (\(id), \(id), '/data/\(id)');
                INSERT INTO source_file VALUES (\(id), \(id), 'a.xml', 'a', 'exposure', 1000, 1, 'ok', NULL);
                INSERT INTO grid_square (session_id, grid_square) VALUES (\(id), 7);
                INSERT INTO foil_hole (session_id, foil_hole, grid_square) VALUES (\(id), 5, 7);
                INSERT INTO template_area (session_id, area) VALUES (\(id), 2);
                INSERT INTO exposure (exposure_id, session_id, grid_square, foil_hole, area, third_number, name,
                    metadata_file_id, acquired_at, stage_x_um, stage_y_um, beam_shift_x, beam_shift_y, beam_diameter_um,
                    pixel_size_a, readout_width_px, readout_height_px, image_to_stage_m11, image_to_stage_m12,
                    image_to_stage_m21, image_to_stage_m22)
                VALUES (\(id), \(id), 7, 5, 2, 3, 'e\(id)', \(id), '2025-01-0\(id)T00:00:00.0000000Z', 0, 0, 0, 0,
                    iif(\(id) = 1, 0.8, NULL), 1, 100, 100, 1, 0, 0, 1);
                INSERT INTO calibration (calibration_id, session_id, method, chosen, m11, m12, m21, m22, scale, angle_deg,
                    mirrored, verdict, created_at)
                VALUES (10 * \(id) + 1, \(id), 'lattice', iif(\(id) = 1, 0, 2), 24, 0, 0, 24, 24, 0, 0, 'good', '2025'),
                    (10 * \(id) + 2, \(id), 'given', 0, 25, 0, 0, 25, 25, 0, 0, 'given', '2025');
                """)
    }

    private func rows(_ sql: String) throws -> [[String]] {
        try Archive(folder["a.db"], access: .write).read { db in
            try Row.fetchAll(db, sql: sql).map { row in
                row.databaseValues.map { String.fromDatabaseValue($0) ?? "\($0)" }
            }
        }
    }

    @Test("Each session's latest analysis is published with all that it asked for, also one of several sessions")
    func published() throws {
        #expect(
            try rows(
                "SELECT session_id, analysis_id, radius_um, count_neighbours, across_sessions, m11 FROM published_analysis"
            )
                == [["1", "2", "0.4", "1", "1", "25.0"], ["2", "2", "0.4", "1", "1", "NULL"]])
        #expect(
            try rows("SELECT session_id, analysis_id FROM latest_analysis ORDER BY 1") == [["1", "2"], ["2", "2"]])
        #expect(try rows("SELECT name, earlier FROM overexposed") == [["e2", "e1"]])
        #expect(try rows("SELECT session, overexposed FROM sessions ORDER BY 1") == [["s1", "0"], ["s2", "1"]])
    }

    @Test("What a field had received is not 0 where a beam's diameter was not known, and is found again")
    func unknown() throws {
        #expect(
            try rows(
                "SELECT placement_id, dose_e_per_a2, unplanned_dose_e_per_a2, field_share FROM pre_exposure ORDER BY 1")
                == [["1", "0.0", "0.0", "0.0"], ["2", "NULL", "NULL", "NULL"], ["3", "40.0", "NULL", "1.0"]])
        #expect(
            try rows("SELECT placement_set_id, nearest_within_um FROM placement_set ORDER BY 1")
                == [["1", "1.0"], ["2", "NULL"]])
        #expect(try rows("SELECT analysis_id, rules FROM analysis ORDER BY 1") == [["1", "1"], ["2", "0"]])
    }

    @Test("The method that a person asked for is kept, and all files are read once more")
    func askedMethod() throws {
        #expect(try rows("SELECT name, asked_method FROM session ORDER BY 1") == [["s1", "NULL"], ["s2", "lattice"]])
        #expect(try rows("SELECT count(size_bytes) FROM source_file") == [["0"]])
    }
}
