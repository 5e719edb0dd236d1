import EPUArchive
import EPUCore
import GRDB

/// A file with the rows of a query, which are written as they come: the memory does not depend on their number.
struct TableFile {
    let path: String
    let format: TableFormat

    /// - Parameters:
    ///   - sql: the query.
    ///   - arguments: the values of its parameters, in their order.
    /// - Returns: the number of rows.
    /// - Throws: `Failure` if the file cannot be written; an older one then stays.
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
