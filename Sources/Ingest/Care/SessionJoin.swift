import EPUArchive
import EPUCore
import GRDB

/// Makes sessions part of another one: they were told apart wrongly. Their exposures and images keep their ids, and what people
/// said of them.
struct SessionJoin: Encodable {
    let session: String
    /// The names of the sessions that become part of it.
    let joined: [String]
    /// The exposures that the session has with those of the others.
    let exposures: Int
    /// The exposures that two of the sessions have: each is kept once.
    let repeatedExposures: Int
    /// Verdicts of people on exposures of the others.
    let reviews: Int
    /// Further sessions whose analyses go, as they were compared with one of these.
    let otherSessions: [String]

    private let kept: SessionRow
    private let others: [SessionRow]

    enum CodingKeys: String, CodingKey { case session, joined, exposures, repeatedExposures, reviews, otherSessions }

    /// Looks at what is to be joined.
    /// - Throws: `Failure` for sessions that cannot be one.
    init(_ kept: SessionRow, _ others: [SessionRow], _ db: Database) throws {
        self.kept = kept
        self.others = others
        session = kept.name
        joined = others.map(\.name)
        let all = [kept] + others
        try Self.refuseInstruments(all, db)
        try Self.refuseParts(all, db)
        let removals = try all.map { try SessionRemoval(of: $0, db) }
        reviews = removals.dropFirst().reduce(0) { $0 + $1.reviews }
        otherSessions = Set(removals.flatMap(\.otherSessions)).subtracting(all.map(\.name)).sorted()
        exposures =
            try Int.fetchOne(
                db,
                sql: """
                    SELECT count(*) FROM (SELECT DISTINCT name, ifnull(unique_id, '') FROM exposure
                                          WHERE session_id IN (\(all.map(\.sessionID).sqlList)))
                    """) ?? 0
        repeatedExposures = removals.reduce(-exposures) { $0 + $1.exposures }
    }

    /// Sessions of two microscopes cannot be one: each has its own stage.
    private static func refuseInstruments(_ sessions: [SessionRow], _ db: Database) throws {
        let known = try sessions.compactMap { session in
            try Instrument.ofSession(session.sessionID, db).map { (session.name, $0) }
        }
        guard let first = known.first, let other = known.first(where: { $0.1 != first.1 }) else { return }
        throw Failure(
            "\(first.0) is of instrument \(first.1.key) and \(other.0) of \(other.1.key): each has its own stage, so that they are "
                + "no one session. Nothing was joined. Where both are on one grid, epu-analyze compares them as they are."
        )
    }

    /// Where a session was split, rules say to which part its new files go: they cannot say so of another session's files.
    private static func refuseParts(_ sessions: [SessionRow], _ db: Database) throws {
        var joined = [sessions[0].sessionID]
        for session in sessions.dropFirst() {
            let (id, list) = (session.sessionID, joined.sqlList)
            let (families, related) = try (
                Int.fetchOne(
                    db,
                    sql: """
                        SELECT count(*) FROM session_split
                        WHERE session_id IN (\(id), \(list)) OR part_session_id IN (\(id), \(list))
                        """) ?? 0,
                Int.fetchOne(
                    db,
                    sql: """
                        SELECT count(*) FROM session_split a
                        WHERE a.part_session_id = \(id) AND a.session_id IN (\(list))
                            OR a.part_session_id IN (\(list)) AND a.session_id = \(id)
                            OR a.part_session_id = \(id) AND EXISTS (
                                SELECT 1 FROM session_split b
                                WHERE b.session_id = a.session_id AND b.part_session_id IN (\(list)))
                        """) ?? 0
            )
            guard families == 0 || related > 0 else {
                throw Failure(
                    "\(session.name) and \(sessions[0].name) are not parts of one session, and one of them was split. Nothing was "
                        + "joined: join the parts with each other first.")
            }
            joined.append(id)
        }
    }

    /// Does it, within the caller's transaction.
    func run(_ db: Database) throws {
        for other in others { try take(other, db) }
        try Ledger.removeFound(ofSessions: [kept.sessionID], db)
        try Ledger.readStrangersFileAgain(of: kept.sessionID, db)
        try Settlement.reopen(kept.sessionID, db)
        try Settlement(sessionID: kept.sessionID).settle(db)
    }

    private func take(_ other: SessionRow, _ db: Database) throws {
        let (old, new) = (other.sessionID, kept.sessionID)
        for session in [old, new] { try StaleResults.positions.forget(of: session, db) }
        try JoinedDescription(old: old, new: new).take(name: other.name, db)
        try JoinedWord(old: old, new: new).take(db)
        let repeated = try RepeatedFiles(old: old, new: new, db)
        let files = try Int64.fetchAll(
            db,
            sql: """
                SELECT source_file_id FROM source_file JOIN session_root USING (session_root_id) WHERE session_id = ?1
                UNION SELECT metadata_file_id FROM exposure WHERE session_id = ?1
                """, arguments: [old])
        try SessionMove(old: old, new: new).take(files, db)
        for table in ["hole_image", "grid_square_image"] {
            try db.execute(
                sql: "UPDATE OR IGNORE \(table) SET session_id = ? WHERE session_id = ?", arguments: [new, old])
        }
        try repeated.mark(db)
        try JoinedRoots(old: old, new: new).take(db)
        try JoinedShots(sessionID: new).keepOnce(db)
        try db.execute(sql: "DELETE FROM session WHERE session_id = ?", arguments: [old])
    }
}
