import EPUArchive
public import EPUCore
import GRDB

extension SampleArchive {
    /// A run of exposures from one place of the stage, and what a calibration says of its read-backs.
    public struct Stop: Sendable {
        public var exposures: Int
        public var correction: Vector2?
        public var error: Double?
        public var aside: Double?

        public init(_ exposures: Int = 1, correction: Vector2? = nil, error: Double? = nil, aside: Double? = nil) {
            (self.exposures, self.correction, self.error, self.aside) = (exposures, correction, error, aside)
        }
    }

    /// Stores a calibration as `epu-analyze calibrate` stores one that it found good, for all exposures that a session has.
    /// - Parameters:
    ///   - errors: The standard errors of the matrix's elements; nil if they are not known.
    ///   - stops: The stops of the exposures in time order.
    /// - Returns: The id of the calibration.
    @discardableResult
    public func calibrate(
        _ session: String, _ matrix: Matrix2 = Matrix2(scale: 25), errors: Matrix2? = Matrix2(scale: 0),
        stops: [Stop]
    ) throws -> Int64 {
        try archive.write { db in
            let sessionID = try Int64.fetchOne(
                db, sql: "SELECT session_id FROM session WHERE name = ?", arguments: [session])
            let exposures = try Int64.fetchAll(
                db, sql: "SELECT exposure_id FROM exposure WHERE session_id = ? ORDER BY acquired_at, name",
                arguments: [sessionID])
            try db.execute(
                sql: """
                    INSERT INTO calibration
                        (session_id, method, chosen, tilt_deg, m11, m12, m21, m22, m11_error, m12_error, m21_error,
                         m22_error, scale, angle_deg, mirrored, verdict, exposures, created_at)
                    VALUES (?, 'lattice', 1, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'good', ?, '2025-01-09')
                    """,
                arguments: [
                    sessionID, matrix.m11, matrix.m12, matrix.m21, matrix.m22, errors?.m11, errors?.m12, errors?.m21,
                    errors?.m22, matrix.scale, matrix.angleDegrees, matrix.isMirrored, exposures.count,
                ])
            let id = db.lastInsertedRowID
            var first = 0
            for (number, stop) in stops.enumerated() where first < exposures.count {
                try db.execute(
                    sql: """
                        INSERT INTO stage_stop (calibration_id, stop, first_exposure_id, exposures, x_um, y_um,
                            correction_x_um, correction_y_um, error_um, aside_um)
                        VALUES (?, ?, ?, ?, 0, 0, ?, ?, ?, ?)
                        """,
                    arguments: [
                        id, number, exposures[first], stop.exposures, stop.correction?.x, stop.correction?.y,
                        stop.error, stop.aside,
                    ])
                first += stop.exposures
            }
            return id
        }
    }
}
