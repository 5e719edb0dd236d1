import EPUShared
import GRDB

/// Whether a session's calibration still holds for the exposures that it has now.
struct CalibrationAge {
    /// A good one stays when the session grows: a matrix that changes with every batch would place all exposures anew.
    let isUpToDate: Bool

    init(_ session: SessionRow, _ db: Database) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT probe_mode, tilt_deg, verdict, method, exposures FROM calibration
                WHERE session_id = ? AND chosen
                """,
            arguments: [session.sessionID])
        let count = try Int.fetchOne(
            db, sql: "SELECT count(*) FROM exposure WHERE session_id = ?", arguments: [session.sessionID])
        let isUnchanged = rows.allSatisfy { $0["exposures"] == count }
        let isSettled = rows.allSatisfy { $0["verdict"] == "good" && $0["method"] != "stage" }
        guard !rows.isEmpty, isUnchanged || isSettled else {
            isUpToDate = false
            return
        }
        let known = Set(rows.map { Condition(probeMode: $0["probe_mode"], alphaDegrees: $0["tilt_deg"]) })
        let present = try Row.fetchAll(
            db,
            sql: "SELECT DISTINCT probe_mode, \(Condition.tiltSQL) AS alpha FROM exposure WHERE session_id = ?",
            arguments: [session.sessionID]
        ).map { Condition(probeMode: $0["probe_mode"], alphaDegrees: $0["alpha"]) }
        isUpToDate = isUnchanged || present.allSatisfy(known.contains)
    }
}
