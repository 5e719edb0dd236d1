extension Sequence<Int64> {
    /// Ids as `1, 2, 3`, for `IN (...)`: SQLite binds no lists.
    public var sqlList: String { map(String.init).joined(separator: ", ") }
}
