import EPUShared
import GRDB

/// Whether a session's calibration may stay as it is.
struct CalibrationAge {
    /// A good one stays, also when the session grows: a matrix that changes with every batch would place all exposures
    /// anew. Any other is tried again: exposures, .dm files or other sessions of the microscope may have come meanwhile.
    let isUpToDate: Bool

    init(_ session: SessionRow, _ db: Database) throws {
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT probe_mode, tilt_deg, verdict, method FROM calibration WHERE session_id = ? AND chosen",
            arguments: [session.sessionID])
        guard !rows.isEmpty, rows.allSatisfy({ $0["verdict"] == "good" && $0["method"] != "stage" }) else {
            isUpToDate = false
            return
        }
        let known = Set(rows.map { Condition(probeMode: $0["probe_mode"], alphaDegrees: $0["tilt_deg"]) })
        let present = try Row.fetchAll(
            db,
            sql: "SELECT DISTINCT probe_mode, \(Condition.tiltSQL) AS alpha FROM exposure WHERE session_id = ?",
            arguments: [session.sessionID]
        ).map { Condition(probeMode: $0["probe_mode"], alphaDegrees: $0["alpha"]) }
        isUpToDate = present.allSatisfy(known.contains)
    }
}
