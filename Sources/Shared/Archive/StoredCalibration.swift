public import EPUCore
public import GRDB

/// A matrix that the archive holds for one session or one condition of it.
public struct StoredCalibration: Sendable {
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
        let row = try Row.fetchOne(
            db, sql: "SELECT * FROM calibration WHERE calibration_id = ?", arguments: [calibrationID])
        guard let row else {
            throw Failure("The archive has no calibration \(calibrationID). The view calibrations lists what it has.")
        }
        return StoredCalibration(row)
    }

    /// The calibrations that analyses of a session use: one for each condition; empty where the session was not calibrated.
    public static func chosen(for sessionID: Int64, _ db: Database) throws -> [StoredCalibration] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM calibration WHERE session_id = ? AND chosen ORDER BY calibration_id",
            arguments: [sessionID]
        ).map(StoredCalibration.init)
    }

    /// The calibrations with which an analysis places the exposures of a session, by id.
    public static func used(by analysisID: Int64, for sessionID: Int64, _ db: Database) throws -> [StoredCalibration] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT c.* FROM calibration c JOIN analysis_session l USING (calibration_id)
                WHERE l.analysis_id = ? AND l.session_id = ? ORDER BY calibration_id
                """, arguments: [analysisID, sessionID]
        ).map(StoredCalibration.init)
    }

    /// The condition in words, for example `NanoProbe, tilt 30 degrees`; empty where the matrix is for all exposures, or nothing
    /// is known of theirs.
    public var conditionText: String { condition?.text ?? "" }

    public init(_ row: Row) {
        calibrationID = row["calibration_id"]
        sessionID = row["session_id"]
        matrix = Matrix2(row["m11"], row["m12"], row["m21"], row["m22"])
        method = CalibrationMethod(rawValue: row["method"]) ?? .given
        verdict = CalibrationVerdict(rawValue: row["verdict"]) ?? .given
        choice = CalibrationChoice(rawValue: row["chosen"]) ?? .candidate
        reason = row["reason"]
        foil = row["foil"]
        latticeVectors = Matrix2(row, "g11", "g12", "g21", "g22")
        errors = Matrix2(row, "m11_error", "m12_error", "m21_error", "m22_error")
        condition = (row["tilt_deg"] as Double?).map { Condition(probeMode: row["probe_mode"], tiltDegrees: Int($0)) }
    }

    public init(calibrationID: Int64, sessionID: Int64, matrix: Matrix2) {
        self.calibrationID = calibrationID
        self.sessionID = sessionID
        self.matrix = matrix
    }
}

extension Matrix2 {
    /// Reads a matrix from four columns; nil where one of them is NULL.
    fileprivate init?(_ row: Row, _ columns: String...) {
        let elements = columns.compactMap { row[$0] as Double? }
        guard elements.count == 4 else { return nil }
        self.init(elements[0], elements[1], elements[2], elements[3])
    }
}
