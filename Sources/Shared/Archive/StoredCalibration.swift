public import EPUCore
public import GRDB

/// A matrix that the archive holds for one session or one condition of it.
public struct StoredCalibration: FetchableRecord, Sendable {
    public let calibrationID: Int64
    public let sessionID: Int64
    public let matrix: Matrix2
    public var method: CalibrationMethod = .given
    public var verdict: CalibrationVerdict = .given
    public var choice: CalibrationChoice = .candidate
    /// The reason for the verdict, in words; nil where nothing is to be said.
    public private(set) var reason: String?
    /// The condition of the exposures that the matrix is for; nil where it is for all exposures of the session.
    public var condition: Condition?
    /// The kind of the foil's lattice, `square` or `hexagonal`; nil where none was found.
    public private(set) var foil: String?
    /// The vectors of that lattice, in columns, in beam-shift units; nil where none was found.
    public private(set) var latticeVectors: Matrix2?
    /// The standard errors of the elements, um per unit; nil where they are not known.
    public var errors: Matrix2?

    /// The calibration of an id.
    /// - Throws: `Failure` where the archive has no calibration of that id.
    public static func stored(_ calibrationID: Int64, _ db: Database) throws -> StoredCalibration {
        let stored = try fetchOne(
            db, sql: "SELECT * FROM calibration WHERE calibration_id = ?", arguments: [calibrationID])
        guard let stored else {
            throw Failure("The archive has no calibration \(calibrationID). The view calibrations lists what it has.")
        }
        return stored
    }

    /// The calibrations that analyses of a session use: one for each condition; empty where the session was not calibrated.
    public static func chosen(for sessionID: Int64, _ db: Database) throws -> [StoredCalibration] {
        try fetchAll(
            db, sql: "SELECT * FROM calibration WHERE session_id = ? AND chosen ORDER BY calibration_id",
            arguments: [sessionID])
    }

    /// The calibrations with which an analysis places the exposures of a session, by id.
    public static func used(by analysisID: Int64, for sessionID: Int64, _ db: Database) throws -> [StoredCalibration] {
        try fetchAll(
            db,
            sql: """
                SELECT c.* FROM calibration c JOIN analysis_session l USING (calibration_id)
                WHERE l.analysis_id = ? AND l.session_id = ? ORDER BY calibration_id
                """, arguments: [analysisID, sessionID])
    }

    /// The condition in words, for example `NanoProbe, tilt 30 degrees`; empty where the matrix is for all exposures, or nothing
    /// is known of theirs.
    public var conditionText: String { condition?.text ?? "" }

    public init(calibrationID: Int64, sessionID: Int64, matrix: Matrix2) {
        self.calibrationID = calibrationID
        self.sessionID = sessionID
        self.matrix = matrix
    }
}

// MARK: - Its columns

extension StoredCalibration {
    private struct Columns: ArchiveRecord {
        let calibrationID, sessionID: Int64
        let method, verdict: String
        let chosen: Int
        let reason, foil, probeMode: String?
        let tiltDeg: Double?
        let m11, m12, m21, m22: Double
        let m11Error, m12Error, m21Error, m22Error: Double?
        let g11, g12, g21, g22: Double?
    }

    /// Reads a row of `calibration`; what else it has is left.
    public init(row: Row) throws {
        let columns = try Columns(row: row)
        calibrationID = columns.calibrationID
        sessionID = columns.sessionID
        matrix = Matrix2(columns.m11, columns.m12, columns.m21, columns.m22)
        method = CalibrationMethod(rawValue: columns.method) ?? .given
        verdict = CalibrationVerdict(rawValue: columns.verdict) ?? .given
        choice = CalibrationChoice(rawValue: columns.chosen) ?? .candidate
        reason = columns.reason
        foil = columns.foil
        latticeVectors = Matrix2(ifKnown: columns.g11, columns.g12, columns.g21, columns.g22)
        errors = Matrix2(ifKnown: columns.m11Error, columns.m12Error, columns.m21Error, columns.m22Error)
        condition = columns.tiltDeg.map { Condition(probeMode: columns.probeMode, tiltDegrees: Int($0)) }
    }
}

extension Matrix2 {
    /// Makes a matrix of columns that may be NULL; nil where one of them is.
    public init?(ifKnown m11: Double?, _ m12: Double?, _ m21: Double?, _ m22: Double?) {
        guard let m11, let m12, let m21, let m22 else { return nil }
        self.init(m11, m12, m21, m22)
    }
}
