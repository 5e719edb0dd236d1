import EPUArchive
import EPUCore
import GRDB

extension SessionSummary {
    /// The results of the analysis that is shown.
    struct Analysis: Encodable {
        let analysisID: Int64
        /// The reason why this analysis is shown.
        let published: Publication
        let acrossSessions: Bool
        let overexposed: Int
        /// The number of exposures that came after the analysis.
        let notJudged: Int
        /// The number of exposures that it could not judge, because its criteria ask for what is not known of them.
        let undecided: Int
        /// The median error of the positions in x and in y, um; nil if it is not known.
        let positionErrorUm: Double?
        /// The number of the overexposed that have a probability below 95 %.
        let uncertain: Int
        /// The number of possible overexposures, which do not count as overexposed.
        let possible: Int
        /// What the analysis could not tell, in words; nil if there is nothing.
        let unknown: String?
        /// A sentence that a person had named another analysis, which is gone; nil if that is not so.
        let warning: String?
        let causes: [String: Int]
        let incidents: [IncidentRow]
        /// The earlier sessions of the grid of which it is not known what they had exposed.
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
