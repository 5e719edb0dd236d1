public import EPUCore
public import GRDB

/// A matrix that the archive holds for one session, or for those of its exposures that it says.
public struct StoredCalibration: Sendable {
    public let calibrationID: Int64
    public let sessionID: Int64
    public let matrix: Matrix2
    public var method: CalibrationMethod = .given
    public var verdict: CalibrationVerdict = .given
    public var choice: CalibrationChoice = .candidate
    /// What the verdict rests on, in words; nil where nothing is to be said.
    public private(set) var reason: String?
    /// Nil: for all exposures of the session.
    public var condition: Condition?
    /// Of each element, um per unit; nil where they are not known.
    public var errors: Matrix2?

    /// - Throws: `Failure` where the archive has no calibration of that id.
    public static func stored(_ calibrationID: Int64, _ db: Database) throws -> StoredCalibration {
        let row = try Row.fetchOne(
            db, sql: "SELECT * FROM calibration WHERE calibration_id = ?", arguments: [calibrationID])
        guard let row else {
            throw Failure("The archive has no calibration \(calibrationID). The view calibrations lists what it has.")
        }
        return StoredCalibration(row)
    }

    /// What analyses of a session use: one for each condition; empty where it was not calibrated.
    public static func chosen(for sessionID: Int64, _ db: Database) throws -> [StoredCalibration] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM calibration WHERE session_id = ? AND chosen ORDER BY calibration_id",
            arguments: [sessionID]
        ).map(StoredCalibration.init)
    }

    public init(_ row: Row) {
        calibrationID = row["calibration_id"]
        sessionID = row["session_id"]
        matrix = Matrix2(row["m11"], row["m12"], row["m21"], row["m22"])
        method = CalibrationMethod(rawValue: row["method"]) ?? .given
        verdict = CalibrationVerdict(rawValue: row["verdict"]) ?? .given
        choice = CalibrationChoice(rawValue: row["chosen"]) ?? .candidate
        reason = row["reason"]
        errors = (row["m11_error"] as Double?).map {
            Matrix2($0, row["m12_error"] ?? 0, row["m21_error"] ?? 0, row["m22_error"] ?? 0)
        }
        condition = (row["tilt_deg"] as Double?).map { Condition(probeMode: row["probe_mode"], tiltDegrees: Int($0)) }
    }

    public init(calibrationID: Int64, sessionID: Int64, matrix: Matrix2) {
        self.calibrationID = calibrationID
        self.sessionID = sessionID
        self.matrix = matrix
    }
}
