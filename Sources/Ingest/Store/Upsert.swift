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
    private let inputs: AnalysisInputs
    private let key: [String]
    private let db: Database
    /// The statements, from the first row on.
    private var statements: Statements?

    private struct Statements {
        /// For each level of results that rest on the table, the statement that leaves a row as it is if it says the same of all
        /// that these rest on.
        let ifNews: [(StaleResults, RowStatement)]
        let always: RowStatement
    }

    init(into inputs: AnalysisInputs, key: [String], _ db: Database) {
        self.inputs = inputs
        self.key = key
        self.db = db
    }

    /// Stores a row.
    /// - Returns: The results of epu-analyze that no longer hold, as the row says something new that they rest on.
    @discardableResult
    mutating func run(_ row: Row) throws -> StaleResults {
        let statements =
            try self.statements
            ?? Statements(
                ifNews: inputs.levels.map { try ($0, ifNews($0, row)) }, always: RowStatement(db, upsert(row)))
        self.statements = statements
        for (level, statement) in statements.ifNews where try run(row, by: statement) > 0 { return level }
        _ = try run(row, by: statements.always)
        return .none
    }

    private func ifNews(_ level: StaleResults, _ row: Row) throws -> RowStatement {
        let condition = inputs.isChanged(level, from: inputs.table + ".", to: "excluded.")
        return try RowStatement(db, upsert(row) + "\nWHERE " + condition)
    }

    private func run(_ row: Row, by statement: RowStatement) throws -> Int32 {
        var statement = statement
        row.visit(&statement)
        try statement.run()
        return statement.changes
    }

    private func upsert(_ row: Row) -> String {
        let columns = ColumnNames(of: row)
        let assignments = columns.names.filter { !key.contains($0) }.map { "\($0) = excluded.\($0)" }
        return """
            INSERT INTO \(inputs.table) (\(columns.list)) VALUES (\(columns.parameters))
            ON CONFLICT (\(key.joined(separator: ", "))) DO UPDATE SET \(assignments.joined(separator: ", "))
            """
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
}

/// The values of some of a row's columns.
struct ColumnValues: ColumnVisitor {
    private let columns: Set<String>
    private(set) var values: [String: DatabaseValue] = [:]

    init(of source: some ColumnSource, in columns: Set<String>) {
        self.columns = columns
        source.visit(&self)
    }

    mutating func column(_ name: StaticString, _ value: Int64?) { add("\(name)", value) }
    mutating func column(_ name: StaticString, _ value: Double?) { add("\(name)", value) }
    mutating func column(_ name: StaticString, _ value: String?) { add("\(name)", value) }

    private mutating func add(_ name: String, _ value: (some DatabaseValueConvertible)?) {
        if columns.contains(name) { values[name] = value?.databaseValue ?? .null }
    }
}
