extension Sequence<Int64> {
    /// The ids as `1, 2, 3`, for `IN (...)`: SQLite binds no lists.
    public var sqlList: String { map(String.init).joined(separator: ", ") }
}

extension RawRepresentable<String> {
    /// The word that stands in the archive, in quotes: `'good'`. For the fixed words of an enum only, as nothing in them is
    /// escaped.
    public var sql: String { "'\(rawValue)'" }
}

extension Sequence where Element: RawRepresentable<String> {
    /// The words that stand in the archive, in quotes: `'good', 'doubtful'`, for `IN (...)`.
    public var sqlList: String { map(\.sql).joined(separator: ", ") }
}

extension Sequence where Element: RawRepresentable<String> {
    /// The condition that a column has one of these words, as `(status = 'good' OR status = 'doubtful')`: for the condition of a
    /// partial index, which a query has to say in the same way. For `IN` with more than two words SQLite fills a table of its own
    /// each time, also for each row that is inserted.
    public func sql(isIn column: String) -> String {
        "(" + map { "\(column) = \($0.sql)" }.joined(separator: " OR ") + ")"
    }
}
