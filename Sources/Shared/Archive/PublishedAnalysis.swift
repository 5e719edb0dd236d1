public import EPUCore
public import GRDB

/// The analysis that a person named for the reports of a session, with all that it asked for: a row of `published_analysis`.
///
/// What it asked for is kept beside its id, so that the analysis can be made again when the session has grown, or when what it
/// rested on is gone.
public struct PublishedAnalysis: Equatable, FetchableRecord, Sendable {
    public let sessionID: Int64
    /// The id of the analysis; nil where it is gone, so that `epu-analyze` has to make it again.
    public let analysisID: Int64?
    public let criteria: OverlapCriteria
    public let settings: AnalysisSettings
    /// The matrix that a person gave, um per beam-shift unit; nil where the session's own calibrations were used.
    public let matrix: Matrix2?
    /// The time at which a person named it, UTC, in the archive's spelling.
    public let publishedAt: String

    /// The analysis that a person named for a session; nil where nobody named one.
    public static func named(for sessionID: Int64, _ db: Database) throws -> PublishedAnalysis? {
        try fetchOne(
            db.cachedStatement(sql: "SELECT * FROM published_analysis WHERE session_id = ?"), arguments: [sessionID])
    }

    /// Names an analysis for a session that it judges, in place of what was named before.
    /// - Throws: `Failure` where the archive has no such analysis, or it does not judge the session.
    @discardableResult
    public static func publish(_ analysisID: Int64, for session: SessionRow, at time: Timestamp, _ db: Database) throws
        -> PublishedAnalysis
    {
        let analysis = try Row.fetchOne(
            db, sql: "SELECT * FROM analysis JOIN placement_set USING (placement_set_id) WHERE analysis_id = ?",
            arguments: [analysisID])
        guard let analysis else {
            throw Failure("The archive has no analysis \(analysisID). The view analyses lists what it has.")
        }
        let judges = try Bool.fetchOne(
            db, sql: "SELECT 1 FROM judged_session WHERE analysis_id = ? AND session_id = ?",
            arguments: [analysisID, session.sessionID])
        guard judges != nil else { throw Failure("Analysis \(analysisID) does not judge \(session.name).") }
        let published = PublishedAnalysis(
            sessionID: session.sessionID, analysisID: analysisID, criteria: OverlapCriteria(analysis),
            settings: try AnalysisSettings(row: analysis),
            matrix: try givenMatrix(of: analysisID, session.sessionID, db), publishedAt: time.archiveText)
        try published.store(db)
        return published
    }

    /// Notes that the named analysis was made again: it has another id, and asks for the same.
    public func replaced(by analysisID: Int64, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE published_analysis SET analysis_id = ? WHERE session_id = ?",
            arguments: [analysisID, sessionID])
    }

    /// Takes back what was named, so that the session's default analysis is published again.
    /// - Returns: Whether an analysis was named.
    @discardableResult
    public static func forget(_ sessionID: Int64, _ db: Database) throws -> Bool {
        try db.execute(sql: "DELETE FROM published_analysis WHERE session_id = ?", arguments: [sessionID])
        return db.changesCount > 0
    }

    /// The one matrix that places a session in an analysis, where a person gave it, or chose a calibration that analyses would
    /// not use by themselves; else nil. An undetermined calibration is no matrix.
    private static func givenMatrix(of analysisID: Int64, _ sessionID: Int64, _ db: Database) throws -> Matrix2? {
        let used = try StoredCalibration.used(by: analysisID, for: sessionID, db)
        guard used.count == 1, let calibration = used.first else { return nil }
        guard calibration.method == .given || (calibration.method != .none && calibration.choice == .candidate) else {
            return nil
        }
        return calibration.matrix
    }
}

extension PublishedAnalysis {
    private struct Columns: ArchiveRecord {
        let sessionID: Int64
        let analysisID: Int64?
        let m11, m12, m21, m22: Double?
        let publishedAt: String
    }

    /// Reads a row of `published_analysis`.
    public init(row: Row) throws {
        let columns = try Columns(row: row)
        sessionID = columns.sessionID
        analysisID = columns.analysisID
        criteria = OverlapCriteria(row)
        settings = try AnalysisSettings(row: row)
        matrix = Matrix2(ifKnown: columns.m11, columns.m12, columns.m21, columns.m22)
        publishedAt = columns.publishedAt
    }

    private func store(_ db: Database) throws {
        let elements: [Double?] = matrix?.elements ?? [nil, nil, nil, nil]
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO published_analysis
                    (\(OverlapCriteria.columns), session_id, analysis_id, across_sessions, m11, m12, m21, m22,
                     assumed_dose_e_per_a2, assumed_beam_diameter_um, spot_dose_e_per_a2, published_at)
                VALUES (\(OverlapCriteria.marks), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: criteria.arguments + [
                sessionID, analysisID, settings.acrossSessions, elements[0], elements[1], elements[2], elements[3],
                settings.assumedDoseEPerA2, settings.assumedBeamDiameterUm, settings.spotDoseEPerA2, publishedAt,
            ])
    }
}
