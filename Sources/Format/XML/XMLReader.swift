import CXML2
import Foundation

/// Reads one XML document after another, each into the same memory; one reader for each thread.
///
/// Only plain XML is read: no network, no entities beyond the five of XML, no document type, at most 256 levels deep
/// (libxml2's own limit without XML_PARSE_HUGE). No libxml2 pointer leaves this folder.
public final class XMLReader {
    /// Elements that are handed over as soon as they are complete: the children of `container` in `parent`.
    public struct Stream {
        let container: StaticString
        let parent: StaticString
        /// Whether they are forgotten afterwards, so that a file of any size takes little memory. What a later `z:Ref`
        /// repeats of them is then lost.
        let forgets: Bool

        public init(container: StaticString, parent: StaticString, forgets: Bool) {
            self.container = container
            self.parent = parent
            self.forgets = forgets
        }
    }

    private static let initialized: Void = xmlInitParser()

    private let tree = XMLTree()
    private var context: xmlParserCtxtPtr?
    private var handler = xmlSAXHandler()

    public init() {
        _ = Self.initialized
        // XML_SAX2_MAGIC of <libxml/parser.h>: asks for the callbacks with namespaces.
        handler.initialized = 0xDEED_BEAF
        handler.startElementNs = { context, name, _, _, _, _, attributeCount, _, attributes in
            XMLParse.of(context)?.pointee.start(name, attributes, Int(attributeCount))
        }
        handler.endElementNs = { context, _, _, _ in XMLParse.of(context)?.pointee.end() }
        handler.characters = { context, characters, count in
            XMLParse.of(context)?.pointee.add(characters, count)
        }
        handler.cdataBlock = { context, characters, count in XMLParse.of(context)?.pointee.add(characters, count) }
        handler.internalSubset = { context, _, _, _ in XMLParse.of(context)?.pointee.refuse(.documentType) }
    }

    deinit { xmlFreeParserCtxt(context) }

    /// Reads a document that is in memory.
    /// - Parameter body: gets the root; no element may be kept beyond it.
    /// - Throws: `Unusable` where the bytes are not one well-formed document, and what `body` throws.
    public func read<T>(_ bytes: UnsafeRawBufferPointer, _ body: (XMLElement) throws(Unusable) -> T) throws(Unusable)
        -> T
    {
        guard !bytes.isEmpty else { throw Unusable(status: .incomplete, reason: "the file is empty") }
        return try parse(stream: nil, { _ in }, body) { context in
            _ = xmlCtxtReadMemory(
                context, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: bytes.count), nil, nil,
                Self.options)
            return XMLEnding(bytes)
        }
    }

    /// Reads a document as it comes, a few kilobytes at a time.
    /// - Parameters:
    ///   - source: gives the next bytes into the buffer and returns their number, 0 at the end.
    ///   - each: gets every element of `stream`.
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

    /// XML_PARSE_NOENT and XML_PARSE_DTDLOAD are left out on purpose: they would read files that an entity names.
    private static let options = Int32(
        XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue)

    private func parse<T>(
        stream: Stream?, _ each: @escaping (XMLElement) -> Void, _ body: (XMLElement) throws(Unusable) -> T,
        run: (xmlParserCtxtPtr) -> XMLEnding
    ) throws(Unusable) -> T {
        tree.removeAll()
        guard let context = context ?? xmlNewParserCtxt() else {
            throw Unusable(status: .unreadable, reason: "no memory to parse it")
        }
        self.context = context
        xmlCtxtReset(context)
        // The context has a handler structure of its own, which is filled, not replaced.
        context.pointee.sax.pointee = handler
        let ending: XMLEnding
        var parse = XMLParse(tree: tree, context: context, stream: stream, each: each)
        ending = withUnsafeMutablePointer(to: &parse) { pointer in
            context.pointee._private = UnsafeMutableRawPointer(pointer)
            defer { context.pointee._private = nil }
            return run(context)
        }
        let failure = parse.refusal.map { XMLFailure(reason: $0.rawValue) } ?? XMLFailure(context)
        // Names of the files so far are kept in the context; those of a hostile file are not worth it.
        if failure != nil || tree.nodes.count > 1 << 16 {
            xmlFreeParserCtxt(context)
            self.context = nil
        }
        if let failure {
            throw failure.unusable(ending: ending, root: tree.nodes.isEmpty ? nil : XMLElement(tree: tree, index: 0))
        }
        guard !tree.nodes.isEmpty else { throw Unusable(status: .malformed, reason: "it has no element") }
        return try body(XMLElement(tree: tree, index: 0))
    }
}

