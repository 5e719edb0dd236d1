import GRDB

/// Sessions that a person split or joined, when shards are merged: neither takes the place of another copy of the session, nor
/// does another copy take its place.
enum MergedSplits {
    /// Whether a person split a session, or joined others to it, or it is a part.
    static func isArranged(_ place: Surplus.Place, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM \(place.schema).session_split
                               WHERE session_id = ?1 OR part_session_id = ?1)
                    OR EXISTS (SELECT 1 FROM \(place.schema).joined_session WHERE session_id = ?1)
                """, arguments: [place.session]) ?? false
    }

    /// The ids of a session and of all parts of it, in SQL.
    /// - Parameters:
    ///   - session: The session's id, in SQL.
    ///   - schema: The schema that has the session.
    static func family(of session: String, in schema: String) -> String {
        """
        (WITH RECURSIVE family(session_id) AS (
             SELECT \(session) UNION
             SELECT p.part_session_id FROM \(schema).session_split p JOIN family f ON p.session_id = f.session_id)
         SELECT session_id FROM family)
        """
    }

    /// Leads the splits that came in to the sessions of the archive that stand for those that did not come in. A split between
    /// two of these is left out: they are split as the archive has it.
    /// - Parameters:
    ///   - source: The schema of the whole shard. `temp.merged_session` says which session stands for which.
    ///   - offsets: By how much the ids of the tables grew.
    static func link(from source: String, _ offsets: [String: Int64], _ db: Database) throws {
        let (splits, sessions) = (offsets["session_split"] ?? 0, offsets["session"] ?? 0)
        for column in ["session_id", "part_session_id"] {
            try db.execute(
                sql: """
                    UPDATE main.session_split SET \(column) = m.session_id
                    FROM \(source).session_split w JOIN temp.merged_session m ON m.old_id = w.\(column)
                    WHERE session_split.session_split_id = w.session_split_id + ?
                    """, arguments: [splits])
        }
        let isThere = "IN (SELECT session_id FROM main.session"
        try db.execute(
            sql: """
                DELETE FROM main.session_split
                WHERE session_split_id > :splits AND session_id NOT \(isThere) WHERE session_id > :sessions)
                    AND part_session_id NOT \(isThere) WHERE session_id > :sessions)
                """, arguments: ["splits": splits, "sessions": sessions])
        // The archive may know of the same split, and have only one of its sessions.
        try db.execute(
            sql: """
                DELETE FROM main.session_split
                WHERE NOT (session_id \(isThere)) AND part_session_id \(isThere))) AND EXISTS (
                    SELECT 1 FROM main.session_split w
                    WHERE w.session_id \(isThere)) AND w.part_session_id \(isThere))
                        AND w.split_at = session_split.split_at AND w.part_name = session_split.part_name)
                """)
    }
}
