import EPUShared
import GRDB
import GRDBSQLite

/// A prepared statement whose parameters are bound one after another.
///
/// Exposures come by the million with a hundred values each: GRDB's own arguments box every value, which takes longer
/// than SQLite's work. Used within one transaction only.
struct RowStatement {
    /// Keeps `statement` alive.
    private let owner: Statement
    private let statement: OpaquePointer
    private let connection: OpaquePointer?
    private var next: Int32 = 1

    init(_ db: Database, _ sql: String) throws {
        owner = try db.cachedStatement(sql: sql)
        statement = owner.sqliteStatement
        connection = db.sqliteConnection
    }

    mutating func bind(_ value: Int64?) {
        if let value { sqlite3_bind_int64(statement, next, value) } else { sqlite3_bind_null(statement, next) }
        next += 1
    }

    mutating func bind(_ value: Double?) {
        if let value { sqlite3_bind_double(statement, next, value) } else { sqlite3_bind_null(statement, next) }
        next += 1
    }

    mutating func bind(_ value: String?) {
        if var value {
            // SQLite copies the bytes: SQLITE_TRANSIENT is a cast that Swift does not import.
            value.withUTF8 { text in
                text.withMemoryRebound(to: CChar.self) { text in
                    _ = sqlite3_bind_text(
                        statement, next, text.baseAddress, Int32(clamping: text.count),
                        unsafeBitCast(-1, to: sqlite3_destructor_type.self))
                }
            }
        } else {
            sqlite3_bind_null(statement, next)
        }
        next += 1
    }

    /// Runs the statement to its end and makes it ready for the next row.
    /// - Returns: the first column of its first row; nil where it gives none.
    /// - Throws: `DatabaseError`.
    @discardableResult
    mutating func run() throws -> Int64? {
        next = 1
        var result: Int64?
        var code = sqlite3_step(statement)
        if code == SQLITE_ROW {
            result = sqlite3_column_int64(statement, 0)
            while code == SQLITE_ROW { code = sqlite3_step(statement) }
        }
        sqlite3_reset(statement)
        guard code == SQLITE_DONE else {
            throw DatabaseError(
                resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
                message: sqlite3_errmsg(connection).map { String(cString: $0) })
        }
        return result
    }

    /// Rows that the statement has just inserted, changed or deleted.
    var changes: Int32 { sqlite3_changes(connection) }
    var insertedID: Int64 { sqlite3_last_insert_rowid(connection) }
}

extension RowStatement: ColumnVisitor {
    mutating func column(_: StaticString, _ value: Int64?) { bind(value) }
    mutating func column(_: StaticString, _ value: Double?) { bind(value) }
    mutating func column(_: StaticString, _ value: String?) { bind(value) }
}

/// Goes through the columns of a row, so that names and values stand in one place.
protocol ColumnVisitor {
    mutating func column(_ name: StaticString, _ value: Int64?)
    mutating func column(_ name: StaticString, _ value: Double?)
    mutating func column(_ name: StaticString, _ value: String?)
}

/// A row of a table, as its columns.
protocol ColumnSource {
    func visit(_ row: inout some ColumnVisitor)
}

/// Inserts rows of a table, or brings the columns that are not the key up to date.
struct Upsert<Row: ColumnSource> {
    private let table: String
    private let key: [String]
    private let db: Database
    private var statement: RowStatement?

    init(into table: String, key: [String], _ db: Database) {
        self.table = table
        self.key = key
        self.db = db
    }

    mutating func run(_ row: Row) throws {
        var statement = try self.statement ?? RowStatement(db, ColumnNames(of: row).upsert(into: table, key: key))
        self.statement = statement
        row.visit(&statement)
        try statement.run()
    }
}

/// The names of a row's columns, to write its statements.
struct ColumnNames: ColumnVisitor {
    private(set) var names: [String] = []

    init(of source: some ColumnSource) { source.visit(&self) }

    mutating func column(_ name: StaticString, _: Int64?) { names.append("\(name)") }
    mutating func column(_ name: StaticString, _: Double?) { names.append("\(name)") }
    mutating func column(_ name: StaticString, _: String?) { names.append("\(name)") }

    var list: String { names.joined(separator: ", ") }
    var parameters: String { names.map { _ in "?" }.joined(separator: ", ") }
    var assignments: String { names.map { "\($0) = ?" }.joined(separator: ", ") }

    fileprivate func upsert(into table: String, key: [String]) -> String {
        let others = names.filter { !key.contains($0) }.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        return """
            INSERT INTO \(table) (\(list)) VALUES (\(parameters))
            ON CONFLICT (\(key.joined(separator: ", "))) DO \(others.isEmpty ? "NOTHING" : "UPDATE SET \(others)")
            """
    }
}
