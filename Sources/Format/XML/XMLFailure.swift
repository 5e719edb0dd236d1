import CXML2

/// What libxml2 says of a document that is not well-formed.
struct XMLFailure {
    let reason: String
    var line = 0
    var column = 0
    /// Whether the fault is what follows a whole document.
    var isAfterRoot = false

    init(reason: String) { self.reason = reason }

    /// Nil where the document is well-formed.
    init?(_ context: xmlParserCtxtPtr) {
        guard context.pointee.wellFormed == 0 else { return nil }
        let error = context.pointee.lastError
        let message = error.message.map { String(cString: $0) } ?? "it is not XML"
        reason = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        line = Int(error.line)
        column = Int(error.int2)
        isAfterRoot = error.code == Int32(XML_ERR_DOCUMENT_END.rawValue)
    }

    /// A file that is still being written, or was cut, ends before its root does.
    func unusable(ending: XMLEnding, root: XMLElement?) -> Unusable {
        // EPU writes a file on one line: there the column is what tells the place.
        let place = line > 0 ? "line \(line), column \(column): " : ""
        if ending.isBlank { return Unusable(status: .incomplete, reason: "it holds nothing but white space or zeros") }
        guard ending.startsLikeXML, !isAfterRoot, root.map({ !ending.closes($0.name) }) ?? true else {
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

    private static let length = 256

    init() {}

    init(_ bytes: UnsafeRawBufferPointer) { add(bytes) }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        if isBlank {
            let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
            let start = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
            let content = bytes[start...].first { $0 > 0x20 }
            isBlank = content == nil
            startsLikeXML = content == UInt8(ascii: "<")
        }
        last += bytes[max(0, bytes.count - Self.length)...]
        last.removeFirst(max(0, last.count - Self.length))
    }

    /// Whether the file ends with the end tag of an element of that name.
    func closes(_ name: String) -> Bool {
        last.reversed().drop { $0 <= 0x20 && $0 != 0 }.starts(with: (name + ">").utf8.reversed())
    }
}
