import EPUCore
public import GRDB

/// An analysis with what it was made with, for comparisons.
public struct ComparedAnalysis: Sendable {
    public let analysisID: Int64
    public let placementSetID: Int64
    public let criteria: OverlapCriteria
    public let acrossSessions: Bool
    /// The number of exposures that it was made of.
    public let exposures: Int
    /// The version of the rules that told its causes; 0 where files that tell causes were read after it.
    public let rules: Int
    /// Whether every overexposed exposure stands in an incident; an analysis of an older version may have none.
    public let knowsIncidents: Bool
    /// The calibrations by the session that it judges: one, or one for each condition.
    public let calibrations: [Int64: [StoredCalibration]]

    /// The ids of the sessions whose exposures it judges.
    public var sessionIDs: Set<Int64> { Set(calibrations.keys) }
    /// Whether the next run of `epu-analyze` has to tell causes and incidents again.
    public var isOutdated: Bool { rules < OverlapCause.rulesVersion }

    private struct Columns: ArchiveRecord {
        let placementSetID: Int64
        let acrossSessions: Bool
        let exposures, overexposed, rules: Int
    }

    /// Reads an analysis.
    /// - Throws: `Failure` where the archive has no analysis of that id.
    public init(_ analysisID: Int64, _ db: Database) throws {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM analysis WHERE analysis_id = ?"), arguments: [analysisID])
        guard let row else {
            throw Failure("The archive has no analysis \(analysisID). The view analyses lists what it has.")
        }
        self.analysisID = analysisID
        let columns = try Columns(row: row)
        placementSetID = columns.placementSetID
        criteria = OverlapCriteria(row)
        acrossSessions = columns.acrossSessions
        exposures = columns.exposures
        rules = columns.rules
        let told = try Int.fetchOne(
            db.cachedStatement(sql: "SELECT sum(micrographs) FROM incident WHERE analysis_id = ?"),
            arguments: [analysisID])
        knowsIncidents = (told ?? 0) == columns.overexposed
        let used = try StoredCalibration.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT c.* FROM analysis_session l JOIN judged_session USING (analysis_id, session_id)
                    JOIN calibration c USING (calibration_id)
                    WHERE l.analysis_id = ? ORDER BY calibration_id
                    """), arguments: [analysisID])
        calibrations = Dictionary(grouping: used, by: \.sessionID)
    }

    /// The analysis that reports show of a session; nil where the session was not analysed.
    public static func published(of session: SessionRow, _ db: Database) throws -> ComparedAnalysis? {
        try Publication.analysisID(of: session.sessionID, db).map { try ComparedAnalysis($0, db) }
    }
}
