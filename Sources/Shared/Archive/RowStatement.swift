import Foundation
public import GRDB
import GRDBSQLite

/// A prepared statement whose parameters are bound one after another.
///
/// Exposures come by the million with a hundred values each: GRDB's own arguments box every value, which takes longer
/// than SQLite's work. Used within one transaction only.
///
/// The statement is the one that the connection keeps for its SQL: two values with the same SQL share its parameters and the row
/// that it is at. So one must have given its last row before another is bound, and `body` of `forEachRow` must not read by the
/// same SQL. Rows come in the order that the SQL states, and in none where it states none.
public struct RowStatement {
    /// The owner of the prepared statement, held so that this one stays valid.
    private let owner: Statement
    private let statement: OpaquePointer
    private let connection: OpaquePointer?
    private var next: Int32 = 1

    public init(_ db: Database, _ sql: String) throws {
        owner = try db.cachedStatement(sql: sql)
        statement = owner.sqliteStatement
        connection = db.sqliteConnection
    }

    public mutating func bind(_ value: Int64?) {
        if let value { sqlite3_bind_int64(statement, next, value) } else { sqlite3_bind_null(statement, next) }
        next += 1
    }

    public mutating func bind(_ value: Double?) {
        if let value { sqlite3_bind_double(statement, next, value) } else { sqlite3_bind_null(statement, next) }
        next += 1
    }

    public mutating func bind(_ value: String?) {
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

    /// Binds bytes as a blob.
    mutating func bind(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            _ = sqlite3_bind_blob(
                statement, next, bytes.baseAddress, Int32(clamping: bytes.count),
                unsafeBitCast(-1, to: sqlite3_destructor_type.self))
        }
        next += 1
    }

    /// Runs the statement to its end and makes it ready for the next row.
    /// - Returns: the first column of its first row; nil where it gives none.
    /// - Throws: `DatabaseError`.
    @discardableResult
    public mutating func run() throws -> Int64? {
        next = 1
        var result: Int64?
        var code = sqlite3_step(statement)
        if code == SQLITE_ROW {
            result = sqlite3_column_int64(statement, 0)
            while code == SQLITE_ROW { code = sqlite3_step(statement) }
        }
        sqlite3_reset(statement)
        guard code == SQLITE_DONE else { throw error }
        return result
    }

    /// Calls `body` for each row that the statement gives, and makes it ready to run again.
    /// - Throws: `DatabaseError`, or what `body` throws.
    public mutating func forEachRow(_ body: (borrowing ResultRow) throws -> Void) throws {
        next = 1
        defer { sqlite3_reset(statement) }
        var code = sqlite3_step(statement)
        while code == SQLITE_ROW {
            try body(ResultRow(statement: statement))
            code = sqlite3_step(statement)
        }
        guard code == SQLITE_DONE else { throw error }
    }

    private var error: DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
            message: sqlite3_errmsg(connection).map { String(cString: $0) })
    }

    public var columnNames: [String] { owner.columnNames }

    /// The number of rows that the statement has just inserted, changed or deleted.
    public var changes: Int32 { sqlite3_changes(connection) }
    public var insertedID: Int64 { sqlite3_last_insert_rowid(connection) }
}

/// The row that a statement is at, which must not be kept. Columns count from 0.
public struct ResultRow: ~Copyable {
    fileprivate let statement: OpaquePointer

    /// The number of columns.
    public var count: Int32 { sqlite3_column_count(statement) }

    public func int(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }
    public func double(_ column: Int32) -> Double { sqlite3_column_double(statement, column) }
    public func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }
    public func optionalDouble(_ column: Int32) -> Double? { isNull(column) ? nil : double(column) }
    public func optionalInt(_ column: Int32) -> Int64? { isNull(column) ? nil : int(column) }

    /// The text of a column with every byte of it, as a NUL does not end SQLite's text; nil for NULL.
    public func string(_ column: Int32) -> String? {
        sqlite3_column_text(statement, column).map { text in
            String(
                decoding: UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(statement, column))),
                as: UTF8.self)
        }
    }

    /// Whether a column has that text, told without making a string of it.
    public func hasText(_ column: Int32, _ wanted: String) -> Bool {
        guard let text = sqlite3_column_text(statement, column) else { return false }
        var wanted = wanted
        return wanted.withUTF8 { wanted in
            guard wanted.count == Int(sqlite3_column_bytes(statement, column)) else { return false }
            return wanted.baseAddress.map { memcmp(text, $0, wanted.count) == 0 } ?? wanted.isEmpty
        }
    }

    /// Calls `body` with the bytes of a text, which are valid within it only: for what takes less time than making a string of
    /// them. Nil for NULL.
    public func withBytes<Result>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> Result?) -> Result? {
        guard let text = sqlite3_column_text(statement, column) else { return nil }
        return body(UnsafeRawBufferPointer(start: text, count: Int(sqlite3_column_bytes(statement, column))))
    }

    /// Calls `body` with the bytes of a blob, which are valid within it only. Nil for NULL and for no bytes.
    func withBlob<Result>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> Result?) -> Result? {
        guard let blob = sqlite3_column_blob(statement, column) else { return nil }
        return body(UnsafeRawBufferPointer(start: blob, count: Int(sqlite3_column_bytes(statement, column))))
    }

    /// A value as SQLite stores it. The archive holds no blobs (schema.sql); the bytes of one are read as text.
    public enum Cell {
        case null
        case int(Int64)
        case double(Double)
        /// The bytes of a text, which are valid within the call only that they are given to.
        case text(UnsafeRawBufferPointer)
    }

    /// Calls `body` with the first columns, one after another, and their values. SQLite is asked once for each, where `int` and
    /// the others let it look up the column again.
    public func forEachCell(_ columns: Int, _ body: (Int, Cell) -> Void) {
        for column in 0..<columns {
            // The value is not protected from other threads (https://www.sqlite.org/c3ref/value.html): none has this connection.
            let value = sqlite3_column_value(statement, Int32(column))
            switch sqlite3_value_type(value) {
            case SQLITE_NULL: body(column, .null)
            case SQLITE_INTEGER: body(column, .int(sqlite3_value_int64(value)))
            case SQLITE_FLOAT: body(column, .double(sqlite3_value_double(value)))
            default:
                let text = sqlite3_value_text(value)
                body(column, .text(UnsafeRawBufferPointer(start: text, count: Int(sqlite3_value_bytes(value)))))
            }
        }
    }
}
