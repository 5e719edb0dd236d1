import EPUCore

/// Other prefixes in the place of those that EPU uses: its files differ in them, and only namespaces mean something.
struct NamespacePrefixes {
    /// The new prefixes, by the letter that each replaces.
    private let replacements: [UInt8: [UInt8]]

    init(random: inout RandomSource) {
        var names = "abcdefghijklmnopqrstuvwyz".map { String($0) } + (0..<10).map { "ns\($0)" }
        random.shuffle(&names)
        replacements = Dictionary(uniqueKeysWithValues: zip("abcdiz".utf8, names.map { Array($0.utf8) }))
    }

    /// - Parameter document: The XML as the simulator writes it: prefixes are one letter, and values are in double quotes.
    func renamed(_ document: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(document.count + document.count / 8)
        var position = 0
        while position < document.count {
            let byte = document[position]
            result.append(byte)
            position += 1
            if byte == UInt8(ascii: "<") { position = copyTag(document, from: position, to: &result) }
        }
        return result
    }

    /// - Returns: The position behind the tag.
    private func copyTag(_ document: [UInt8], from start: Int, to result: inout [UInt8]) -> Int {
        var position = start
        func copy() {
            result.append(document[position])
            position += 1
        }
        /// Copies a value together with the quote that ends it.
        func copyValue() {
            while position < document.count && document[position] != UInt8(ascii: "\"") { copy() }
            if position < document.count { copy() }
        }
        func copyPrefix() {
            guard position + 1 < document.count, document[position + 1] == UInt8(ascii: ":"),
                let replacement = replacements[document[position]]
            else { return }
            result += replacement
            position += 1
        }
        if position < document.count, document[position] == UInt8(ascii: "/") { copy() }
        copyPrefix()
        while position < document.count {
            switch document[position] {
            case UInt8(ascii: ">"):
                copy()
                return position
            case UInt8(ascii: " "):
                copy()
                let rest = document[position...]
                if rest.starts(with: Self.declaration) {
                    // The declared prefix stands before `=`, not before a colon.
                    result += Self.declaration
                    position += Self.declaration.count
                    if let replacement = replacements[document[position]] {
                        result += replacement
                        position += 1
                    }
                } else if rest.starts(with: Self.type) {
                    copyPrefix()
                    result += Self.type.dropFirst()
                    position += Self.type.count - 1
                    copyPrefix()
                    copyValue()
                } else {
                    copyPrefix()
                }
            case UInt8(ascii: "\""):
                copy()
                copyValue()
            default: copy()
            }
        }
        return position
    }

    private static let declaration = Array("xmlns:".utf8)
    /// The beginning of the one attribute whose value has a prefix.
    private static let type = Array("i:type=\"".utf8)
}
