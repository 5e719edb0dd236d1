public import GRDB

extension AnalysisInputs {
    /// The levels of results that rest on the table, the one that takes most along first.
    public var levels: [StaleResults] { Set(columns.map(\.stale)).sorted(by: >) }

    /// SQL that is 1 where anything differs between two rows that results of one level rest on.
    /// - Parameters:
    ///   - level: One of `levels`.
    ///   - old: The text before a column's name for the one row, for example `exposure.`
    ///   - new: The text before a column's name for the other row, for example `excluded.`
    public func isChanged(_ level: StaleResults, from old: String, to new: String) -> String {
        columns.filter { $0.stale == level }.map { $0.isChanged(from: old, to: new) }.joined(separator: "\n    OR ")
    }

    /// The values of a session's rows that results of one level rest on, to be compared with what they are later.
    /// - Throws: `DatabaseError`.
    public func values(of sessionID: Int64, for level: StaleResults, _ db: Database) throws -> [Row] {
        let resting = columns.filter { $0.stale == level }
        guard !resting.isEmpty else { return [] }
        let names = keys.sorted() + resting.map(\.column)
        return try Row.fetchAll(
            db, sql: "SELECT \(names.joined(separator: ", ")) FROM \(table) WHERE session_id = ? ORDER BY 1, 2",
            arguments: [sessionID])
    }
}

/// Asks which results no longer hold when a row gets new values.
public struct StaleQuery {
    private let sql: String
    /// The columns whose new values the query asks for.
    public let columns: Set<String>

    /// Prepares the query.
    /// - Parameters:
    ///   - inputs: The columns of the row's table, which has one row for each value of the key.
    ///   - given: The columns that get new values; the others keep theirs.
    public init(_ inputs: AnalysisInputs, key: String, given: Set<String>) {
        let present = inputs.columns.filter { given.contains($0.column) }
        let levels = present.map { "\($0.isChanged(from: inputs.table + ".", to: ":")) * \($0.stale.rawValue)" }
        // There are two numbers, so that it is a list even without columns.
        sql =
            "SELECT max(\((["0", "0"] + levels).joined(separator: ",\n    "))) FROM \(inputs.table) WHERE \(key) = :key"
        let hasTime = present.contains { if case .recordedTime = $0.comparison { true } else { false } }
        columns = Set(present.map(\.column) + (hasTime ? ["utc_offset_minutes"] : []))
    }

    /// Finds which results no longer hold when a row gets new values.
    /// - Parameter values: The new values, one for each of `columns`.
    /// - Returns: All results where the row is not there.
    /// - Throws: `DatabaseError`.
    public func run(_ key: Int64, becoming values: [String: DatabaseValue], _ db: Database) throws -> StaleResults {
        var arguments = values
        arguments["key"] = key.databaseValue
        let level = try Int.fetchOne(db.cachedStatement(sql: sql), arguments: StatementArguments(arguments))
        return level.flatMap(StaleResults.init) ?? .positions
    }
}
