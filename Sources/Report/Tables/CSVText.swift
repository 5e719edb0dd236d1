/// Text as a CSV file has it (RFC 4180).
enum CSVText {
    /// The text as a CSV field, in quotes if it has a comma, a quote or a line break.
    static func quoted(_ text: String) -> String {
        let needsQuotes = text.utf8.contains {
            $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13
        }
        return needsQuotes ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
}
