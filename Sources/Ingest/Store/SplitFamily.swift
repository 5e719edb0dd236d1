import EPUArchive
import EPUCore
import GRDB

/// A session that a person split, which is the base, and the parts that were taken out of it, and out of these again.
struct SplitFamily: Sendable {
    struct Split: Sendable {
        let id: Int64
        /// The session that was split: the base or a part.
        let session: Int64
        let part: Int64
        let partName: String
        let rule: SplitRule
    }

    /// The session that was split first; its id stays where it was removed.
    let base: Int64
    /// The splits in the order in which they were made; none where nobody split the session.
    let splits: [Split]

    /// The sessions of the family that are in the archive, the base first.
    let members: [Int64]

    private static let tree = """
        WITH RECURSIVE family(session_id) AS (
            VALUES (?) UNION
            SELECT p.part_session_id FROM session_split p JOIN family f ON p.session_id = f.session_id)
        """

    init(base: Int64, _ db: Database) throws {
        self.base = base
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    \(Self.tree)
                    SELECT p.session_split_id, p.session_id, p.part_session_id, p.part_name, p.starts_at, p.utc_offset_minutes
                    FROM family f JOIN session_split p ON p.session_id = f.session_id ORDER BY p.session_split_id
                    """), arguments: [base])
        splits = try rows.map { row in
            let id: Int64 = row[0]
            let rule = SplitRule(
                startsAt: (row[4] as String?).flatMap { Timestamp(archiveText: $0) }, utcOffsetMinutes: row[5],
                squares: try Int64.fetchSet(
                    db.cachedStatement(sql: "SELECT grid_square FROM split_square WHERE session_split_id = ?"),
                    arguments: [id]),
                names: try String.fetchSet(
                    db.cachedStatement(sql: "SELECT name FROM split_exposure WHERE session_split_id = ?"),
                    arguments: [id]))
            return Split(id: id, session: row[1], part: row[2], partName: row[3], rule: rule)
        }
        var seen: Set<Int64> = []
        let exists = try db.cachedStatement(sql: "SELECT 1 FROM session WHERE session_id = ?")
        members = try ([base] + splits.map(\.part)).filter { id in
            try seen.insert(id).inserted && Int.fetchOne(exists, arguments: [id]) != nil
        }
    }

    /// The members without the base.
    var parts: [Int64] { members.filter { $0 != base } }

    /// The split whose part an image is by the rules; nil where it is the base's.
    func split(of image: SplitRule.Image) -> Split? {
        var found: Split?
        var session = base
        // Each session has its parts below it, so that no more steps are needed than there are splits.
        for _ in splits {
            guard let next = splits.first(where: { $0.session == session && $0.rule.holds(image) }),
                next.part != session
            else { break }
            found = next
            session = next.part
        }
        return found
    }

    /// The session that a session is a part of, or a part of a part of; itself where it is no part.
    /// - Returns: Nil where that session was removed.
    static func base(of sessionID: Int64, _ db: Database) throws -> Int64? {
        let top = try top(of: sessionID, db)
        return try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT session_id FROM session WHERE session_id = ?"), arguments: [top])
    }

    private static func top(of sessionID: Int64, _ db: Database) throws -> Int64 {
        let statement = try db.cachedStatement(
            sql: """
                SELECT session_id FROM session_split WHERE part_session_id = ?1 AND session_id <> ?1
                ORDER BY session_split_id LIMIT 1
                """)
        var seen: Set<Int64> = []
        var session = sessionID
        while seen.insert(session).inserted, let above = try Int64.fetchOne(statement, arguments: [session]) {
            session = above
        }
        return session
    }

    /// The family of a session, whichever of its members that is.
    init(of sessionID: Int64, _ db: Database) throws {
        try self.init(base: Self.top(of: sessionID, db), db)
    }

    /// Puts a new session in the place of one that was removed, as its files are read again.
    static func replace(_ removed: Int64, by session: Int64, _ db: Database) throws {
        for column in ["session_id", "part_session_id"] {
            try db.execute(
                sql: "UPDATE session_split SET \(column) = ? WHERE \(column) = ?", arguments: [session, removed])
        }
    }

    /// Puts a new session in the place of the removed one that a session is a part of.
    static func replaceBase(of part: Int64, by session: Int64, _ db: Database) throws {
        try replace(top(of: part, db), by: session, db)
    }
}
