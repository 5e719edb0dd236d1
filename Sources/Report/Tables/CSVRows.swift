import EPUArchive
import EPUCore

/// Rows as CSV (RFC 4180), in bytes. In most columns of a session row after row has the same value: the text of the row before is
/// then copied, and only of other values a text is made.
struct CSVRows: TableRows, ~Copyable {
    /// A value of the row before, so far as it tells whether the next one is the same, and where its text is.
    private struct Field {
        enum Kind: UInt8 {
            case null, int, double
            /// A text that stands in the file as it is: it is compared with what was written.
            case plain
            /// Another text, which is never compared.
            case other
        }

        var kind = Kind.other
        /// The bits of a number.
        var bits: UInt64 = 0
        /// Where it begins in its line.
        var start = 0
    }

    private let digits: Int?
    /// The line of the row before, if it was given away already, and what was not given away.
    private var text: TextBytes
    /// Where that begins which was not given away.
    private var given = 0
    /// Where the line of the row before begins.
    private var before = 0
    /// The fields of the row before; the start of one more is the end of the line.
    private var fields: [Field]

    /// - Parameters:
    ///   - columns: the names of the columns that are written: the first ones of the rows.
    ///   - digits: the number of significant digits of numbers that are no integers; nil for all.
    init(columns: [String], digits: Int?) {
        self.digits = digits
        fields = Array(repeating: Field(), count: columns.count + 1)
        text = TextBytes(capacity: TableFile.block + TableFile.block / 4)
        text.append(columns.map(CSVText.quoted).joined(separator: ",") + "\n")
    }

    var count: Int { text.count - given }

    mutating func append(_ row: borrowing ResultRow) {
        let line = text.count
        let columns = fields.count - 1
        // The part of the line before that is the same, and has not been copied yet, begins at `same`; it moves by `shift`.
        var (same, shift) = (0, 0)
        row.forEachCell(columns) { column, cell in
            let (start, end) = (fields[column].start, fields[column + 1].start)
            if isAsBefore(cell, fields[column], end: end) {
                fields[column].start = start + shift
                return
            }
            text.append(again: before + same..<before + start)
            fields[column].start = text.count - line
            appendField(cell, column)
            text.append(UInt8(ascii: column == columns - 1 ? "\n" : ","))
            (same, shift) = (end, text.count - line - end)
        }
        text.append(again: before + same..<before + fields[columns].start)
        fields[columns].start = text.count - line
        before = line
    }

    /// - Parameter end: where the field before ends, with the comma.
    private func isAsBefore(_ cell: ResultRow.Cell, _ field: Field, end: Int) -> Bool {
        switch cell {
        case .null: field.kind == .null
        case .int(let number): field.kind == .int && field.bits == UInt64(bitPattern: number)
        case .double(let number): field.kind == .double && field.bits == number.bitPattern
        case .text(let bytes): field.kind == .plain && text.has(bytes, in: before + field.start..<before + end - 1)
        }
    }

    private mutating func appendField(_ cell: ResultRow.Cell, _ column: Int) {
        switch cell {
        case .null: fields[column].kind = .null
        case .int(let number):
            text.append(number)
            (fields[column].kind, fields[column].bits) = (.int, UInt64(bitPattern: number))
        case .double(let number):
            text.append(number, significant: digits)
            (fields[column].kind, fields[column].bits) = (.double, number.bitPattern)
        case .text(let bytes):
            let isPlain = CSVText.isPlain(bytes)
            if isPlain {
                text.append(bytes)
            } else {
                let string = String(decoding: bytes, as: UTF8.self)
                text.append(string.isEmpty ? "\"\"" : CSVText.quoted(string))
            }
            fields[column].kind = isPlain ? .plain : .other
        }
    }

    mutating func take(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
        try text.withBytes(from: given, write)
        // The last line stays, as the next one is compared with it.
        text.removeFirst(before)
        (given, before) = (text.count, 0)
    }

    mutating func end() {}
}