/// One parse, which libxml2 calls back.
private struct XMLParse {
    enum Refusal: String {
        case documentType = "it has a document type, which EPU never writes"
        case size = "it has more elements than any file of EPU's"
    }

    let tree: XMLTree
    let context: xmlParserCtxtPtr
    let stream: XMLReader.Stream?
    let each: (XMLElement) -> Void
    var refusal: Refusal?
    private var current: Int32 = -1
    /// The container whose children are streamed, and what came before the child in work.
    private var container: Int32 = -1
    private var previous: Int32 = -1
    private var textCount = 0

    /// Elements that are held at once: some 80 MB.
    private static let limit = 1 << 20

    init(
        tree: XMLTree, context: xmlParserCtxtPtr, stream: XMLReader.Stream?, each: @escaping (XMLElement) -> Void
    ) {
        self.tree = tree
        self.context = context
        self.stream = stream
        self.each = each
    }

    static func of(_ context: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<XMLParse>? {
        context?.assumingMemoryBound(to: xmlParserCtxt.self).pointee._private?
            .assumingMemoryBound(to: XMLParse.self)
    }

    mutating func refuse(_ reason: Refusal) {
        refusal = refusal ?? reason
        xmlStopParser(context)
    }

    mutating func start(
        _ name: UnsafePointer<xmlChar>?, _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, _ count: Int
    ) {
        guard let name, refusal == nil else { return }
        guard tree.nodes.count < Self.limit else { return refuse(.size) }
        if current == container, container >= 0 {
            previous = tree.nodes[Int(container)].lastChild
            textCount = tree.text.count
        }
        let parent = current
        current = tree.open(name, parent: parent)
        if let stream, container < 0, parent >= 0, tree.nodes[Int(current)].isNamed(stream.container),
            tree.nodes[Int(parent)].isNamed(stream.parent)
        {
            container = current
        }
        guard let attributes else { return }
        for attribute in 0..<count {
            // Local name, prefix, namespace, start and end of the value.
            let parts = attributes + attribute * 5
            guard let name = parts[0], let start = parts[3], let end = parts[4], end > start else { continue }
            take(name, UnsafeBufferPointer(start: start, count: end - start))
        }
    }

    private mutating func take(_ name: UnsafePointer<xmlChar>, _ value: UnsafeBufferPointer<UInt8>) {
        switch String(cString: name) {
        case "type", "Type": tree.setType(value, of: current)
        case "Id": if let id = number(value) { tree.identify(current, as: id) }
        case "Ref": if let id = number(value) { tree.nodes[Int(current)].reference = id }
        case "Assembly": if current == 0 { tree.assembly = String(decoding: value, as: UTF8.self) }
        default: break
        }
    }

    private func number(_ text: UnsafeBufferPointer<UInt8>) -> Int32? {
        Int64(ascii: text).flatMap { Int32(exactly: $0) }.flatMap { $0 >= 0 ? $0 : nil }
    }

    mutating func end() {
        guard current >= 0, refusal == nil else { return }
        let closed = current
        current = tree.nodes[Int(closed)].parent
        if closed == container { container = -1 }
        guard let stream, container >= 0, current == container else { return }
        each(XMLElement(tree: tree, index: closed))
        if stream.forgets { tree.forget(closed, previous: previous, textCount: textCount) }
    }

    mutating func add(_ characters: UnsafePointer<xmlChar>?, _ count: Int32) {
        guard let characters, count > 0, current >= 0, refusal == nil else { return }
        tree.append(characters, count, to: current)
    }
}

/// Where libxml2 gets the bytes of a file that is read as it comes.
private final class XMLInput {
    private let source: (UnsafeMutableRawBufferPointer) throws(Unusable) -> Int
    var failure: Unusable?
    var ending = XMLEnding()

    init(_ source: @escaping (UnsafeMutableRawBufferPointer) throws(Unusable) -> Int) { self.source = source }

    static let read: xmlInputReadCallback = { input, buffer, size in
        guard let input, let buffer, size > 0 else { return -1 }
        let own = Unmanaged<XMLInput>.fromOpaque(input).takeUnretainedValue()
        do throws(Unusable) {
            let space = UnsafeMutableRawBufferPointer(start: buffer, count: Int(size))
            let count = try own.source(space)
            own.ending.add(UnsafeRawBufferPointer(rebasing: space[..<count]))
            return Int32(count)
        } catch {
            own.failure = error
            return -1
        }
    }
}
