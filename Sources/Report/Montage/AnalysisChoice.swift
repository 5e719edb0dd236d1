import EPUShared
import GRDB

/// The analysis that a report shows of one session.
struct AnalysisChoice {
    let session: SessionRow
    let analysisID: Int64
    let radiusMicrometres: Double

    /// - Parameters:
    ///   - names: the sessions that were asked for; none means all that have an analysis.
    ///   - analysisID: the analysis that was asked for; nil means each session's latest.
    /// - Throws: `Failure` for an analysis that does not exist, or where a session that was asked for is not in it.
    static func select(_ db: Database, sessions names: [String], analysisID: Int64?) throws -> [AnalysisChoice] {
        let sessions = try SessionRow.select(db, names: names)
        if let analysisID {
            let sql = "SELECT count(*) FROM analysis WHERE analysis_id = ?"
            guard try Int.fetchOne(db, sql: sql, arguments: [analysisID]) == 1 else {
                throw Failure("The archive has no analysis \(analysisID). `epu-analyze compare` lists those it has.")
            }
        }
        let choices = try sessions.compactMap { session in try select(db, session: session, analysisID: analysisID) }
        for session in sessions where !choices.contains(where: { $0.session.sessionID == session.sessionID }) {
            if let analysisID {
                guard names.isEmpty else {
                    throw Failure("Analysis \(analysisID) does not include the session \"\(session.name)\".")
                }
            } else {
                guard names.isEmpty else {
                    throw Failure(
                        "The session \"\(session.name)\" has no analysis yet. Find its overlaps with `epu-analyze "
                            + "overlaps --session \(session.name)`.")
                }
                Console.message("\(session.name): no analysis yet, left out (`epu-analyze overlaps` makes one).")
            }
        }
        guard !choices.isEmpty else {
            throw Failure("No session has an analysis yet. Find the overlaps with `epu-analyze overlaps`.")
        }
        return choices
    }

    private static func select(_ db: Database, session: SessionRow, analysisID: Int64?) throws -> AnalysisChoice? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT a.analysis_id, a.radius_um
                FROM analysis a
                WHERE a.analysis_id = ifnull(
                          (SELECT analysis_id FROM analysis_session
                           WHERE session_id = :session AND analysis_id = :analysis),
                          (SELECT analysis_id FROM latest_analysis WHERE session_id = :session AND :analysis IS NULL))
                """, arguments: ["session": session.sessionID, "analysis": analysisID]
        ).map { AnalysisChoice(session: session, analysisID: $0["analysis_id"], radiusMicrometres: $0["radius_um"]) }
    }
}
