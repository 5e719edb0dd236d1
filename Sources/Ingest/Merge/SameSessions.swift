import EPUCore
import GRDB

/// Finds which sessions of an attached archive the main one has, too, nearly as ingest knows them (`SessionSearch`): by the name
/// and start that EpuSession.dm gives; else by a common folder, with an exposure in common where both have exposures, as a folder
/// may be used again; else by exposures in common. Sessions that name two instruments are never one.
struct SameSessions {
    /// The name under which the other archive is attached.
    let source: String

    /// The condition, in SQL, that a session `s` of the other archive and one `t` of this name no two instruments.
    private static let sameInstrument = "ifnull(\(InstrumentKey.sql(of: "t")) = \(InstrumentKey.sql(of: "s")), 1)"

    /// The condition that nothing else tells them apart, either: what one of them does not say is no difference.
    private static let compatible = "\(sameIdentity) AND \(sameInstrument)"

    private static let sameIdentity = {
        func agrees(_ row: String) -> String {
            "ifnull(\(row).epu_name = s.epu_name, 1) AND ifnull(\(row).created_at = s.created_at, 1)"
        }
        return """
            (\(agrees("t")) OR EXISTS (SELECT 1 FROM main.joined_session j WHERE j.session_id = t.session_id AND \(agrees("j"))))
            """
    }()

    /// The identities by which the sessions of an archive are known, those of joined sessions included.
    private static func identities(in schema: String) -> String {
        """
        (SELECT session_id, epu_name, created_at, 0 AS is_former FROM \(schema).session UNION ALL
         SELECT session_id, epu_name, created_at, 1 FROM \(schema).joined_session)
        """
    }

    /// The condition that an exposure `a` of the other archive is one `b` of this.
    static let sameExposure = "b.name = a.name AND ifnull(b.unique_id, '') = ifnull(a.unique_id, '')"

    /// The session of this archive that each session of the other is, by their ids.
    func find(_ db: Database) throws -> [Int64: Int64] {
        var found = try pairs(
            """
            JOIN \(Self.identities(in: source)) a ON a.session_id = s.session_id
            JOIN \(Self.identities(in: "main")) b ON b.epu_name = a.epu_name AND b.created_at = a.created_at
            JOIN main.session t ON t.session_id = b.session_id AND \(Self.sameInstrument)
            """, "a.is_former, b.is_former, t.session_id", db)
        let ofFolder = try pairs(
            """
            JOIN \(source).session_root a ON a.session_id = s.session_id
            JOIN main.session_root b ON b.path = a.path
            JOIN main.session t ON t.session_id = b.session_id AND \(Self.compatible)
            WHERE NOT EXISTS (SELECT 1 FROM \(source).exposure e WHERE e.session_id = s.session_id)
                OR NOT EXISTS (SELECT 1 FROM main.exposure e WHERE e.session_id = t.session_id)
                OR EXISTS (
                    SELECT 1 FROM \(source).exposure a JOIN main.exposure b
                        ON b.session_id = t.session_id AND \(Self.sameExposure)
                    WHERE a.session_id = s.session_id)
            """, "b.session_root_id DESC", db)
        found.merge(ofFolder) { first, _ in first }
        let rest = try Int64.fetchAll(db, sql: "SELECT session_id FROM \(source).session ORDER BY session_id")
            .filter { found[$0] == nil }
        for session in rest { found[session] = try sessionWithExposures(of: session, db) }
        return found
    }

    private func pairs(_ join: String, _ order: String, _ db: Database) throws -> [Int64: Int64] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT s.session_id, t.session_id FROM \(source).session s \(join) ORDER BY s.session_id, \(order)
                """)
        return Dictionary(rows.map { ($0[0], $0[1]) }) { first, _ in first }
    }

    /// Only sessions that ran at the same time can have an exposure in common.
    private func sessionWithExposures(of session: Int64, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db,
            sql: """
                WITH s AS (
                    SELECT *,
                           (SELECT min(acquired_at) FROM \(source).exposure e WHERE e.session_id = o.session_id) AS began,
                           (SELECT max(acquired_at) FROM \(source).exposure e WHERE e.session_id = o.session_id) AS ended
                    FROM \(source).session o WHERE o.session_id = ?)
                SELECT t.session_id FROM main.session t, s
                WHERE \(Self.compatible)
                    AND (SELECT min(acquired_at) FROM main.exposure e WHERE e.session_id = t.session_id) <= s.ended
                    AND (SELECT max(acquired_at) FROM main.exposure e WHERE e.session_id = t.session_id) >= s.began
                    AND EXISTS (
                        SELECT 1 FROM \(source).exposure a JOIN main.exposure b
                            ON b.session_id = t.session_id AND \(Self.sameExposure)
                        WHERE a.session_id = s.session_id AND a.unique_id IS NOT NULL)
                ORDER BY t.session_id
                """, arguments: [session])
    }
}
