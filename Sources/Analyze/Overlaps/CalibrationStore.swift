import EPUShared
import GRDB

/// A matrix that the archive holds for one session.
struct StoredCalibration: Sendable {
    let calibrationID: Int64
    let sessionID: Int64
    let matrix: Matrix2

    /// The calibration that a user gave as k or matrix: the same one for the same numbers.
    static func given(_ matrix: Matrix2, for sessionID: Int64, at time: Timestamp, _ db: Database) throws
        -> StoredCalibration
    {
        let known = try Int64.fetchOne(
            db,
            sql: """
                SELECT calibration_id FROM calibration
                WHERE session_id = ? AND method = 'given' AND (m11, m12, m21, m22) = (?, ?, ?, ?)
                """,
            arguments: [sessionID, matrix.m11, matrix.m12, matrix.m21, matrix.m22])
        if let known { return StoredCalibration(calibrationID: known, sessionID: sessionID, matrix: matrix) }
        try db.execute(
            sql: """
                INSERT INTO calibration
                    (session_id, method, m11, m12, m21, m22, scale, angle_deg, mirrored, verdict, created_at)
                VALUES (?, 'given', ?, ?, ?, ?, ?, ?, ?, 'given', ?)
                """,
            arguments: [
                sessionID, matrix.m11, matrix.m12, matrix.m21, matrix.m22, matrix.scale, matrix.angleDegrees,
                matrix.isMirrored, time.archiveText,
            ])
        return StoredCalibration(calibrationID: db.lastInsertedRowID, sessionID: sessionID, matrix: matrix)
    }

    /// - Throws: `Failure` where the archive has no calibration of that id.
    static func stored(_ calibrationID: Int64, _ db: Database) throws -> StoredCalibration {
        let row = try Row.fetchOne(
            db, sql: "SELECT session_id, m11, m12, m21, m22 FROM calibration WHERE calibration_id = ?",
            arguments: [calibrationID])
        guard let row else {
            throw Failure("The archive has no calibration \(calibrationID). The view calibrations lists what it has.")
        }
        return StoredCalibration(
            calibrationID: calibrationID, sessionID: row["session_id"],
            matrix: Matrix2(row["m11"], row["m12"], row["m21"], row["m22"]))
    }
}
