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

    let id: Int64

    enum CodingKeys: String, CodingKey { case session, exposures, reviews, analyses, incidents, otherSessions }

    /// Counts what goes.
    init(of row: SessionRow, _ db: Database) throws {
        id = row.sessionID
        func number(_ sql: String) throws -> Int {
            try Int.fetchOne(db, sql: "SELECT count(*) FROM " + sql, arguments: [row.sessionID]) ?? 0
        }
        session = row.name
        exposures = try number("exposure WHERE session_id = ?")
        reviews = try number("review JOIN exposure USING (exposure_id) WHERE session_id = ?")
        analyses = try number("analysis WHERE placement_set_id IN (\(Self.sets))")
        incidents = try number("incident WHERE analysis_id IN (\(Self.itsAnalyses))")
        otherSessions = try String.fetchAll(
            db,
            sql: """
                SELECT DISTINCT s.name FROM judged_session j JOIN session s ON s.session_id = j.session_id
                WHERE j.session_id <> ?1 AND j.analysis_id IN (\(Self.itsAnalyses)) ORDER BY s.name
                """, arguments: [row.sessionID])
    }

    private static let sets = "SELECT placement_set_id FROM placement_set_session WHERE session_id = ?1"
    private static let itsAnalyses = "SELECT analysis_id FROM analysis WHERE placement_set_id IN (\(sets))"
}
