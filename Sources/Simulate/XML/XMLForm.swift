/// How the text of an XML file is laid out: EPU writes one line; other programs that copy its files may not.
enum XMLForm: String, CaseIterable, Sendable {
    /// The text is one line, without declaration, byte order mark or final newline.
    case line
    case pretty
    /// The text is one line after a UTF-8 byte order mark.
    case bom
    /// The text is one line after an XML declaration.
    case declared

    /// - Parameter text: The XML as one line.
    func written(_ text: String) -> String {
        switch self {
        case .line: text
        case .pretty: indented(text)
        case .bom: "\u{FEFF}" + text
        case .declared: "<?xml version=\"1.0\" encoding=\"utf-8\"?>" + text
        }
    }

    /// Puts each element on a line of its own, unless it has only text in it. The time is linear in the text.
    private func indented(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count * 3 / 2)
        var depth = 0
        var isAfterOpening = true
        func startLine() {
            guard !result.isEmpty else { return }
            result.append(UInt8(ascii: "\n"))
            result += repeatElement(UInt8(ascii: " "), count: 4 * depth)
        }
        var position = 0
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<"), let end = bytes[position...].firstIndex(of: UInt8(ascii: ">"))
            else {
                result.append(bytes[position])
                position += 1
                continue
            }
            let isClosing = bytes[position + 1] == UInt8(ascii: "/")
            let isEmpty = bytes[end - 1] == UInt8(ascii: "/")
            if isClosing { depth -= 1 }
            if !isClosing || !isAfterOpening { startLine() }
            if !isClosing && !isEmpty { depth += 1 }
            isAfterOpening = !isClosing && !isEmpty
            result += bytes[position...end]
            position = end + 1
        }
        return String(decoding: result, as: UTF8.self)
    }
}
