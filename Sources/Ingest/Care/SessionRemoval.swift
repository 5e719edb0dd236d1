import EPUArchive
import EPUCore
import GRDB

/// Takes a session out of the archive with all that was read of it and found with it. Its files stay where they are, and are
/// read again by the next ingest of their folder.
struct SessionRemoval: Encodable, Equatable {
    let session: String
    let exposures: Int
    /// Verdicts of people on its exposures.
    let reviews: Int
    /// The number of analyses that it is a part of, those of other sessions that were compared with it included.
    let analyses: Int
    let incidents: Int
    /// The other sessions whose analyses go: the next run of `epu-analyze` makes theirs again.
    let otherSessions: [String]

    /// Counts what goes.
    /// - Throws: `Failure` where the archive has no such session.
    init(of name: String, _ db: Database) throws {
        let id = try Self.id(of: name, db)
        func number(_ sql: String) throws -> Int {
            try Int.fetchOne(db, sql: "SELECT count(*) FROM " + sql, arguments: [id]) ?? 0
        }
        session = name
        exposures = try number("exposure WHERE session_id = ?")
        reviews = try number("review JOIN exposure USING (exposure_id) WHERE session_id = ?")
        analyses = try number("analysis WHERE placement_set_id IN (\(Self.sets))")
        incidents = try number("incident WHERE analysis_id IN (\(Self.itsAnalyses))")
        otherSessions = try String.fetchAll(
            db,
            sql: """
                SELECT DISTINCT s.name FROM judged_session j JOIN session s ON s.session_id = j.session_id
                WHERE j.session_id <> ?1 AND j.analysis_id IN (\(Self.itsAnalyses)) ORDER BY s.name
                """, arguments: [id])
    }

    /// Removes the session, within the caller's transaction.
    /// - Throws: `Failure` where the archive has no such session, `DatabaseError`.
    static func run(_ name: String, _ db: Database) throws {
        let id = try id(of: name, db)
        func othersExposures() throws -> Int {
            try Int.fetchOne(db, sql: "SELECT count(*) FROM exposure WHERE session_id <> ?", arguments: [id]) ?? 0
        }
        let before = try othersExposures()
        try StaleResults.positions.forget(of: id, db)
        try db.execute(sql: "DELETE FROM session WHERE session_id = ?", arguments: [id])
        guard try othersExposures() == before else {
            throw Failure(
                "\(name) was not removed: exposures of other sessions were read from its files. Run epu-ingest on its "
                    + "folder first.")
        }
    }

    private static let sets = "SELECT placement_set_id FROM placement_set_session WHERE session_id = ?1"
    private static let itsAnalyses = "SELECT analysis_id FROM analysis WHERE placement_set_id IN (\(sets))"

    private static func id(of name: String, _ db: Database) throws -> Int64 {
        let id = try Int64.fetchOne(db, sql: "SELECT session_id FROM session WHERE name = ?", arguments: [name])
        guard let id else {
            throw Failure("The archive has no session \(name). `epu-report summary` lists what it has.")
        }
        return id
    }
}
