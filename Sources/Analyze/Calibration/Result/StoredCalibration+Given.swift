import EPUArchive
import EPUCore
import GRDB

extension StoredCalibration {
    /// The standard error of the whole matrix, as a part.
    var relativeError: Double? { errors.map(matrix.relativeError) }

    /// The calibration that a user gave as k or matrix: the same one for the same numbers.
    static func given(_ matrix: Matrix2, for sessionID: Int64, at time: Timestamp, _ db: Database) throws
        -> StoredCalibration
    {
        let known = try Int64.fetchOne(
            db,
            sql: """
                SELECT calibration_id FROM calibration
                WHERE session_id = ? AND method = \(CalibrationMethod.given.sql) AND (m11, m12, m21, m22) = (?, ?, ?, ?)
                """,
            arguments: [sessionID, matrix.m11, matrix.m12, matrix.m21, matrix.m22])
        if let known { return StoredCalibration(calibrationID: known, sessionID: sessionID, matrix: matrix) }
        try db.execute(
            sql: """
                INSERT INTO calibration
                    (session_id, method, m11, m12, m21, m22, scale, angle_deg, mirrored, singular_ratio, verdict,
                     created_at)
                VALUES (?, \(CalibrationMethod.given.sql), ?, ?, ?, ?, ?, ?, ?, ?, \(CalibrationVerdict.given.sql), ?)
                """,
            arguments: [
                sessionID, matrix.m11, matrix.m12, matrix.m21, matrix.m22, matrix.scale, matrix.angleDegrees,
                matrix.isMirrored, matrix.singularRatio, time.archiveText,
            ])
        return StoredCalibration(calibrationID: db.lastInsertedRowID, sessionID: sessionID, matrix: matrix)
    }
}
