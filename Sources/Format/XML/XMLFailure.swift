import CXML2
import EPUCore

/// The fault that libxml2 found in a document that is not well-formed.
struct XMLFailure {
    private let reason: String
    private let line: Int
    private let column: Int
    /// Whether the fault is what follows a whole document.
    private let isAfterRoot: Bool

    /// Reads the fault from the parser; nil where the document is well-formed.
    init?(_ context: xmlParserCtxtPtr) {
        guard context.pointee.wellFormed == 0 else { return nil }
        let error = context.pointee.lastError
        let message = error.message.map { String(cString: $0) } ?? "it is not XML"
        reason = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        line = Int(error.line)
        column = Int(error.int2)
        isAfterRoot = error.code == Int32(XML_ERR_DOCUMENT_END.rawValue)
    }

    /// Why the file cannot be used. One that is still being written, or was cut, ends before its root does.
    func unusable(ending: XMLEnding, root: XMLElement?) -> Unusable {
        // EPU writes a file on one line: there the column is what tells the place.
        let place = line > 0 ? "line \(line), column \(column): " : ""
        if ending.isBlank { return Unusable(status: .incomplete, reason: "it holds nothing but white space or zeros") }
        guard ending.startsLikeXML, !isAfterRoot || root == nil, !ending.closes(root?.name) else {
            return Unusable(status: .malformed, reason: place + reason)
        }
        return Unusable(status: .incomplete, reason: "it ends early, as if half written (\(place)\(reason))")
    }
}

/// The first and last bytes of a file, to tell one that is still being written from one that is no XML.
struct XMLEnding {
    private var last: [UInt8] = []
    private(set) var isBlank = true
    private(set) var startsLikeXML = false
    /// Whether the file is UTF-16, which EPU does not write, but editors do: every other byte of a tag is zero.
    private var isWide = false

    private static let length = 256

    init() {}

    init(_ bytes: UnsafeRawBufferPointer) { add(bytes) }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        if isBlank {
            let byteOrderMarks: [[UInt8]] = [[0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0xFE, 0xFF]]
            let byteOrderMark = byteOrderMarks.first { bytes.starts(with: $0) } ?? []
            isWide = isWide || byteOrderMark.count == 2
            let content = bytes[byteOrderMark.count...].first { !Self.isSpace($0) && $0 != 0 }
            isBlank = content == nil
            startsLikeXML = content == UInt8(ascii: "<")
        }
        last += bytes[max(0, bytes.count - Self.length)...]
        last.removeFirst(max(0, last.count - Self.length))
    }

    /// Whether the file ends with the end tag of an element of that name; nil stands for any name, or none.
    func closes(_ name: String?) -> Bool {
        let end = (isWide ? last.filter { $0 != 0 } : last).reversed().drop(while: Self.isSpace)
        guard let name else {
            return end.starts(with: ">/".utf8) || end.prefix { $0 != UInt8(ascii: "<") }.last == UInt8(ascii: "/")
        }
        return end.starts(with: (name + ">").utf8.reversed())
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
