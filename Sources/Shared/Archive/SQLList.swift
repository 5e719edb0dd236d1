extension Sequence<Int64> {
    /// Ids as `1, 2, 3`, for `IN (...)`: SQLite binds no lists.
    public var sqlList: String { map(String.init).joined(separator: ", ") }
}

extension RawRepresentable<String> {
    /// The word that stands in the archive, as `'good'`. For the fixed words of an enum only: it quotes nothing.
    public var sql: String { "'\(rawValue)'" }
}

extension Sequence where Element: RawRepresentable<String> {
    /// The words that stand in the archive, as `'good', 'doubtful'`, for `IN (...)`.
    public var sqlList: String { map(\.sql).joined(separator: ", ") }
}
