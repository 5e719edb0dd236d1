import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport

@testable import epu_report

/// An archive of sessions with three optics groups, analysed: the third exposure repeats the first.
struct OpticsArchive {
    let folder: TemporaryFolder
    let sample: SampleArchive

    init() throws {
        folder = try TemporaryFolder()
        sample = try SampleArchive(folder["a.db"])
    }

    static func name(_ number: Int, day: Int = 8) -> String {
        "FoilHole_\(number)_Data_5_6_2025010\(day)_12000\(number)"
    }

    /// Five exposures, of the groups 1, 2, 3, 1 and none; the first and third lie on one place.
    /// - Parameter grouped: how many of them have a group.
    func add(_ session: String, day: Int = 8, grouped: Int = 4) throws {
        let exposures = (1...5).map { number in
            let x = number == 3 ? 0 : 9 * Double(number - 1)
            return SampleArchive.Exposure(
                hole: Int64(number), stage: Vector2(x, 0), time: Double(86400 * (day - 8) + number),
                name: Self.name(number, day: day))
        }
        try sample.add(session, exposures, field: (0.5, 0.4))
        try sample.archive.write { db in
            let id = try Int64.fetchOne(db, sql: "SELECT session_id FROM session WHERE name = ?", arguments: [session])
            try db.execute(
                sql: "UPDATE exposure SET high_tension_kv = 300, pixel_size_a = 0.83 WHERE session_id = ?",
                arguments: [id])
            for group in 1...3 {
                try db.execute(
                    sql: """
                        INSERT INTO optics_group
                            (session_id, optics_group, tilt_deg, high_tension_kv, pixel_size_a, center_x, center_y)
                        VALUES (?, ?, 0, 300, 0.83, 0, 0)
                        """, arguments: [id, group])
            }
            for (number, group) in zip(1...grouped, [1, 2, 3, 1]) {
                try db.execute(
                    sql: """
                        INSERT INTO optics_group_member
                        SELECT exposure_id, optics_group_id FROM exposure JOIN optics_group USING (session_id)
                        WHERE session_id = ? AND name = ? AND optics_group = ?
                        """, arguments: [id, Self.name(number, day: day), group])
            }
        }
    }

    /// Not with its default, which would number the fifth.
    func analyse() throws {
        try sample.archive.write { db in
            try db.execute(
                sql: """
                    INSERT INTO calibration
                        (calibration_id, session_id, method, m11, m12, m21, m22, scale, angle_deg, mirrored, verdict, created_at)
                    SELECT session_id, session_id, 'given', 25, 0, 0, 25, 25, 0, 0, 'given', '' FROM session;
                    INSERT INTO placement_set (placement_set_id, grid) SELECT session_id, grid FROM session;
                    INSERT INTO placement_set_session (placement_set_id, session_id, calibration_id)
                    SELECT session_id, session_id, session_id FROM session;
                    INSERT INTO placement (placement_set_id, exposure_id, x_um, y_um)
                    SELECT session_id, exposure_id, stage_x_um, stage_y_um FROM exposure;
                    INSERT INTO analysis
                        (analysis_id, placement_set_id, radius_um, count_neighbours, across_sessions, exposures, pairs,
                         overexposed, created_at)
                    SELECT session_id, session_id, 0.4, 0, 1, 5, 1, 1, '' FROM session;
                    INSERT INTO analysis_session SELECT session_id, session_id, session_id FROM session;
                    INSERT INTO overexposure (analysis_id, exposure_id, nearest_id)
                    SELECT session_id, later.exposure_id, earlier.exposure_id
                    FROM exposure later JOIN exposure earlier USING (session_id)
                    WHERE later.foil_hole = 3 AND earlier.foil_hole = 1;
                    """)
        }
    }

    func optics(_ arguments: [String] = []) throws -> ToolRun {
        try ToolRun.run(
            "epu-report", ["optics"] + arguments, in: folder.path, environment: ["EPU_ARCHIVE": folder["a.db"]])
    }

    func lines(_ file: String) throws -> [String] {
        try folder.text(file).split(separator: "\n").map(String.init)
    }

    /// The rows of a block, each split at its blanks.
    func rows(_ file: String, _ block: String) throws -> [[String]] {
        var rows: [[String]] = []
        try StarFile(path: folder[file]).forEachLine { line, place in
            guard case .row = place.line, place.table.block == block else { return }
            rows.append(place.values.places.map { String(decoding: StarValues.content($0, of: line), as: UTF8.self) })
        }
        return rows
    }
}
