import EPUArchive
import EPUCore
import GRDB

/// Whether a session's calibration may stay as it is.
struct CalibrationAge {
    /// Whether nothing has to be tried again. A good calibration stays as long as the session and what it rests on do:
    /// `StaleResults.calibration` takes the number of its exposures from it. Any other is tried again: other sessions of the
    /// microscope may have come meanwhile.
    let isUpToDate: Bool
    /// The method that a person asked for, to which the session keeps.
    let askedMethod: CalibrationMethod?
    /// The foil's pitch that a person gave, um, to which the session keeps, too.
    let givenPitch: Double?

    init(_ session: SessionRow, _ db: Database) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT probe_mode, tilt_deg, verdict, method, chosen, exposures FROM calibration
                WHERE session_id = ? AND chosen ORDER BY calibration_id
                """,
            arguments: [session.sessionID])
        // What a person gave outlives the calibrations, which go when files of the session change.
        let given = try Row.fetchOne(
            db, sql: "SELECT asked_method, given_pitch_um FROM session WHERE session_id = ?",
            arguments: [session.sessionID])
        givenPitch = given?["given_pitch_um"]
        askedMethod = (given?["asked_method"] as String?).flatMap(CalibrationMethod.init)
        let count = try Int.fetchOne(
            db, sql: "SELECT count(*) FROM exposure WHERE session_id = ?", arguments: [session.sessionID])
        guard !rows.isEmpty,
            rows.allSatisfy({ $0["exposures"] == count && Self.isKept($0) })
        else {
            isUpToDate = false
            return
        }
        let known = Set(rows.map { Condition(probeMode: $0["probe_mode"], tiltDegrees: Int($0["tilt_deg"] ?? 0.0)) })
        let present = try Row.fetchAll(
            db,
            sql: "SELECT DISTINCT probe_mode, \(Condition.tiltSQL) AS tilt FROM exposure WHERE session_id = ?",
            arguments: [session.sessionID]
        ).map { Condition(probeMode: $0["probe_mode"], tiltDegrees: $0["tilt"]) }
        isUpToDate = present.allSatisfy(known.contains)
    }

    private static func isKept(_ row: Row) -> Bool {
        row["verdict"] == CalibrationVerdict.good.rawValue || row["chosen"] == CalibrationChoice.asked.rawValue
    }
}
