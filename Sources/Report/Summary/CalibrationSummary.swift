import EPUCore
import GRDB

/// How a session's beam shifts are taken to the stage, and how sure that is.
struct CalibrationSummary: Encodable {
    let calibrationID: Int64
    let method: String
    let verdict: String
    let reason: String?
    let probeMode: String?
    let tiltDeg: Double?
    let scale: Double
    let angleDeg: Double
    let mirrored: Bool

    enum CodingKeys: String, CodingKey {
        case calibrationID = "calibrationId"
        case method, verdict, reason, probeMode, tiltDeg, scale, angleDeg, mirrored
    }

    /// - Parameter analysisID: nil for the calibrations that an analysis would use.
    static func all(of sessionID: Int64, analysisID: Int64?, _ db: Database) throws -> [CalibrationSummary] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM calibration WHERE session_id = ?1 AND iif(?2 IS NULL, chosen, calibration_id IN (
                    SELECT calibration_id FROM analysis_session WHERE analysis_id = ?2 AND session_id = ?1))
                ORDER BY calibration_id
                """,
            arguments: [sessionID, analysisID]
        ).map { row in
            CalibrationSummary(
                calibrationID: row["calibration_id"], method: row["method"], verdict: row["verdict"],
                reason: row["reason"], probeMode: row["probe_mode"], tiltDeg: row["tilt_deg"], scale: row["scale"],
                angleDeg: row["angle_deg"], mirrored: row["mirrored"])
        }
    }

    var lines: [String] {
        if verdict == "undetermined" {
            return [
                "  calibration  undetermined (calibration \(calibrationID), see `epu-analyze calibrate`): only overlaps within",
                "               a stage stop are found, and those that any matrix would give",
            ]
        }
        if method == "stage" {
            return [
                "  calibration  not needed: the beam shift is the same in all exposures (calibration \(calibrationID))"
            ]
        }
        let shape =
            "\(mirrored ? "mirrored" : "not mirrored"), scale \(scale.text(decimals: 2)), "
            + "angle \(angleDeg.text(decimals: 1)) degrees"
        let condition = Condition(probeMode: probeMode, tiltDegrees: Int(tiltDeg ?? 0)).text
        let origin =
            verdict == "given" ? "given" : "\(verdict), by \(method)" + (condition.isEmpty ? "" : " for \(condition)")
        return ["  calibration  \(origin): \(shape) (calibration \(calibrationID))"]
            + (verdict == "doubtful" ? reason.map { ["               \($0)"] } ?? [] : [])
    }
}
