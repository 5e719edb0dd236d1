import EPUArchive
import EPUCore
import GRDB

/// The files of a session that becomes part of another one, from which exposures and images were read that the other one has from
/// files of its own: they are twins of these.
struct RepeatedFiles {
    private struct Pair {
        let file: Int64
        let keptPath: String?
        let keptRow: Int64
        /// The JPG of the one that goes.
        let imageFile: Int64?
        let table: String
    }

    private let pairs: [Pair]

    private static let tables = [
        (name: "exposure", same: "ifnull(k.unique_id, '') = ifnull(g.unique_id, '')"),
        (name: "hole_image", same: "1"), (name: "grid_square_image", same: "1"),
    ]

    /// Finds them, before anything moves.
    init(old: Int64, new: Int64, _ db: Database) throws {
        pairs = try Self.tables.flatMap { table, same in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT g.metadata_file_id, r.path || '/' || f.path, k.\(table)_id, g.image_file_id
                    FROM \(table) g JOIN \(table) k ON k.session_id = ? AND k.name = g.name AND \(same)
                    LEFT JOIN source_file f ON f.source_file_id = k.metadata_file_id
                    LEFT JOIN session_root r ON r.session_root_id = f.session_root_id
                    WHERE g.session_id = ? AND g.metadata_file_id IS NOT NULL
                    """, arguments: [new, old]
            ).map { Pair(file: $0[0], keptPath: $0[1], keptRow: $0[2], imageFile: $0[3], table: table) }
        }
    }

    /// Marks them, after their exposures and images have gone.
    func mark(_ db: Database) throws {
        for pair in pairs {
            if let path = pair.keptPath {
                let problem = pair.table == "exposure" ? SameShot.problem(path) : PlaceWriter.problem(path)
                try db.execute(
                    sql: "UPDATE source_file SET status = \(FileStatus.twin.sql), problem = ? WHERE source_file_id = ?",
                    arguments: [problem, pair.file])
            } else {
                // The other one has only the JPG: the next ingest reads this file again.
                try db.execute(
                    sql: "UPDATE source_file SET size_bytes = NULL WHERE source_file_id = ?", arguments: [pair.file])
            }
            guard let image = pair.imageFile else { continue }
            try db.execute(
                sql: """
                    UPDATE \(pair.table) SET image_file_id = ? WHERE \(pair.table)_id = ? AND image_file_id IS NULL
                    """, arguments: [image, pair.keptRow])
            guard db.changesCount > 0, pair.table == "exposure" else { continue }
            try db.execute(
                sql: """
                    UPDATE source_file SET status = \(FileStatus.ok.sql), problem = NULL
                    WHERE status = \(FileStatus.missingImage.sql) AND source_file_id = (
                        SELECT metadata_file_id FROM exposure WHERE exposure_id = ?)
                    """, arguments: [pair.keptRow])
        }
    }
}
