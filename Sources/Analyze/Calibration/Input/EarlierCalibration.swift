import EPUArchive
import EPUCore
import GRDB

/// A good calibration of an earlier session on the same microscope.
struct EarlierCalibration: Sendable {
    let matrix: Matrix2
    let startedAt: Timestamp?
    let relativeError: Double
}

extension EarlierCalibration {
    /// The relative error of a calibration that does not say its own.
    private static let usualError = 0.01

    /// The good calibrations of other sessions on an instrument, with the same probe mode and high tension, without tilt. After
    /// years there are thousands of them.
    static func all(
        on instrument: String, besides sessionID: Int64, _ probeMode: String?, _ highTension: Double?, _ db: Database
    ) throws -> [EarlierCalibration] {
        var statement = try RowStatement(
            db,
            """
            SELECT (SELECT min(acquired_at) FROM exposure e WHERE e.session_id = c.session_id), c.m11, c.m12, c.m21, c.m22,
                   c.m11_error, c.m12_error, c.m21_error, c.m22_error
            FROM calibration c JOIN session s USING (session_id)
            WHERE c.chosen AND c.verdict = \(CalibrationVerdict.good.sql)
                AND c.method IN (\(CalibrationMethod.allCases.filter(\.makesHistory).sqlList))
                AND c.session_id <> ?1 AND c.probe_mode IS ?2 AND c.high_tension_kv IS ?3 AND ifnull(c.tilt_deg, 0) = 0
                AND \(InstrumentKey.sql(of: "s")) = ?4
            ORDER BY c.calibration_id
            """)
        statement.bind(sessionID)
        statement.bind(probeMode)
        statement.bind(highTension)
        statement.bind(instrument)
        var found: [EarlierCalibration] = []
        try statement.forEachRow { row in
            let matrix = Matrix2(row.double(1), row.double(2), row.double(3), row.double(4))
            let errors = Matrix2(
                ifKnown: row.optionalDouble(5), row.optionalDouble(6), row.optionalDouble(7), row.optionalDouble(8))
            found.append(
                EarlierCalibration(
                    matrix: matrix, startedAt: row.string(0).flatMap { Timestamp(archiveText: $0) },
                    relativeError: errors.map(matrix.relativeError) ?? usualError))
        }
        return found
    }
}
