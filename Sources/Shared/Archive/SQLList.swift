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
