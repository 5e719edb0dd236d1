import EPUArchive
import EPUCore
import GRDB

/// The rows of a query as a file, written as they come: memory does not depend on how many there are.
struct TableFile {
    let path: String
    let format: TableFormat

    /// - Parameters:
    ///   - sql: a query.
    ///   - arguments: of its parameters, in their order.
    /// - Returns: how many rows.
    /// - Throws: `Failure` where the file cannot be written; an older one then stays.
    @discardableResult
    func write(_ db: Database, _ sql: String, _ arguments: [Int64] = []) throws -> Int {
        var statement = try RowStatement(db, sql)
        for argument in arguments { statement.bind(argument) }
        let columns = statement.columnNames
        var file = try OutputFile(path)
        var rows = 0
        try file.write(format.start(columns))
        try statement.forEachRow { row in
            try file.write(format.line(row, columns, isFirst: rows == 0))
            rows += 1
        }
        try file.write(format.end)
        try file.commit()
        return rows
    }
}
