import EPUArchive
import EPUCore
import Foundation
import GRDB

/// What was found of beam shift to stage in each session, in the order of their starts.
struct CalibrationHistory {
    struct Entry {
        let instrument: String?
        /// Of the session.
        let start: Timestamp
        /// um per beam-shift unit.
        let matrix: Matrix2
        /// Standard errors of the matrix's elements; nil where they are not known.
        let errors: Matrix2?
        let isDoubtful: Bool
    }

    let entries: [Entry]

    /// The chosen calibrations whose session showed them by itself. One that was given, or taken over from other
    /// sessions (`history`), adds no measurement.
    init(_ db: Database) throws {
        entries = try Row.fetchAll(
            db,
            sql: """
                SELECT s.instrument_id, c.verdict, c.m11, c.m12, c.m21, c.m22, c.m11_error, c.m12_error, c.m21_error,
                       c.m22_error, ifnull((SELECT min(e.acquired_at) FROM exposure e WHERE e.session_id = s.session_id),
                                           s.created_at) AS started_at
                FROM calibration c JOIN session s USING (session_id)
                WHERE c.chosen AND c.verdict IN (\(CalibrationVerdict.allCases.filter(\.isFound).sqlList))
                    AND c.method IN (\(CalibrationMethod.allCases.filter(\.isMeasured).sqlList))
                ORDER BY started_at, c.calibration_id
                """
        ).compactMap(Entry.init)
    }

    /// Sorted; nil, for what was not recorded, last.
    var instruments: [String?] {
        let known = Set(entries.compactMap(\.instrument)).sorted()
        return entries.contains { $0.instrument == nil } ? known + [nil] : known
    }
}

extension CalibrationHistory.Entry {
    /// Nil where the time is not known or the matrix has no scale.
    fileprivate init?(_ row: Row) {
        let text: String = row["started_at"] ?? ""
        let matrix = Matrix2(row["m11"], row["m12"], row["m21"], row["m22"])
        guard let start = Timestamp(archiveText: text), matrix.isFinite, matrix.scale > 0 else { return nil }
        let errors = ["m11_error", "m12_error", "m21_error", "m22_error"].compactMap { row[$0] as Double? }
        self.init(
            instrument: row["instrument_id"], start: start, matrix: matrix,
            errors: errors.count == 4 ? Matrix2(errors[0], errors[1], errors[2], errors[3]) : nil,
            isDoubtful: row["verdict"] == CalibrationVerdict.doubtful.rawValue)
    }

    /// Standard error of sqrt|det|, um per unit, to first order and with independent elements.
    var scaleError: Double? {
        guard let errors else { return nil }
        let variance =
            squared(matrix.m22 * errors.m11) + squared(matrix.m21 * errors.m12) + squared(matrix.m12 * errors.m21)
            + squared(matrix.m11 * errors.m22)
        return finite(variance.squareRoot() / (2 * matrix.scale))
    }

    /// Standard error of the angle, degrees, to first order and with independent elements.
    var angleError: Double? {
        guard let errors else { return nil }
        // The angle is atan2(y, x) of these: Matrix2.angleDegrees.
        let sign = matrix.isMirrored ? 1.0 : -1.0
        let x = matrix.m11 - sign * matrix.m22
        let y = matrix.m21 + sign * matrix.m12
        let ofX = squared(errors.m11) + squared(errors.m22)
        let ofY = squared(errors.m12) + squared(errors.m21)
        let variance = (x * x * ofY + y * y * ofX) / squared(x * x + y * y)
        return finite(variance.squareRoot() * 180 / .pi)
    }
}

private func squared(_ value: Double) -> Double { value * value }

private func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
