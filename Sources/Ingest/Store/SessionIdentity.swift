import EPUCore
import EPUFormat
import GRDB

/// The name and start by which an EpuSession.dm tells its session from others. A session has its own, and those of the sessions
/// that a person joined to it.
struct SessionIdentity {
    let name: String?
    let createdAt: String?

    init(_ metadata: SessionMetadata) {
        name = metadata.name
        createdAt = metadata.createdAt?.archiveText
    }

    private var arguments: StatementArguments { [name, createdAt] }

    /// The condition, in SQL, that an identity is that of a row, as far as both say it. The parameters ?1 and ?2 are its name and
    /// its start.
    private static func agrees(with row: String) -> String {
        "ifnull(\(row).epu_name = ?1, 1) AND ifnull(\(row).created_at = ?2, 1)"
    }

    /// The condition, in SQL, that an identity may be that of a session, or of one that was joined to it.
    static func isPossible(of session: String) -> String {
        """
        (\(agrees(with: session)) OR EXISTS (
            SELECT 1 FROM joined_session j WHERE j.session_id = \(session).session_id AND \(agrees(with: "j"))))
        """
    }

    /// The session that an identity leads to; nil where it is not whole, or the archive does not have it.
    func session(_ db: Database) throws -> Int64? {
        guard name != nil, createdAt != nil else { return nil }
        return try Int64.fetchOne(
            db,
            sql: """
                SELECT session_id FROM session WHERE epu_name = ?1 AND created_at = ?2 UNION ALL
                SELECT session_id FROM joined_session WHERE epu_name = ?1 AND created_at = ?2 LIMIT 1
                """, arguments: arguments)
    }

    /// Whether it is that of a session that was joined to this one, and not this one's own.
    func isFormer(of sessionID: Int64, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT NOT (\(Self.agrees(with: "s"))) FROM session s
                WHERE s.session_id = ?3
                    AND EXISTS (SELECT 1 FROM joined_session j WHERE j.session_id = s.session_id)
                """, arguments: arguments + [sessionID]) ?? false
    }

    /// Whether the session, or one that was joined to it, has exactly this identity.
    func belongs(to sessionID: Int64, _ db: Database) throws -> Bool {
        guard name != nil || createdAt != nil else { return false }
        return try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM session WHERE session_id = ?3 AND epu_name IS ?1 AND created_at IS ?2)
                    OR EXISTS (SELECT 1 FROM joined_session
                               WHERE session_id = ?3 AND epu_name IS ?1 AND created_at IS ?2)
                """, arguments: arguments + [sessionID]) ?? false
    }

    /// Notes the identity as that of a joined session that had none yet.
    func note(of sessionID: Int64, _ db: Database) throws {
        guard try !belongs(to: sessionID, db) else { return }
        try db.execute(
            sql: """
                UPDATE joined_session SET epu_name = ?1, created_at = ?2
                WHERE joined_session_id = (
                    SELECT j.joined_session_id FROM joined_session j
                    WHERE j.session_id = ?3 AND \(Self.agrees(with: "j"))
                    ORDER BY j.epu_name IS NULL, j.created_at IS NULL, j.joined_session_id LIMIT 1)
                """, arguments: arguments + [sessionID])
    }
}
