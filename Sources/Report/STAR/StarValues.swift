import EPUCore

/// The values of one line of a STAR file, as places in its bytes. They are parted by blanks; one that holds blanks stands
/// in quotes, which a blank or the line's end must follow (Hall, J. Chem. Inf. Comput. Sci. 31, 326, 1991).
struct StarValues {
    private(set) var places: [Range<Int>] = []

    /// - Parameter most: values after so many are passed over.
    /// - Returns: false where a quote is not closed.
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

    /// Space, and tab to carriage return.
    static func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 && (byte == 0x20 || (byte >= 0x09 && byte <= 0x0D)) }
}

/// A value as a STAR file has it.
enum StarText {
    /// A number of a group; some programs write `1.0`.
    static func integer(_ text: String) -> Int? { Int(text) ?? Double(text).flatMap { Int(exactly: $0) } }

    static func canHold(_ value: String) -> Bool { (try? quoted(value)) != nil }

    /// In quotes where it needs them.
    /// - Throws: `Failure` where no STAR file can hold it.
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

    /// One of `"'#_;`.
    private static func startsNoValue(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "#"), UInt8(ascii: "_"), UInt8(ascii: ";"): true
        default: false
        }
    }

    /// The same without its quotes.
    static func unquoted(_ text: String) -> String {
        guard text.utf8.count > 1, let first = text.first, first == "\"" || first == "'" else { return text }
        return String(text.dropFirst().dropLast())
    }
}
