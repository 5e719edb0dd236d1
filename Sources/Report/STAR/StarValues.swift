import EPUCore

/// The values of one line of a STAR file, as places in its bytes. Blanks separate them; a value that holds blanks stands in
/// quotes, and a blank or the end of the line must follow the closing quote (Hall, J. Chem. Inf. Comput. Sci. 31, 326, 1991).
struct StarValues {
    private(set) var places: [Range<Int>] = []

    /// - Parameter most: how many values are read; the rest of the line is passed over.
    /// - Returns: false if a quote is not closed.
    mutating func read(_ line: UnsafeRawBufferPointer, most: Int = .max) -> Bool {
        places.removeAll(keepingCapacity: true)
        var position = 0
        while places.count < most {
            while position < line.count, Self.isBlank(line[position]) { position += 1 }
            guard position < line.count, line[position] != UInt8(ascii: "#") else { return true }
            let start = position
            let quote = line[start]
            if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
                repeat {
                    position += 1
                    guard position < line.count else { return false }
                } while line[position] != quote || (position + 1 < line.count && !Self.isBlank(line[position + 1]))
                position += 1
            } else {
                while position < line.count, !Self.isBlank(line[position]) { position += 1 }
            }
            places.append(start..<position)
        }
        return true
    }

    /// The value at a place, without its quotes.
    static func content(_ place: Range<Int>, of line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let first = line[place.lowerBound]
        let isQuoted = place.count > 1 && (first == UInt8(ascii: "\"") || first == UInt8(ascii: "'"))
        return UnsafeRawBufferPointer(
            rebasing: isQuoted ? line[place.lowerBound + 1..<place.upperBound - 1] : line[place])
    }

    /// The value as it stands in the line.
    static func text(_ place: Range<Int>, of line: UnsafeRawBufferPointer) -> String {
        String(decoding: line[place], as: UTF8.self)
    }

    /// Whether a byte is a space, or one of the characters from tab to carriage return.
    static func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 && (byte == 0x20 || (byte >= 0x09 && byte <= 0x0D)) }
}

/// A value as a STAR file has it.
enum StarText {
    /// The number that a text means. Some programs write the number of a group as `1.0`.
    static func integer(_ text: String) -> Int? { Int(text) ?? Double(text).flatMap { Int(exactly: $0) } }

    static func canHold(_ value: String) -> Bool { (try? quoted(value)) != nil }

    /// The value as a STAR file holds it, in quotes if it needs them.
    /// - Throws: `Failure` if no STAR file can hold it.
    static func quoted(_ value: String) throws -> String {
        let isPlain =
            !value.isEmpty && !value.utf8.contains(where: StarValues.isBlank)
            && !value.utf8.prefix(1).contains(where: startsNoValue)
            && !value.hasPrefix("data_") && !value.hasPrefix("loop_")
        if isPlain { return value }
        guard !value.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) else {
            throw Failure("A STAR file cannot hold a name with a line break: \(value.debugDescription).")
        }
        for quote in ["\"", "'"] where !value.contains(quote) { return quote + value + quote }
        throw Failure("A STAR file cannot hold a name with blanks and both kinds of quotes: \(value).")
    }

    /// Whether a byte is one of `"'#_;`, with which no value may begin.
    private static func startsNoValue(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "#"), UInt8(ascii: "_"), UInt8(ascii: ";"): true
        default: false
        }
    }

    /// The value without the quotes that it has in a file.
    static func unquoted(_ text: String) -> String {
        guard text.utf8.count > 1, let first = text.first, first == "\"" || first == "'" else { return text }
        return String(text.dropFirst().dropLast())
    }
}
