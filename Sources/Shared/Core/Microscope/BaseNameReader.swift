/// Reads the parts of EPU's base names byte by byte, and remembers how far it has come.
///
/// All base names are words, numbers, and the time at which a file was named, with `_` between them.
struct BaseNameReader {
    private let bytes: UnsafeRawBufferPointer
    private let ignoresCase: Bool
    /// The place that the reader has come to, an index of the bytes.
    private(set) var position: Int

    /// Makes a reader of bytes.
    /// - Parameter bytes: They must stay valid as long as the reader is used.
    init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0, ignoresCase: Bool = false) {
        self.bytes = bytes
        self.position = position
        self.ignoresCase = ignoresCase
    }

    /// Reads the beginning of a text.
    /// - Returns: What `read` makes of it, with the text that it has passed and the text that follows; nil where it makes
    ///   nothing.
    static func read<Value>(_ text: some StringProtocol, _ read: (inout BaseNameReader) -> Value?)
        -> (value: Value, base: String, rest: String)?
    {
        var text = String(text)
        return text.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            var reader = BaseNameReader(bytes)
            guard let value = read(&reader) else { return nil }
            return (
                value, String(decoding: bytes[..<reader.position], as: UTF8.self),
                String(decoding: bytes[reader.position...], as: UTF8.self)
            )
        }
    }

    /// Passes a word as EPU spells it.
    mutating func skip(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { wanted in
            guard bytes.endIndex - position >= wanted.count else { return false }
            for (offset, byte) in wanted.enumerated() where !isSame(bytes[position + offset], byte) { return false }
            position += wanted.count
            return true
        }
    }

    private func isSame(_ found: UInt8, _ wanted: UInt8) -> Bool {
        if found == wanted { return true }
        // Only letters have two cases: `_` is 0x5F, and with 0x20 it would be DEL.
        let lower = wanted | 0x20
        return ignoresCase && found | 0x20 == lower && lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
    }

    /// Passes one to eighteen digits, so that the value fits.
    mutating func number() -> Int64? { digits()?.value }

    /// Passes `yyyymmdd_HHMM`, as EPU 1.x writes it, or `yyyymmdd_HHMMSS`.
    /// - Returns: The digits as one number, which differs for the two forms; nil where neither stands here.
    mutating func time() -> Int64? {
        guard let date = digits(), date.count == 8, skip("_"), let time = digits(), time.count == 4 || time.count == 6
        else { return nil }
        return (date.value * 10 + Int64(time.count)) * 1_000_000 + time.value
    }

    private mutating func digits() -> (value: Int64, count: Int)? {
        var value: Int64 = 0
        let start = position
        while position < bytes.endIndex, bytes[position] >= 0x30, bytes[position] <= 0x39 {
            guard position - start < 18 else { return nil }
            value = value * 10 + Int64(bytes[position] - 0x30)
            position += 1
        }
        return position > start ? (value, position - start) : nil
    }
}

extension String {
    /// The result of `parse` at the first place in the text at which it gives one; nil where it gives none.
    func firstMatch<Match>(startingWith word: String, _ parse: (Substring) -> Match?) -> Match? {
        var rest = self[...]
        while let found = rest.firstRange(of: word) {
            if let match = parse(rest[found.lowerBound...]) { return match }
            rest = rest[index(after: found.lowerBound)...]
        }
        return nil
    }
}
