extension String {
    /// The text between quotes, with each quote in it written in another way.
    ///
    /// Scalars are looked at, and not characters: a quote that an accent follows is another character to Swift, and still ends what
    /// is quoted for a shell, for SQL and for CSV.
    public func quoted(with quote: Unicode.Scalar, escapedAs escaped: String) -> String {
        var quoted = String.UnicodeScalarView([quote])
        for scalar in unicodeScalars {
            if scalar == quote { quoted.append(contentsOf: escaped.unicodeScalars) } else { quoted.append(scalar) }
        }
        quoted.append(quote)
        return String(quoted)
    }
}
