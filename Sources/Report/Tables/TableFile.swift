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
    ///   - unwritten: the number of its last columns that are not written.
    ///   - body: called with each row, too.
    /// - Returns: the number of rows.
    /// - Throws: `Failure` if the file cannot be written; an older one then stays.
    @discardableResult
    func write(
        _ db: Database, _ sql: String, _ arguments: [Int64] = [], unwritten: Int = 0,
        alsoTo body: (borrowing ResultRow) throws -> Void = { _ in }
    ) throws -> Int {
        var statement = try RowStatement(db, sql)
        for argument in arguments { statement.bind(argument) }
        guard path != Self.standardOutput else {
            return try write(&statement, unwritten, body) { Console.part(of: String(decoding: $0, as: UTF8.self)) }
        }
        var file = try OutputFile(path)
        let rows = try write(&statement, unwritten, body) { try file.write($0) }
        try file.commit()
        return rows
    }

    /// The path that stands for standard output.
    static let standardOutput = "-"

    /// The number of bytes that are written at once.
    static let block = 1 << 18

    private func write(
        _ statement: inout RowStatement, _ unwritten: Int, _ body: (borrowing ResultRow) throws -> Void,
        _ write: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Int {
        let columns = Array(statement.columnNames.dropLast(unwritten))
        switch format {
        case .csv: return try Self.write(&statement, CSVRows(columns: columns, digits: digits), body, write)
        case .json: return try Self.write(&statement, JSONRows(columns: columns), body, write)
        }
    }

    private static func write<Rows: TableRows & ~Copyable>(
        _ statement: inout RowStatement, _ text: consuming Rows, _ body: (borrowing ResultRow) throws -> Void,
        _ write: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Int {
        var rows = 0
        try statement.forEachRow { row in
            text.append(row)
            try body(row)
            rows += 1
            if text.count >= block { try text.take(write) }
        }
        text.end()
        try text.take(write)
        return rows
    }
}
