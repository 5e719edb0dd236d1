import EPUArchive
import EPUCore

/// Rows as one JSON array with one object in each line.
struct JSONRows: TableRows, ~Copyable {
    /// The names of the columns with what stands before their values.
    private let names: [String]
    private var text: TextBytes
    private var isFirst = true

    init(columns: [String]) {
        names = columns.enumerated().map { ($0.offset == 0 ? "" : ",") + JSONText.quoted($0.element) + ":" }
        text = TextBytes(capacity: TableFile.block + TableFile.block / 4)
        text.append("[")
    }

    var count: Int { text.count }

    mutating func append(_ row: borrowing ResultRow) {
        text.append(isFirst ? "\n{" : ",\n{")
        isFirst = false
        row.forEachCell(names.count) { column, cell in
            text.append(names[column])
            switch cell {
            case .null: text.append("null")
            case .int(let number): text.append(number)
            // JSON has no infinity, but a number that is read as one. SQLite stores no NaN.
            case .double(let number) where !number.isFinite: text.append(number < 0 ? "-1e999" : "1e999")
            case .double(let number): text.append(number, significant: nil)
            case .text(let bytes): text.append(JSONText.quoted(String(decoding: bytes, as: UTF8.self)))
            }
        }
        text.append(UInt8(ascii: "}"))
    }

    mutating func take(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
        try text.withBytes(write)
        text.removeFirst(text.count)
    }

    mutating func end() { text.append("\n]\n") }
}
