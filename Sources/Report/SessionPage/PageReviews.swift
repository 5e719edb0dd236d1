import EPUArchive
import GRDB

/// What people's verdicts change of an analysis: they outweigh it.
struct PageReviews {
    /// The number of overexposed micrographs that a person keeps.
    let kept: Int
    /// The number of micrographs that a person marked bad and that are not overexposed.
    let bad: Int

    init(kept: Int = 0, bad: Int = 0) { (self.kept, self.bad) = (kept, bad) }

    init(of choice: AnalysisChoice, _ db: Database) throws {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT count(*) FILTER (WHERE verdict = 'keep' AND is_over), count(*) FILTER (WHERE verdict = 'bad' AND NOT is_over)
                FROM (SELECT r.verdict, EXISTS (SELECT 1 FROM overexposure o
                                                WHERE o.analysis_id = ? AND o.exposure_id = r.exposure_id) AS is_over
                      FROM review r JOIN exposure e USING (exposure_id) WHERE e.session_id = ?)
                """, arguments: [choice.analysisID, choice.session.sessionID])
        self.init(kept: row?[0] ?? 0, bad: row?[1] ?? 0)
    }
}
