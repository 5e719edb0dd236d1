import EPUArchive
import GRDB

/// What people's verdicts change of an analysis: they outweigh it.
struct PageReviews {
    /// The number of overexposed micrographs that a person keeps.
    let kept: Int
    /// The number of micrographs that a person marked bad and that are not overexposed.
    let bad: Int
    /// The number of micrographs to drop and to keep, as the lists have them: by the analysis, and by a person where one has spoken.
    let drop: Int
    let keep: Int

    init(of choice: AnalysisChoice, _ db: Database) throws {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT count(*) FILTER (WHERE verdict = 'keep' AND is_over), count(*) FILTER (WHERE verdict = 'bad' AND NOT is_over),
                       count(*) FILTER (WHERE is_bad), count(*) FILTER (WHERE NOT is_bad)
                FROM (SELECT r.verdict, \(ExposureVerdict.sql) AS is_bad,
                             w.exposure_id IS NOT NULL AS is_over
                      FROM exposure e \(ExposureVerdict.joins(analysis: "?1"))
                      WHERE e.session_id = ?2)
                """, arguments: [choice.analysisID, choice.session.sessionID])
        (kept, bad, drop, keep) = (row?[0] ?? 0, row?[1] ?? 0, row?[2] ?? 0, row?[3] ?? 0)
    }
}
