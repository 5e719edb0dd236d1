import EPUArchive
import EPUCore
import GRDB

/// A calibration that the analyses of a session use. A session with several probe modes or tilts has one for each.
struct ChosenCalibration {
    let calibrationID: Int64
    /// um per beam-shift unit.
    let matrix: Matrix2
    /// Of the exposures that it is for; nil: of all.
    let probeMode: String?
    /// Of the stage, degrees; nil: whatever it is.
    let tiltDegrees: Double?
    /// In beam-shift units; nil where none was found.
    let lattice: PlottedLattice?

    static func all(of session: SessionRow, _ db: Database) throws -> [ChosenCalibration] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT calibration_id, m11, m12, m21, m22, probe_mode, tilt_deg, foil, g11, g12, g21, g22
                FROM calibration WHERE session_id = ? AND chosen ORDER BY calibration_id
                """,
            arguments: [session.sessionID]
        ).map(ChosenCalibration.init)
    }

    /// Exposures that the session got after it was calibrated.
    static func exposuresSince(_ session: SessionRow, _ db: Database) throws -> Int {
        try Int.fetchOne(
            db,
            sql: """
                SELECT (SELECT count(*) FROM exposure WHERE session_id = ?1) - min(exposures)
                FROM calibration WHERE session_id = ?1 AND chosen
                """,
            arguments: [session.sessionID]) ?? 0
    }

    private init(_ row: Row) {
        calibrationID = row["calibration_id"]
        matrix = Matrix2(row["m11"], row["m12"], row["m21"], row["m22"])
        probeMode = row["probe_mode"]
        tiltDegrees = row["tilt_deg"]
        let g: [Double?] = [row["g11"], row["g12"], row["g21"], row["g22"]]
        let known = g.compactMap { $0 }
        lattice =
            known.count == 4
            ? PlottedLattice(
                a: Vector2(known[0], known[2]), b: Vector2(known[1], known[3]), isHexagonal: row["foil"] == "hexagonal")
            : nil
    }

    /// What tells it from the other calibrations of its session, as `NanoProbe, 30 degrees`.
    var conditions: String {
        let words = [probeMode, tiltDegrees.map { "\($0.text()) degrees" }].compactMap { $0 }
        return words.isEmpty ? "calibration \(calibrationID)" : words.joined(separator: ", ")
    }
}
