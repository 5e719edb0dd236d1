import EPUArchive
import EPUCore
import GRDB

/// An exposure that a calibration is for.
struct CalibratedExposure {
    let exposureID: Int64
    let gridSquare: Int64?
    /// um
    let stage: Vector2
    /// Beam-shift units.
    let beamShift: Vector2

    /// In time order.
    static func all(of calibration: StoredCalibration, _ session: SessionRow, _ db: Database) throws
        -> [CalibratedExposure]
    {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT exposure_id, grid_square, stage_x_um, stage_y_um, beam_shift_x, beam_shift_y FROM exposure
                WHERE session_id = ?1 AND (?3 IS NULL OR probe_mode IS ?2 AND \(Condition.tiltSQL) = ?3)
                ORDER BY acquired_at, name, exposure_id
                """,
            arguments: [session.sessionID, calibration.condition?.probeMode, calibration.condition?.tiltDegrees])
        var exposures: [CalibratedExposure] = []
        while let row = try rows.next() {
            exposures.append(
                CalibratedExposure(
                    exposureID: row[0], gridSquare: row[1], stage: Vector2(row[2], row[3]),
                    beamShift: Vector2(row[4], row[5])))
        }
        return exposures
    }
}
