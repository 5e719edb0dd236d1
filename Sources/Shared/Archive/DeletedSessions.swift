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
            for id in try remaining(db) {
                // With its row back, the foreign keys find all that belongs to it.
                try db.execute(
                    sql: "INSERT INTO session (session_id, name, grid) VALUES (?, 'deleted session ' || ?, '')",
                    arguments: [id, id])
                try db.execute(sql: "DELETE FROM session WHERE session_id = ?", arguments: [id])
            }
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
}
