import EPUArchive
import EPUConsole
import EPUCore
import GRDB

/// A file with the rows of a query, which are written as they come: the memory does not depend on their number.
struct TableFile {
    let path: String
    let format: TableFormat
    /// The number of significant digits of numbers that are no integers; nil for all, which read back as the same number.
    var digits: Int?

    /// - Parameters:
    ///   - sql: the query.
    ///   - arguments: the values of its parameters, in their order.
    /// - Returns: the number of rows.
    /// - Throws: `Failure` if the file cannot be written; an older one then stays.
    @discardableResult
    func write(_ db: Database, _ sql: String, _ arguments: [Int64] = []) throws -> Int {
        var statement = try RowStatement(db, sql)
        for argument in arguments { statement.bind(argument) }
        guard path != Self.standardOutput else {
            return try write(&statement) { Console.part(of: String(decoding: $0, as: UTF8.self)) }
        }
        var file = try OutputFile(path)
        let rows = try write(&statement) { try file.write($0) }
        try file.commit()
        return rows
    }

    /// The path that stands for standard output.
    static let standardOutput = "-"

    private func write(
        _ statement: inout RowStatement, _ write: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Int {
        let columns = statement.columnNames
        var rows = 0
        var text = Array(format.start(columns).utf8)
        try statement.forEachRow { row in
            format.append(row, columns, isFirst: rows == 0, digits: digits, to: &text)
            rows += 1
            guard text.count >= 1 << 16 else { return }
            try text.withUnsafeBytes(write)
            text.removeAll(keepingCapacity: true)
        }
        text.append(contentsOf: format.end.utf8)
        try text.withUnsafeBytes(write)
        return rows
    }
}
