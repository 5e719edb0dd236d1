import CXML2
import EPUCore

/// A parser that is libxml2 with callbacks that do nothing: the least that parsing with it can cost.
struct EmptyParser: ~Copyable {
    private let context: xmlParserCtxtPtr

    /// The value of XML_SAX2_MAGIC, which Swift does not import: the callbacks are those of SAX2.
    private static let sax2: UInt32 = 0xDEED_BEAF

    private static let initialized: Void = xmlInitParser()

    init() throws {
        _ = Self.initialized
        guard let context = xmlNewParserCtxt() else { throw Failure("libxml2 has no memory for a parser.") }
        self.context = context
        var handler = xmlSAXHandler()
        handler.initialized = Self.sax2
        handler.startElementNs = { _, _, _, _, _, _, _, _, _ in }
        handler.endElementNs = { _, _, _, _ in }
        handler.characters = { _, _, _ in }
        // The callback is the same as for characters, so that libxml2 need not ask of every text whether it is blank.
        handler.ignorableWhitespace = handler.characters
        context.pointee.sax.pointee = handler
    }

    deinit { xmlFreeParserCtxt(context) }

    /// Whether the bytes are well-formed XML.
    func accepts(_ bytes: [UInt8], length: Int) -> Bool {
        let options = XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
        let document = bytes.withUnsafeBytes { raw in
            xmlCtxtReadMemory(
                context, raw.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: length), nil, nil,
                Int32(options))
        }
        // These callbacks build no document; freeing nil is allowed.
        xmlFreeDoc(document)
        return context.pointee.wellFormed == 1
    }
}
