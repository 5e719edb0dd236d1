import EPUCore

/// Text as a CSV file has it (RFC 4180).
enum CSVText {
    /// Whether a text is ASCII, not empty, and has nothing that needs quotes. Eight bytes are looked at together; for control
    /// characters that need none the answer is false, too.
    static func isPlain(_ text: UnsafeRawBufferPointer) -> Bool {
        guard !text.isEmpty else { return false }
        var place = 0
        while place + 8 <= text.count {
            guard isPlain(text.loadUnaligned(fromByteOffset: place, as: UInt64.self)) else { return false }
            place += 8
        }
        // What is left is filled up with letters.
        var rest: UInt64 = 0x6161_6161_6161_6161
        while place < text.count {
            rest = rest << 8 | UInt64(text[place])
            place += 1
        }
        return isPlain(rest)
    }

    /// Whether none of eight bytes is a comma, a quote, a control character or beyond ASCII.
    private static func isPlain(_ bytes: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let high = ones << 7
        // A sum has the high bit of a byte set where the byte without its own high bit differs from the character, or is no
        // control character. No sum goes beyond its byte.
        let low = bytes & ~high
        let noComma = (low ^ (ones &* UInt64(UInt8(ascii: ",")))) &+ ~high
        let noQuote = (low ^ (ones &* UInt64(UInt8(ascii: "\"")))) &+ ~high
        let noControl = low &+ (ones &* 0x60)
        return noComma & noQuote & noControl & ~bytes & high == high
    }

    /// The text as a CSV field, in quotes if it has a comma, a quote or a line break.
    static func quoted(_ text: String) -> String {
        let needsQuotes = text.utf8.contains {
            $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13
        }
        return needsQuotes ? text.quoted(with: "\"", escapedAs: "\"\"") : text
    }
}
