import EPUArchive
import GRDB

/// Exposures that an analysis could not judge, because its criteria ask for what is not known of them.
enum UndecidedExposures {
    /// The number of undecided exposures that no person has judged.
    static func countUnreviewed(of choice: AnalysisChoice, _ db: Database) throws -> Int {
        try Int.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM undecided_exposure u JOIN exposure e USING (exposure_id)
                WHERE u.analysis_id = ? AND e.session_id = ? AND u.exposure_id NOT IN (SELECT exposure_id FROM review)
                """, arguments: [choice.analysisID, choice.session.sessionID]) ?? 0
    }
}
