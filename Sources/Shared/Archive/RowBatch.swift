public import GRDB

/// Inserts rows of numbers, many by one statement: in a table with foreign keys and indexes that takes half the time of one
/// statement for each row, as SQLite looks up, checks and counts once for all.
///
/// Values are bound one after another, row by row. What was bound is in the table after `finish` at the latest.
public struct RowBatch {
    private enum Value {
        case null
        case int(Int64)
        case double(Double)
    }

    private let db: Database
    private let insert: String
    private let columns: Int
    private let full: RowStatement
    private var values: [Value] = []

    /// The number of rows of a statement. More gain no more.
    private static let rows = 50

    /// - Parameters:
    ///   - insert: the statement up to VALUES, as "INSERT INTO t (a, b)".
    ///   - columns: the number of values of a row.
    public init(_ db: Database, _ insert: String, columns: Int) throws {
        self.db = db
        self.insert = insert
        self.columns = columns
        full = try Self.statement(db, insert, columns, rows: Self.rows)
        values.reserveCapacity(Self.rows * columns)
    }

    public mutating func bind(_ value: Int64?) { values.append(value.map(Value.int) ?? .null) }
    public mutating func bind(_ value: Double?) { values.append(value.map(Value.double) ?? .null) }

    /// Says that a row is complete.
    /// - Throws: `DatabaseError`, for this row or one before it.
    public mutating func endRow() throws {
        if values.count == Self.rows * columns { try write(by: full) }
    }

    /// Inserts the rows that are left.
    /// - Throws: `DatabaseError`.
    public mutating func finish() throws {
        guard !values.isEmpty else { return }
        try write(by: Self.statement(db, insert, columns, rows: values.count / columns))
    }

    private mutating func write(by statement: RowStatement) throws {
        var statement = statement
        for value in values {
            switch value {
            case .null: statement.bind(nil as Double?)
            case .int(let value): statement.bind(value)
            case .double(let value): statement.bind(value)
            }
        }
        values.removeAll(keepingCapacity: true)
        try statement.run()
    }

    private static func statement(_ db: Database, _ insert: String, _ columns: Int, rows: Int) throws -> RowStatement {
        let row = "(" + repeatElement("?", count: columns).joined(separator: ", ") + ")"
        return try RowStatement(db, "\(insert) VALUES " + repeatElement(row, count: rows).joined(separator: ", "))
    }
}
