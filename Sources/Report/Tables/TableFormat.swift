import ArgumentParser

/// How rows are written as text. Numbers can be read back exactly in each format, unless fewer digits are asked for.
enum TableFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// Values with commas between them, quoted according to RFC 4180, with lines that end as in Unix. NULL is empty, an empty
    /// text is `""`.
    case csv
    /// One array with one object in each line. NULL is null.
    case json
}
