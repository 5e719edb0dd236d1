import CXML2
import Foundation

/// One parse, which libxml2 calls back.
struct XMLParse {
    enum Refusal: String {
        case documentType = "it has a document type, which EPU never writes"
        case size = "it has more elements than any file of EPU's"
        case text = "it has more text than any file of EPU's"
    }

    let tree: UnsafeMutablePointer<XMLTree>
    let context: xmlParserCtxtPtr
    let stream: XMLReader.Stream?
    let each: (XMLElement) -> Void
    var refusal: Refusal?
    private var current: Int32 = -1
    /// The container whose children are streamed, and what came before the child in work.
    private var container: Int32 = -1
    private var previous: Int32 = -1
    private var textCount = 0

    /// The most elements that are held at once: they take some 80 MB.
    static let limit = 1 << 20
    /// Bytes.
    private static let textLimit = 1 << 26

    init(
        tree: UnsafeMutablePointer<XMLTree>, context: xmlParserCtxtPtr, stream: XMLReader.Stream?,
        each: @escaping (XMLElement) -> Void
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
        _ name: UnsafePointer<xmlChar>?, _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    ) {
        guard let name, refusal == nil else { return }
        guard tree.pointee.nodes.count < Self.limit else { return refuse(.size) }
        guard tree.pointee.text.count < Self.textLimit else { return refuse(.text) }
        if current == container, container >= 0 {
            previous = tree.pointee.nodes[Int(container)].lastChild
            textCount = tree.pointee.text.count
        }
        let parent = current
        let (local, length) = XMLTree.localName(name)
        current = tree.pointee.open(local, length: length, parent: parent)
        if let stream, container < 0, stream.isContainer(current, in: tree) { container = current }
        guard var attribute = attributes else { return }
        // The array has names and values by turns, and null at the end.
        while let name = attribute[0], let value = attribute[1] {
            if strncmp(UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self), "xmlns", 5) != 0 {
                let (local, length) = XMLTree.localName(name)
                tree.pointee.take(
                    attribute: UnsafeBufferPointer(start: local, count: length),
                    UnsafeBufferPointer(start: value, count: Int(xmlStrlen(value))), of: current)
            }
            attribute += 2
        }
    }

    mutating func end() {
        guard current >= 0, refusal == nil else { return }
        let closed = current
        current = tree.pointee.nodes[Int(closed)].parent
        if closed == container { container = -1 }
        guard let stream, container >= 0, current == container else { return }
        each(XMLElement(tree: tree, index: closed))
        if stream.forgets { tree.pointee.forget(closed, previous: previous, textCount: textCount) }
    }

    mutating func add(_ characters: UnsafePointer<xmlChar>?, _ count: Int32) {
        // What is between streamed elements would never be forgotten.
        guard let characters, count > 0, current >= 0, current != container, refusal == nil else { return }
        guard tree.pointee.text.count < Self.textLimit else { return refuse(.text) }
        tree.pointee.append(UnsafeBufferPointer(start: characters, count: Int(count)), to: current)
    }
}
