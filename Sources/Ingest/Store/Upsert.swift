import EPUArchive
import GRDB

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
    /// Does nothing where the row says the same already, but for its files.
    private var ifNew: RowStatement?

    init(into table: String, key: [String], _ db: Database) {
        self.table = table
        self.key = key
        self.db = db
    }

    /// - Returns: whether the archive did not say the same before. The file that says it does not count: a session that
    ///   was moved or copied tells nothing new.
    @discardableResult
    mutating func run(_ row: Row) throws -> Bool {
        var ifNew = try self.ifNew ?? RowStatement(db, ColumnNames(of: row).upsert(into: table, key: key, ifNew: true))
        self.ifNew = ifNew
        row.visit(&ifNew)
        try ifNew.run()
        guard ifNew.changes == 0 else { return true }
        var statement = try self.statement ?? RowStatement(db, ColumnNames(of: row).upsert(into: table, key: key))
        self.statement = statement
        row.visit(&statement)
        try statement.run()
        return false
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

    /// - Parameter ifNew: whether a row that says the same stays as it is; its files are no part of what it says.
    fileprivate func upsert(into table: String, key: [String], ifNew: Bool = false) -> String {
        let others = names.filter { !key.contains($0) }
        let assignments = others.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        let said = others.filter { !$0.hasSuffix("_file_id") }
        let condition = said.map { "\(table).\($0) IS NOT excluded.\($0)" }.joined(separator: " OR ")
        return """
            INSERT INTO \(table) (\(list)) VALUES (\(parameters))
            ON CONFLICT (\(key.joined(separator: ", "))) DO \(others.isEmpty ? "NOTHING" : "UPDATE SET \(assignments)")
            \(ifNew && !said.isEmpty ? "WHERE \(condition)" : "")
            """
    }
}
