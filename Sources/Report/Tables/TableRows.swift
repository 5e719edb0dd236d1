import EPUArchive

/// The text of a table that is made row by row, UTF-8.
protocol TableRows: ~Copyable {
    /// The number of bytes that were not taken.
    var count: Int { get }
    mutating func append(_ row: borrowing ResultRow)
    /// Adds what follows the last row.
    mutating func end()
    /// Calls `write` with the bytes that were not taken.
    mutating func take(_ write: (UnsafeRawBufferPointer) throws -> Void) throws
}
