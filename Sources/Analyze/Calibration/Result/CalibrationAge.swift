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

    private struct Chosen: ArchiveRecord {
        let probeMode: String?
        let tiltDeg: Double?
        let verdict: String
        let chosen: Int
        let exposures: Int?

        /// Whether it is kept while its session does not change.
        var isKept: Bool {
            verdict == CalibrationVerdict.good.rawValue || chosen == CalibrationChoice.asked.rawValue
        }
    }

    private struct Given: ArchiveRecord {
        let askedMethod: String?
        let givenPitchUm: Double?
    }

    init(_ session: SessionRow, _ db: Database) throws {
        let rows = try Chosen.fetchAll(
            db,
            sql: """
                SELECT probe_mode, tilt_deg, verdict, chosen, exposures FROM calibration
                WHERE session_id = ? AND chosen ORDER BY calibration_id
                """,
            arguments: [session.sessionID])
        // What a person gave outlives the calibrations, which go when files of the session change.
        let given = try Given.fetchOne(
            db, sql: "SELECT asked_method, given_pitch_um FROM session WHERE session_id = ?",
            arguments: [session.sessionID])
        givenPitch = given?.givenPitchUm
        askedMethod = given?.askedMethod.flatMap(CalibrationMethod.init)
        let count = try Int.fetchOne(
            db, sql: "SELECT count(*) FROM exposure WHERE session_id = ?", arguments: [session.sessionID])
        guard !rows.isEmpty, rows.allSatisfy({ $0.exposures == count && $0.isKept }) else {
            isUpToDate = false
            return
        }
        // To compare each row with some conditions is cheaper than to gather the different ones of all rows.
        let isKnown = Array(repeating: "probe_mode IS ? AND \(Condition.tiltSQL) = ?", count: rows.count)
        isUpToDate =
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT NOT EXISTS (
                        SELECT 1 FROM exposure WHERE session_id = ? AND NOT (\(isKnown.joined(separator: " OR "))))
                    """,
                arguments: [session.sessionID]
                    + StatementArguments(
                        rows.flatMap { [$0.probeMode, Int($0.tiltDeg ?? 0)] as [(any DatabaseValueConvertible)?] })
            ) ?? false
    }
}
