import CXML2
import EPUCore
import Foundation

/// Reads one XML document after another, each into the same memory; one reader for each thread.
///
/// Only plain XML is read: no network, no entities beyond the five of XML, no document type, at most 256 levels deep
/// (libxml2's own limit without XML_PARSE_HUGE). No libxml2 pointer leaves this folder.
public final class XMLReader {
    private static let initialized: Void = xmlInitParser()

    private let tree: UnsafeMutablePointer<XMLTree>
    private var template = XMLTemplate()
    private var context: xmlParserCtxtPtr?
    private var handler = xmlSAXHandler()
    /// Whether documents of the plain form are read without libxml2. Only tests ask for no.
    private let takesPlainForm: Bool

    public init(takesPlainForm: Bool = true) {
        self.takesPlainForm = takesPlainForm
        _ = Self.initialized
        tree = .allocate(capacity: 1)
        tree.initialize(to: XMLTree())
        // The callbacks of SAX 1: EPU declares a prefix on almost every element, and resolving them takes a third of
        // the time, for nothing, as elements are found by their local names.
        handler.initialized = 1
        handler.startElement = { context, name, attributes in XMLParse.of(context)?.pointee.start(name, attributes) }
        handler.endElement = { context, _ in XMLParse.of(context)?.pointee.end() }
        handler.characters = { context, characters, count in
            XMLParse.of(context)?.pointee.add(characters, count)
        }
        handler.cdataBlock = { context, characters, count in XMLParse.of(context)?.pointee.add(characters, count) }
        handler.internalSubset = { context, _, _, _ in XMLParse.of(context)?.pointee.refuse(.documentType) }
    }

    deinit {
        xmlFreeParserCtxt(context)
        tree.deinitialize(count: 1)
        tree.deallocate()
    }

    /// Reads a document that is in memory.
    /// - Parameters:
    ///   - each: Gets every element of `stream`, before `body`.
    ///   - body: Gets the root; no element may be kept beyond it.
    /// - Throws: `Unusable` where the bytes are not one well-formed document, and what `body` throws.
    public func read<T>(
        _ bytes: UnsafeRawBufferPointer, stream: Stream? = nil, each: @escaping (XMLElement) -> Void = { _ in },
        _ body: (XMLElement) throws(Unusable) -> T
    ) throws(Unusable) -> T {
        guard !bytes.isEmpty else { throw Unusable(status: .incomplete, reason: "the file is empty") }
        if takesPlainForm, template.fill(tree, from: bytes) {
            stream?.forEach(in: tree, each)
            return try show(to: body)
        }
        var attributes = AttributeLimit()
        try attributes.check(bytes)
        return try parse(
            stream: stream, each, body,
            run: { context in
                _ = xmlCtxtReadMemory(
                    context, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: bytes.count), nil,
                    nil, Self.options)
                return XMLEnding(bytes)
            })
    }

    /// Reads a document as it comes, a few kilobytes at a time.
    /// - Parameters:
    ///   - source: Gives the next bytes into the buffer and returns their number, 0 at the end.
    ///   - each: Gets every element of `stream`.
    /// - Throws: `Unusable`, also what `source` threw.
    public func read<T>(
        from source: @escaping (UnsafeMutableRawBufferPointer) throws(Unusable) -> Int, stream: Stream,
        each: @escaping (XMLElement) -> Void, _ body: (XMLElement) throws(Unusable) -> T
    ) throws(Unusable) -> T {
        let input = XMLInput(source)
        let result: T
        do throws(Unusable) {
            result = try parse(stream: stream, each, body) { context in
                withExtendedLifetime(input) {
                    _ = xmlCtxtReadIO(
                        context, XMLInput.read, nil, Unmanaged.passUnretained(input).toOpaque(), nil, nil, Self.options)
                    if context.pointee.wellFormed == 0 { input.readOn() }
                    return input.ending
                }
            }
        } catch {
            throw input.failure ?? error
        }
        // libxml2 takes a file that could not be read on for one that ends there.
        if let failure = input.failure { throw failure }
        return result
    }

    /// The parser's options. XML_PARSE_NOENT and XML_PARSE_DTDLOAD are left out on purpose: they would read files that an
    /// entity names.
    private static let options = Int32(
        XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
            | XML_PARSE_SAX1.rawValue)

    private func parse<T>(
        stream: Stream?, _ each: @escaping (XMLElement) -> Void, _ body: (XMLElement) throws(Unusable) -> T,
        run: (xmlParserCtxtPtr) -> XMLEnding
    ) throws(Unusable) -> T {
        template.forget()
        tree.pointee.removeAll()
        guard let context = context ?? xmlNewParserCtxt() else {
            throw Unusable(status: .unreadable, reason: "no memory to parse it")
        }
        self.context = context
        xmlCtxtReset(context)
        // This holds for this thread: faults of an encoding would be printed in spite of XML_PARSE_NOERROR.
        xmlSetStructuredErrorFunc(nil, { _, _ in })
        // The context has a handler structure of its own, which is filled, not replaced.
        context.pointee.sax.pointee = handler
        let ending: XMLEnding
        var parse = XMLParse(tree: tree, context: context, stream: stream, each: each)
        ending = withUnsafeMutablePointer(to: &parse) { pointer in
            context.pointee._private = UnsafeMutableRawPointer(pointer)
            defer { context.pointee._private = nil }
            return run(context)
        }
        let failure = XMLFailure(context)
        // Names of the files so far are kept in the context; those of a hostile file are not worth it. The tree's own
        // names are there as well, so that it goes last.
        let isWorn = failure != nil || parse.refusal != nil || tree.pointee.nodes.count > 1 << 16
        defer {
            if isWorn {
                xmlFreeParserCtxt(context)
                self.context = nil
            }
        }
        if let refusal = parse.refusal { throw Unusable(status: .malformed, reason: refusal.rawValue) }
        if let failure {
            throw failure.unusable(
                ending: ending, root: tree.pointee.nodes.isEmpty ? nil : XMLElement(tree: tree, index: 0))
        }
        guard !tree.pointee.nodes.isEmpty else { throw Unusable(status: .malformed, reason: "it has no element") }
        return try show(to: body)
    }

    /// Calls `body` with the root of the tree.
    private func show<T>(to body: (XMLElement) throws(Unusable) -> T) throws(Unusable) -> T {
        let result = Result { () throws(Unusable) in try body(XMLElement(tree: tree, index: 0)) }
        guard tree.pointee.credit >= 0 else {
            throw Unusable(
                status: .malformed, reason: "its elements repeat one another far more than any file of EPU's")
        }
        return try result.get()
    }
}
