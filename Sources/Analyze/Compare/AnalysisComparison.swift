import EPUArchive
import EPUCore
import GRDB

/// What changed from one analysis to another: between two k, matrices, calibrations or criteria.
struct AnalysisComparison: Encodable {
    struct Side: Encodable {
        let analysisID: Int64
        let sessions: [String]
        /// For each of the sessions, why reports show this analysis, or that they do not.
        let published: [Publication]
        let calibrations: [ReportedCalibration]
        let acrossSessions: Bool
        /// The criteria in words, and what the session was compared with.
        let criteriaText: String
        let exposures: Int

        enum CodingKeys: String, CodingKey {
            case analysisID, sessions, published, calibrations, acrossSessions
            case criteriaText = "criteria"
            case exposures
        }
    }

    let first: ByCriteria<Side>
    let second: ByCriteria<Side>
    /// The sessions that both analyses judge, and that are compared.
    let sessions: [String]
    /// How far apart both place the same exposures; nil: no exposure is placed by both.
    let positions: MovedPositions?
    let overexposed: FindingChanges
    let pairs: FindingChanges
    /// The micrographs that only the first analysis calls overexposed.
    let lost: [ChangedMicrograph]
    /// The micrographs that only the second analysis calls overexposed.
    let gained: [ChangedMicrograph]
    /// The sentences that a reader must know before trusting the comparison.
    let warnings: [String]

    /// - Parameter names: the names of sessions that both judge; empty means all of these.
    /// - Throws: `Failure` where an analysis does not exist, or does not judge what is to be compared.
    init(_ firstID: Int64, _ secondID: Int64, sessions names: [String], _ db: Database) throws {
        let (first, second) = (try ComparedAnalysis(firstID, db), try ComparedAnalysis(secondID, db))
        let all = try SessionRow.select(db, names: [])
        let common = try Self.common(
            first, second, of: try SessionRow.select(db, names: names), isNamed: !names.isEmpty)
        self.first = ByCriteria(first.criteria, try Side(first, all, db))
        self.second = ByCriteria(second.criteria, try Side(second, all, db))
        sessions = common.map(\.name)
        positions = try MovedPositions(first, second, sessions: common, db)
        overexposed = try .ofExposures(first, second, sessions: common, db)
        pairs = try .ofPairs(first, second, sessions: common, db)
        lost = try ChangedMicrograph.only(in: first, not: second, sessions: common, db)
        gained = try ChangedMicrograph.only(in: second, not: first, sessions: common, db)
        warnings = try [first, second].compactMap { try Self.warning($0, db) }
    }

    private static func common(
        _ first: ComparedAnalysis, _ second: ComparedAnalysis, of sessions: [SessionRow], isNamed: Bool
    ) throws -> [SessionRow] {
        let shared = first.sessionIDs.intersection(second.sessionIDs)
        guard !shared.isEmpty else {
            throw Failure(
                "Analyses \(first.analysisID) and \(second.analysisID) have no session in common. The view analyses says what "
                    + "each is of.")
        }
        for session in sessions where isNamed {
            for analysis in [first, second] where !analysis.sessionIDs.contains(session.sessionID) {
                throw Failure("Analysis \(analysis.analysisID) does not judge \(session.name).")
            }
        }
        return sessions.filter { shared.contains($0.sessionID) }
    }

    /// A warning where exposures came after an analysis, which does not know them.
    private static func warning(_ analysis: ComparedAnalysis, _ db: Database) throws -> String? {
        let list = analysis.sessionIDs.sqlList
        let exposures = try Int.fetchOne(db, sql: "SELECT count(*) FROM exposure WHERE session_id IN (\(list))") ?? 0
        guard exposures != analysis.exposures else { return nil }
        return
            "analysis \(analysis.analysisID) is of \(counted(analysis.exposures, "exposure")), and there are \(exposures) "
            + "now: run it again to compare like with like."
    }
}

extension AnalysisComparison.Side {
    fileprivate init(_ analysis: ComparedAnalysis, _ all: [SessionRow], _ db: Database) throws {
        analysisID = analysis.analysisID
        let judged = all.filter { analysis.sessionIDs.contains($0.sessionID) }
        sessions = judged.map(\.name)
        published = try judged.map { try Publication(of: analysis.analysisID, for: $0.sessionID, db) }
        calibrations = judged.flatMap { analysis.calibrations[$0.sessionID] ?? [] }.map(\.reported)
        acrossSessions = analysis.acrossSessions
        criteriaText = analysis.criteria.text(acrossSessions: analysis.acrossSessions)
        exposures = analysis.exposures
    }
}
