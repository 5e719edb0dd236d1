import CXML2

/// A parsed XML document. Nodes keep it alive; no libxml2 pointer leaves this file.
///
/// Only plain XML is read: no network, no entities beyond the five of XML, no document type, at most 256 levels deep
/// (libxml2's own limit without XML_PARSE_HUGE).
final class XMLDocument {
    private let document: xmlDocPtr

    private static let initialized: Void = xmlInitParser()

    /// - Throws: `XMLFailure` where the bytes are not one well-formed document.
    init(_ bytes: [UInt8]) throws(XMLFailure) {
        _ = Self.initialized
        // XML_PARSE_NOENT and XML_PARSE_DTDLOAD are left out on purpose: they would read files that an entity names.
        let options =
            XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
            | XML_PARSE_COMPACT.rawValue
        guard !bytes.isEmpty else { throw XMLFailure(reason: "the file is empty", line: nil) }
        xmlResetLastError()
        let parsed = bytes.withUnsafeBytes { raw in
            xmlReadMemory(
                raw.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: raw.count), nil, nil,
                Int32(options))
        }
        guard let parsed else { throw XMLFailure.last() }
        guard parsed.pointee.intSubset == nil else {
            xmlFreeDoc(parsed)
            throw XMLFailure(reason: "it has a document type, which EPU never writes", line: nil)
        }
        document = parsed
    }

    deinit { xmlFreeDoc(document) }

    /// Nil only where the document has no element at all, which the parser refuses.
    var root: XMLNode? {
        xmlDocGetRootElement(document).map { XMLNode(document: self, node: $0) }
    }
}

struct XMLFailure: Error {
    let reason: String
    let line: Int?

    fileprivate static func last() -> XMLFailure {
        guard let error = xmlGetLastError(), let message = error.pointee.message else {
            return XMLFailure(reason: "it is not XML", line: nil)
        }
        let text = String(cString: message).split(whereSeparator: \.isNewline).joined(separator: " ")
        return XMLFailure(reason: text, line: Int(error.pointee.line))
    }
}

/// An element. Names are local names: EPU declares the same prefix with another URI on almost every element.
struct XMLNode {
    private let document: XMLDocument
    private let node: xmlNodePtr

    fileprivate init(document: XMLDocument, node: xmlNodePtr) {
        self.document = document
        self.node = node
    }

    var name: String { node.pointee.name.map { String(cString: $0) } ?? "" }

    func isNamed(_ wanted: StaticString) -> Bool { Self.isNamed(node, wanted) }

    /// The first child element of that name.
    subscript(_ wanted: StaticString) -> XMLNode? {
        var next = node.pointee.children
        while let child = next {
            if child.pointee.type == XML_ELEMENT_NODE, Self.isNamed(child, wanted) {
                return XMLNode(document: document, node: child)
            }
            next = child.pointee.next
        }
        return nil
    }

    var children: [XMLNode] {
        var found: [XMLNode] = []
        var next = node.pointee.children
        while let child = next {
            if child.pointee.type == XML_ELEMENT_NODE { found.append(XMLNode(document: document, node: child)) }
            next = child.pointee.next
        }
        return found
    }

    /// The text of an element that holds nothing else, without surrounding white space; nil where it is empty.
    var text: String? {
        guard let only = node.pointee.children, only.pointee.type == XML_TEXT_NODE, only.pointee.next == nil,
            let content = only.pointee.content
        else { return nil }
        var bytes = UnsafeBufferPointer(start: content, count: Int(xmlStrlen(content)))[...]
        while let first = bytes.first, first <= 0x20 { bytes.removeFirst() }
        while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// A finite number, read without locale; nil for anything else (EPU writes neither NaN nor infinities).
    var number: Double? {
        guard let text, let value = Double(text), value.isFinite, !text.contains(where: \.isHexLetter) else {
            return nil
        }
        return value
    }

    /// The number in another unit; nil where that is beyond a Double.
    func number(times factor: Double) -> Double? {
        number.map { $0 * factor }.flatMap { $0.isFinite ? $0 : nil }
    }

    var integer: Int64? { text.flatMap { Int64($0) } }

    /// 1 for `true`, 0 for `false`: SQLite has no booleans.
    var flag: Int64? {
        switch text {
        case "true": 1
        case "false": 0
        default: nil
        }
    }

    /// The value of an attribute by its local name, such as `type` for `i:type="b:double"`.
    func attribute(_ wanted: StaticString) -> String? {
        var next = node.pointee.properties
        while let attribute = next {
            if let name = attribute.pointee.name, Self.equal(name, wanted),
                let value = attribute.pointee.children, value.pointee.type == XML_TEXT_NODE,
                let content = value.pointee.content
            {
                return String(cString: content)
            }
            next = attribute.pointee.next
        }
        return nil
    }

    private static func isNamed(_ node: xmlNodePtr, _ wanted: StaticString) -> Bool {
        node.pointee.name.map { equal($0, wanted) } ?? false
    }

    private static func equal(_ name: UnsafePointer<xmlChar>, _ wanted: StaticString) -> Bool {
        xmlStrEqual(name, wanted.utf8Start) == 1
    }
}

extension Character {
    /// `0x1p3` is a number to Swift, not to EPU.
    fileprivate var isHexLetter: Bool { self == "x" || self == "X" }
}
