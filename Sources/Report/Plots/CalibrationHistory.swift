import EPUArchive
import EPUCore
import Foundation
import GRDB

/// The calibrations of all sessions, in the order of the sessions' starts.
struct CalibrationHistory {
    struct Entry {
        let instrument: String?
        /// The start of the session.
        let start: Timestamp
        /// The matrix, um per beam-shift unit.
        let matrix: Matrix2
        /// The standard errors of the matrix's elements; nil if they are not known.
        let errors: Matrix2?
        let isDoubtful: Bool
    }

    fileprivate struct Session: ArchiveRecord {
        let instrumentID: String?
        let startedAt: String?
    }

    let entries: [Entry]

    /// Takes the chosen calibrations that the sessions showed by themselves. One that was given, or taken from other sessions
    /// (`history`), adds no measurement.
    init(_ db: Database) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT c.*, s.instrument_id, ifnull((SELECT min(e.acquired_at) FROM exposure e WHERE e.session_id = s.session_id),
                                           s.created_at) AS started_at
                FROM calibration c JOIN session s USING (session_id)
                WHERE c.chosen AND c.verdict IN (\(CalibrationVerdict.allCases.filter(\.isFound).sqlList))
                    AND c.method IN (\(CalibrationMethod.allCases.filter(\.isMeasured).sqlList))
                ORDER BY started_at, c.calibration_id
                """)
        entries = try rows.compactMap { try Entry(StoredCalibration(row: $0), of: Session(row: $0)) }
    }

    /// The instruments, sorted; nil, for those that were not recorded, comes last.
    var instruments: [String?] {
        let known = Set(entries.compactMap(\.instrument)).sorted()
        return entries.contains { $0.instrument == nil } ? known + [nil] : known
    }
}

extension CalibrationHistory.Entry {
    /// Reads a calibration; nil if its time is not known or its matrix has no scale.
    fileprivate init?(_ stored: StoredCalibration, of session: CalibrationHistory.Session) {
        guard let start = session.startedAt.flatMap({ Timestamp(archiveText: $0) }), stored.matrix.isFinite,
            stored.matrix.scale > 0
        else { return nil }
        self.init(
            instrument: session.instrumentID, start: start, matrix: stored.matrix, errors: stored.errors,
            isDoubtful: stored.verdict == .doubtful)
    }

    /// The standard error of sqrt|det|, um per unit, to first order and with independent elements.
    var scaleError: Double? {
        guard let errors else { return nil }
        let variance =
            squared(matrix.m22 * errors.m11) + squared(matrix.m21 * errors.m12) + squared(matrix.m12 * errors.m21)
            + squared(matrix.m11 * errors.m22)
        return finite(variance.squareRoot() / (2 * matrix.scale))
    }

    /// The standard error of the angle, degrees, to first order and with independent elements.
    var angleError: Double? {
        guard let errors else { return nil }
        // The angle is atan2(y, x) of these, as in Matrix2.angleDegrees.
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
