import EPUArchive
import EPUCore
import GRDB

extension SessionSummary {
    /// What the analysis that is shown found.
    struct Analysis: Encodable {
        let analysisID: Int64
        /// Why it is this one.
        let published: Publication
        let acrossSessions: Bool
        let overexposed: Int
        /// Exposures that came after the analysis.
        let notJudged: Int
        /// Exposures that it could not judge, as its criteria ask for what is not known.
        let undecided: Int
        /// Of the positions in x and in y, the median, um; nil: not known.
        let positionErrorUm: Double?
        /// Of the overexposed, those with a probability below 95 %.
        let uncertain: Int
        /// Exposures that count as not overexposed, and may be.
        let possible: Int
        /// What it could not tell, in words; nil: nothing.
        let unknown: String?
        /// That a person had named another, which is gone; nil: it is not so.
        let warning: String?
        let causes: [String: Int]
        let incidents: [IncidentRow]
        /// Earlier sessions of the grid of which it is not known what they had exposed.
        let notCompared: [UncomparedSession]
        let unknowns: Unknowns
        let criteria: OverlapCriteria

        enum CodingKeys: String, CodingKey {
            case analysisID = "analysisId"
            case published, acrossSessions, overexposed, notJudged, undecided, positionErrorUm, uncertain, possible
            case unknown, warning, causes, incidents, notCompared
        }
    }
}

extension SessionSummary.Analysis {
    init?(_ choice: AnalysisChoice, _ db: Database) throws {
        let isAcross = try Bool.fetchOne(
            db, sql: "SELECT across_sessions FROM analysis WHERE analysis_id = ?", arguments: [choice.analysisID])
        guard let isAcross else { return nil }
        analysisID = choice.analysisID
        published = choice.publication
        criteria = choice.criteria
        notJudged = choice.notJudged
        unknowns = choice.unknowns
        undecided = unknowns.undecided
        positionErrorUm = unknowns.precision.error
        uncertain = unknowns.counts.uncertain
        possible = unknowns.counts.possible
        unknown = unknowns.text
        warning = choice.missingText
        acrossSessions = isAcross
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT o.cause, count(*) AS exposures
                FROM all_overexposed o JOIN exposure e ON e.exposure_id = o.later_id
                WHERE o.analysis_id = ? AND e.session_id = ? GROUP BY o.cause
                """,
            arguments: [choice.analysisID, choice.session.sessionID])
        causes = Dictionary(uniqueKeysWithValues: rows.map { ($0["cause"], $0["exposures"]) })
        overexposed = causes.values.reduce(0, +)
        incidents = try IncidentRow.all(of: choice.analysisID, session: choice.session.name, db)
        notCompared = unknowns.notCompared
    }
}
