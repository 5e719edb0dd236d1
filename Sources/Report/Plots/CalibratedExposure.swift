import EPUArchive
import EPUCore
import GRDB

/// An exposure that a calibration is for.
struct CalibratedExposure {
    let exposureID: Int64
    let gridSquare: Int64?
    /// The stage read-back, um.
    let stage: Vector2
    /// The beam shift, beam-shift units.
    let beamShift: Vector2

    /// The exposures of a calibration, in time order.
    static func all(of calibration: StoredCalibration, _ session: SessionRow, _ db: Database) throws
        -> [CalibratedExposure]
    {
        var exposures: [CalibratedExposure] = []
        var statement = try RowStatement(
            db,
            """
            SELECT exposure_id, grid_square, stage_x_um, stage_y_um, beam_shift_x, beam_shift_y FROM exposure
            WHERE session_id = ?1 AND (?3 IS NULL OR probe_mode IS ?2 AND \(Condition.tiltSQL) = ?3)
            ORDER BY acquired_at, name, exposure_id
            """)
        statement.bind(session.sessionID)
        statement.bind(calibration.condition?.probeMode)
        statement.bind(calibration.condition.map { Double($0.tiltDegrees) })
        try statement.forEachRow { row in
            exposures.append(
                CalibratedExposure(
                    exposureID: row.int(0), gridSquare: row.optionalInt(1),
                    stage: Vector2(row.double(2), row.double(3)),
                    beamShift: Vector2(row.double(4), row.double(5))))
        }
        return exposures
    }
}
