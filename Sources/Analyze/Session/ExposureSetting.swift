import EPUArchive
import EPUCore
import GRDB

/// What many exposures of a session have in common, held once.
final class ExposureSetting: Sendable {
    let sessionID: Int64
    /// nil: not known.
    let gridSquare: Int64?
    let condition: Condition
    /// The camera field; nil: not known.
    let field: CameraField?
    /// The id of the microscope; nil: not recorded.
    let instrument: String?
    /// The high tension, kV; nil: not recorded.
    let highTension: Double?
    /// The nominal magnification; nil: not recorded.
    let magnification: Int?
    /// The cosine of the tilt.
    let cosine: Double

    init(
        sessionID: Int64, gridSquare: Int64?, condition: Condition, field: CameraField? = nil,
        instrument: String? = nil, highTension: Double? = nil, magnification: Int? = nil
    ) {
        self.sessionID = sessionID
        self.gridSquare = gridSquare
        self.condition = condition
        self.field = field
        self.instrument = instrument
        self.highTension = highTension
        self.magnification = magnification
        cosine = condition.cosine
    }
}

/// Reads settings from rows of `exposure`, and makes one of rows that are alike.
struct ExposureSettings {
    /// What the columns hold; numbers that are not recorded are NaN, which `Record` compares as one value.
    private struct Record: Hashable {
        let sessionID: Int64
        let gridSquare: Int64?
        let condition: Condition
        let instrument: String?
        let highTension: UInt64
        let magnification: Int64?
        let numbers: SIMD8<UInt64>
    }

    private var known: [Record: ExposureSetting] = [:]
    /// The one of the row before, which is mostly that of the next.
    private var last: (record: Record, setting: ExposureSetting)?

    /// The columns of a row of `exposure` that `setting(_:from:)` reads, in SQL.
    static func columns(of exposure: String) -> String {
        """
        \(exposure).session_id, \(exposure).grid_square, \(exposure).probe_mode, \(exposure).stage_alpha_deg,
        \(InstrumentKey.sql(of: exposure)), \(exposure).high_tension_kv, \(exposure).magnification,
        \(RecordedField.columns(of: exposure))
        """
    }

    /// - Parameter first: The place where `columns` begin in the row.
    mutating func setting(_ row: borrowing ResultRow, from first: Int32) -> ExposureSetting {
        var numbers = SIMD8<UInt64>()
        for column in 0..<8 {
            numbers[column] = (row.optionalDouble(first + 7 + Int32(column)) ?? .nan).bitPattern
        }
        let highTension = row.optionalDouble(first + 5)
        let record = Record(
            sessionID: row.int(first), gridSquare: row.optionalInt(first + 1),
            condition: Condition(probeMode: row.string(first + 2), alphaDegrees: row.optionalDouble(first + 3)),
            instrument: row.string(first + 4), highTension: (highTension ?? .nan).bitPattern,
            magnification: row.optionalInt(first + 6), numbers: numbers)
        if let last, last.record == record { return last.setting }
        let setting =
            known[record]
            ?? ExposureSetting(
                sessionID: record.sessionID, gridSquare: record.gridSquare, condition: record.condition,
                field: RecordedField(row, from: first + 7)?.field, instrument: record.instrument,
                highTension: highTension, magnification: record.magnification.map { Int($0) })
        known[record] = setting
        last = (record, setting)
        return setting
    }
}
