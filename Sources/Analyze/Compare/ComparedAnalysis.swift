import EPUShared
import GRDB

/// An analysis as comparisons name it: what it was made with.
struct ComparedAnalysis {
    let analysisID: Int64
    let placementSetID: Int64
    let criteria: OverlapCriteria
    let acrossSessions: Bool
    /// That it was made of.
    let exposures: Int
    /// Of the rules that told its causes.
    let rules: Int
    /// By session: one, or one for each condition.
    let calibrations: [Int64: [StoredCalibration]]

    var sessionIDs: Set<Int64> { Set(calibrations.keys) }
    /// Of older rules there is no incident: the next run of `epu-analyze` finds them.
    var knowsIncidents: Bool { rules >= CauseRules.version }

    /// - Throws: `Failure` where the archive has no analysis of that id.
    init(_ analysisID: Int64, _ db: Database) throws {
        let row = try Row.fetchOne(db, sql: "SELECT * FROM analysis WHERE analysis_id = ?", arguments: [analysisID])
        guard let row else {
            throw Failure("The archive has no analysis \(analysisID). The view analyses lists what it has.")
        }
        self.analysisID = analysisID
        placementSetID = row["placement_set_id"]
        criteria = OverlapCriteria(row)
        acrossSessions = row["across_sessions"]
        exposures = row["exposures"]
        rules = row["rules"]
        let used = try Row.fetchAll(
            db,
            sql: """
                SELECT c.* FROM analysis_session l JOIN calibration c USING (calibration_id)
                WHERE l.analysis_id = ? ORDER BY calibration_id
                """, arguments: [analysisID]
        ).map(StoredCalibration.init)
        calibrations = Dictionary(grouping: used, by: \.sessionID)
    }

    /// The one that reports show of a session: the one made last. Nil: it was not analysed.
    static func latest(of session: SessionRow, _ db: Database) throws -> ComparedAnalysis? {
        try Int64.fetchOne(
            db, sql: "SELECT analysis_id FROM latest_analysis WHERE session_id = ?", arguments: [session.sessionID]
        ).map { try ComparedAnalysis($0, db) }
    }
}
