import EPUArchive
import EPUCore
import GRDB

/// The folders of a session that becomes part of another one. Where both have one, its files have one row each.
struct JoinedRoots {
    let old: Int64
    let new: Int64

    func take(_ db: Database) throws {
        let roots = try Row.fetchAll(
            db,
            sql: """
                SELECT o.session_root_id, n.session_root_id FROM session_root o
                LEFT JOIN session_root n ON n.path = o.path AND n.session_id = ? WHERE o.session_id = ?
                """, arguments: [new, old])
        for root in roots {
            if let same: Int64 = root[1] {
                try db.execute(
                    sql: "UPDATE OR IGNORE source_file SET session_root_id = ? WHERE session_root_id = ?",
                    arguments: [same, root[0] as Int64])
                try mergeRows(of: root[0], into: same, db)
            } else {
                try db.execute(
                    sql: "UPDATE session_root SET session_id = ? WHERE session_root_id = ?",
                    arguments: [new, root[0] as Int64])
            }
        }
    }

    /// Two rows of one file: what was read from the one was read from the other.
    private func mergeRows(of root: Int64, into same: Int64, _ db: Database) throws {
        let files = try Row.fetchAll(
            db,
            sql: """
                SELECT g.source_file_id, k.source_file_id FROM source_file g
                JOIN source_file k ON k.session_root_id = ? AND k.path = g.path WHERE g.session_root_id = ?
                """, arguments: [same, root])
        for file in files {
            let (gone, kept): (Int64, Int64) = (file[0], file[1])
            try keepLast(gone, kept, db)
            for (table, column) in [
                ("exposure", "metadata_file_id"), ("exposure", "image_file_id"), ("hole_image", "metadata_file_id"),
                ("hole_image", "image_file_id"), ("grid_square_image", "metadata_file_id"),
                ("grid_square_image", "image_file_id"),
            ] {
                try db.cachedStatement(sql: "UPDATE \(table) SET \(column) = ? WHERE \(column) = ?")
                    .execute(arguments: [kept, gone])
            }
        }
        try db.execute(sql: "DELETE FROM session_root WHERE session_root_id = ?", arguments: [root])
    }

    /// Where the file was changed between the two readings, that of the later file holds, and the next ingest reads the file again.
    private func keepLast(_ gone: Int64, _ kept: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                UPDATE source_file SET size_bytes = NULL FROM source_file g
                WHERE source_file.source_file_id = ?1 AND g.source_file_id = ?2
                    AND ((source_file.size_bytes, source_file.modified_ns) IS NOT (g.size_bytes, g.modified_ns)
                         OR source_file.status <> g.status AND g.status <> \(FileStatus.twin.sql))
                """
        ).execute(arguments: [kept, gone])
        // What a person said of the micrograph stays, whichever reading of its file holds.
        let readings = try Int64.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT e.exposure_id FROM exposure e JOIN source_file f ON f.source_file_id = e.metadata_file_id
                    WHERE e.metadata_file_id IN (?, ?) ORDER BY f.modified_ns DESC, f.source_file_id DESC
                    """),
            arguments: [kept, gone])
        for older in readings.dropFirst() {
            try db.execute(
                sql: "UPDATE OR IGNORE review SET exposure_id = ? WHERE exposure_id = ?",
                arguments: [readings[0], older])
            try db.execute(sql: "DELETE FROM exposure WHERE exposure_id = ?", arguments: [older])
        }
    }
}
