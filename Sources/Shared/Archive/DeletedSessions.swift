import GRDB

/// Sessions that somebody deleted with plain SQL while foreign keys were off, as they are in the sqlite3 shell: their row is
/// gone, and their exposures, files and analyses are still there.
///
/// Their ids are never used again (AUTOINCREMENT), so nothing of theirs becomes another session's. Every session has a folder:
/// one that belongs to no session tells at once that rows were left.
enum DeletedSessions {
    /// Deletes what was left of them.
    static func finish(_ db: Database) throws {
        guard try !remaining(db).isEmpty else { return }
        try db.inTransaction(.immediate) {
            let ids = try remaining(db)
            for id in ids {
                // With its row back, the foreign keys find all that belongs to it.
                try db.execute(
                    sql: "INSERT INTO session (session_id, name, grid) VALUES (?, 'deleted session ' || ?, '')",
                    arguments: [id, id])
            }
            try handOverFolders(ids, db)
            try SessionDeletion.run(ids, db)
            return .commit
        }
    }

    private static func remaining(_ db: Database) throws -> [Int64] {
        try Int64.fetchAll(
            db,
            sql: """
                SELECT DISTINCT session_id FROM session_root r
                WHERE session_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM session s WHERE s.session_id = r.session_id)
                """)
    }

    /// Gives folders from which other sessions' exposures were read to these, as nobody asked to delete them. Where one has the
    /// folder already, its files move there.
    private static func handOverFolders(_ gone: [Int64], _ db: Database) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT DISTINCT r.session_root_id, r.path, e.session_id FROM session_root r
                JOIN source_file f ON f.session_root_id = r.session_root_id
                JOIN exposure e ON e.metadata_file_id = f.source_file_id
                WHERE r.session_id IN (\(gone.sqlList)) AND e.session_id NOT IN (\(gone.sqlList))
                """)
        for row in rows {
            let (root, path, heir): (Int64, String, Int64) = (row[0], row[1], row[2])
            try db.execute(
                sql: "INSERT OR IGNORE INTO session_root (session_id, path) VALUES (?, ?)", arguments: [heir, path])
            try db.execute(
                sql: """
                    UPDATE source_file SET session_root_id = (
                        SELECT session_root_id FROM session_root WHERE session_id = ?1 AND path = ?2)
                    WHERE session_root_id = ?3
                        AND source_file_id IN (SELECT metadata_file_id FROM exposure WHERE session_id = ?1)
                    """, arguments: [heir, path, root])
        }
    }
}
