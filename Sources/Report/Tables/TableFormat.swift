import ArgumentParser
import EPUArchive
import EPUCore

/// How rows are written as text. Numbers can be read back exactly in each format, unless fewer digits are asked for.
enum TableFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// Values with commas between them, quoted according to RFC 4180, with lines that end as in Unix. NULL is empty, an empty
    /// text is `""`.
    case csv
    /// One array with one object in each line. NULL is null.
    case json

    /// The text before all rows.
    func start(_ columns: [String]) -> String {
        switch self {
        case .csv: columns.map(CSVText.quoted).joined(separator: ",") + "\n"
        case .json: "["
        }
    }

    /// The text after the last row.
    var end: String {
        switch self {
        case .csv: ""
        case .json: "\n]\n"
        }
    }

    /// Adds the text of a row, UTF-8.
    /// - Parameters:
    ///   - isFirst: whether no row was written before.
    ///   - digits: the number of significant digits in CSV; nil for all.
    func append(
        _ row: borrowing ResultRow, _ columns: [String], isFirst: Bool, digits: Int? = nil, to line: inout [UInt8]
    ) {
        switch self {
        case .csv:
            for column in columns.indices {
                if column > 0 { line.append(UInt8(ascii: ",")) }
                Self.appendCSV(row, Int32(column), digits, to: &line)
            }
            line.append(UInt8(ascii: "\n"))
        case .json:
            line.append(contentsOf: (isFirst ? "\n{" : ",\n{").utf8)
            for (column, name) in columns.enumerated() {
                if column > 0 { line.append(UInt8(ascii: ",")) }
                line.append(contentsOf: (JSONText.quoted(name) + ":").utf8)
                line.append(contentsOf: Self.jsonText(row.value(Int32(column))).utf8)
            }
            line.append(UInt8(ascii: "}"))
        }
    }
}

// MARK: - CSV

extension TableFormat {
    private static func appendCSV(
        _ row: borrowing ResultRow, _ column: Int32, _ digits: Int?, to line: inout [UInt8]
    ) {
        // Most texts are plain, and are not made strings of.
        if row.isText(column), row.withBytes(column, { CSVText.appendPlain($0, to: &line) }) == true { return }
        switch row.value(column) {
        case .null: break
        case .int(let number): line.append(contentsOf: number.description.utf8)
        // This is Swift's shortest text that reads back as the same number.
        case .double(let number):
            line.append(contentsOf: (digits.map { number.rounded(significant: $0) } ?? number).description.utf8)
        case .string(let text): line.append(contentsOf: (text.isEmpty ? "\"\"" : CSVText.quoted(text)).utf8)
        }
    }
}

// MARK: - JSON

extension TableFormat {
    private static func jsonText(_ value: ResultRow.Value) -> String {
        switch value {
        case .null: "null"
        case .int(let number): "\(number)"
        // JSON has no infinity, but a number that is read as one. SQLite stores no NaN.
        case .double(let number): number.isFinite ? "\(number)" : number < 0 ? "-1e999" : "1e999"
        case .string(let text): JSONText.quoted(text)
        }
    }
}
