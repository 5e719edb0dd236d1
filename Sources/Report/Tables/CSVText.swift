/// Text as a CSV file has it (RFC 4180).
enum CSVText {
    /// Adds a text that is ASCII and has nothing that needs quotes.
    /// - Returns: false, and nothing is added, where it is another one or empty.
    static func appendPlain(_ text: UnsafeRawBufferPointer, to line: inout [UInt8]) -> Bool {
        guard !text.isEmpty else { return false }
        for byte in text {
            if byte >= 0x80 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 10 || byte == 13 {
                return false
            }
        }
        line.append(contentsOf: text)
        return true
    }

    /// The text as a CSV field, in quotes if it has a comma, a quote or a line break.
    static func quoted(_ text: String) -> String {
        let needsQuotes = text.utf8.contains {
            $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13
        }
        return needsQuotes ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
}
