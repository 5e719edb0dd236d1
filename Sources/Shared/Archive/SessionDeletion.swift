import EPUCore
public import GRDB

/// Deletes sessions with all that was read of them and found with them. Their files stay where they are.
public enum SessionDeletion {
    /// Deletes sessions, within the caller's transaction.
    /// - Throws: `Failure` where exposures of other sessions were read from their files, as these would go, too; `DatabaseError`.
    public static func run(_ sessionIDs: [Int64], _ db: Database) throws {
        let gone = sessionIDs.sqlList
        let other = try String.fetchOne(
            db,
            sql: """
                SELECT s.name FROM session_root r
                JOIN source_file f ON f.session_root_id = r.session_root_id
                JOIN exposure e ON e.metadata_file_id = f.source_file_id
                JOIN session s ON s.session_id = e.session_id
                WHERE r.session_id IN (\(gone)) AND e.session_id NOT IN (\(gone))
                """)
        if let other {
            throw Failure(
                "Exposures of \(other) were read from files of a session that was to go. Nothing was removed: run `epu-ingest` on "
                    + "the folder of \(other) first, or remove both.")
        }
        for id in sessionIDs {
            // Positions and analyses of others rest on the session, which no foreign key tells.
            try StaleResults.positions.forget(of: id, db)
            try db.execute(sql: "DELETE FROM session WHERE session_id = ?", arguments: [id])
        }
        try removeLostSplits(db)
    }

    /// Deletes the rows of split sessions of which nothing is left. As long as one of them is there, its folder may be read again,
    /// and the others with it.
    private static func removeLostSplits(_ db: Database) throws {
        try db.execute(
            sql: """
                WITH RECURSIVE kin(session_id) AS (
                    SELECT session_id FROM session WHERE session_id IN (
                        SELECT session_id FROM session_split UNION SELECT part_session_id FROM session_split)
                    UNION
                    SELECT CASE WHEN p.session_id = k.session_id THEN p.part_session_id ELSE p.session_id END
                    FROM kin k JOIN session_split p ON k.session_id IN (p.session_id, p.part_session_id))
                DELETE FROM session_split WHERE session_id NOT IN (SELECT session_id FROM kin)
                """)
    }
}
