import Foundation
import GRDB

/// An archive as the first version of the tools made it, with rows in every table.
public enum OldArchive {
    private static let schema = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("SharedTests/Fixtures/schema-1.sql")

    /// The name and the columns of each table.
    public static func tables() throws -> [(name: String, columns: String)] {
        try DatabaseQueue().write { db in
            try db.execute(sql: String(contentsOf: schema, encoding: .utf8))
            let names = try String.fetchAll(
                db,
                sql: """
                    SELECT name FROM sqlite_schema
                    WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'placement_index%'
                    """)
            return try names.map { name in
                // The sizes of the files are left out, so that the files are read again.
                let columns = try String.fetchAll(
                    db, sql: "SELECT name FROM pragma_table_info(?) WHERE name <> 'size_bytes'", arguments: [name])
                return (name, columns.joined(separator: ", "))
            }
        }
    }

    /// - Parameters:
    ///   - root: The folder of its session, which has exposures of the foil holes 1 and 2.
    ///   - stage: The stage position of the exposures, um.
    public static func write(
        to path: String, root: String = "/data/old", stage: (x: Double, y: Double) = (10, 20),
        beamShift: (x: Double, y: Double) = (0, 0)
    ) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in
            try db.execute(sql: String(contentsOf: schema, encoding: .utf8))
            try db.execute(sql: "PRAGMA application_id = \(0x4550_5541); PRAGMA user_version = 1")
            try db.execute(
                sql: """
                    INSERT INTO session (session_id, name, epu_name, created_at, grid, hole_size_um)
                    VALUES (1, 'old', NULL, NULL, 'session old', 1.2);
                    INSERT INTO session_root VALUES (1, 1, ?), (2, NULL, '/data/stray');
                    INSERT INTO template_area VALUES (1, 2, NULL, NULL);
                    INSERT INTO grid_square (session_id, grid_square, rotation_deg) VALUES (1, 7, 12.5);
                    """, arguments: [root])
            for number in 1...2 { try addExposure(Int64(number), stage, beamShift, db) }
            try db.execute(
                sql: """
                    INSERT INTO hole_image (hole_image_id, session_id, grid_square, foil_hole, name, center_x_px)
                    VALUES (4, 1, 7, 1, 'FoilHole_1_20250108_154715', 512.5);
                    INSERT INTO calibration VALUES
                        (1, 1, 'given', 25, 0, 0, 25, 25, 0, 0, NULL, NULL, 'given', '2025-01-09');
                    INSERT INTO beam_shift_clustering VALUES (1, 1, 'kmeans', 1, 0.5, '2025-01-09');
                    INSERT INTO beam_shift_cluster VALUES (1, 0, 0.1, 0.2, 2);
                    INSERT INTO beam_shift_cluster_member VALUES (1, 1, 0), (1, 2, 0);
                    INSERT INTO placement_set VALUES (1, 'session old');
                    INSERT INTO placement_set_session VALUES (1, 1, 1);
                    INSERT INTO placement VALUES (1, 1, 1, 10.25, 20), (2, 1, 2, 500, 20);
                    INSERT INTO pre_exposure VALUES (2, 4.5);
                    INSERT INTO analysis VALUES (1, 1, 0.5, 0, 0, 2, 1, 1, '2025-01-09');
                    INSERT INTO analysis_session VALUES (1, 1, 1);
                    INSERT INTO overlap VALUES (1, 2, 1, 0.25, 'unexplained', NULL);
                    INSERT INTO review VALUES (2, 'bad', 'ice', '2025-01-10');
                    """)
        }
        try queue.close()
    }

    private static func addExposure(
        _ number: Int64, _ stage: (x: Double, y: Double), _ beamShift: (x: Double, y: Double), _ db: Database
    ) throws {
        let name = "FoilHole_\(number)_Data_2_3_20250108_154915"
        try db.execute(
            sql: """
                INSERT INTO foil_hole (session_id, foil_hole, grid_square, quality) VALUES (1, ?, 7, 0.5);
                INSERT INTO source_file VALUES (?, 1, ?, ?, 'exposure', 1000, 1, 'missing image', 'no JPG of this name');
                """,
            arguments: [number, number, "Images-Disc1/GridSquare_7/Data/\(name).xml", name])
        try db.execute(
            sql: """
                INSERT INTO exposure
                    (exposure_id, session_id, grid_square, foil_hole, area, third_number, name, unique_id,
                     metadata_file_id, acquired_at, utc_offset_minutes, stage_x_um, stage_y_um, beam_shift_x,
                     beam_shift_y, beam_diameter_um)
                VALUES (?, 1, 7, ?, 2, 3, ?, ?, ?, '2025-01-08T15:49:18.1158288Z', 0, ?, ?, ?, ?, 0.83)
                """,
            arguments: [
                number, number, name, "id-\(number)", number, stage.x, stage.y, beamShift.x, beamShift.y,
            ])
    }
}
