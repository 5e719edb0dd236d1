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

    /// - Parameters:
    ///   - isFirst: whether no row was written before.
    ///   - digits: the number of significant digits in CSV; nil for all.
    func line(_ row: borrowing ResultRow, _ columns: [String], isFirst: Bool, digits: Int? = nil) -> String {
        var line = ""
        switch self {
        case .csv:
            for column in columns.indices {
                if column > 0 { line += "," }
                line += Self.csvText(row.value(Int32(column)), digits)
            }
            line += "\n"
        case .json:
            line += isFirst ? "\n{" : ",\n{"
            for (column, name) in columns.enumerated() {
                if column > 0 { line += "," }
                line += JSONText.quoted(name) + ":" + Self.jsonText(row.value(Int32(column)))
            }
            line += "}"
        }
        return line
    }
}

// MARK: - CSV

extension TableFormat {
    private static func csvText(_ value: ResultRow.Value, _ digits: Int?) -> String {
        switch value {
        case .null: ""
        case .int(let number): "\(number)"
        // This is Swift's shortest text that reads back as the same number.
        case .double(let number): "\(digits.map { number.rounded(significant: $0) } ?? number)"
        case .string(let text): text.isEmpty ? "\"\"" : CSVText.quoted(text)
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
