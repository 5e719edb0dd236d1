import CXML2
import Foundation

/// One document as two flat arrays, elements and text, which are used again for the next document.
///
/// libxml2's own tree allocates every element; EPU's files have hundreds, so that most of the time went there.
struct XMLTree {
    /// Positions are indices into `nodes` and `text`; -1 is "none".
    struct Node {
        /// The local name, owned by the document or by the parser's dictionary, which outlive the tree.
        var name: UnsafePointer<xmlChar>
        var nameLength: Int32
        var parent: Int32
        var firstChild: Int32 = -1
        var lastChild: Int32 = -1
        var nextSibling: Int32 = -1
        /// The start of the character data; an element that has children keeps none.
        var textStart: Int32 = -1
        var textLength: Int32 = 0
        /// The start of the value of `i:type`.
        var typeStart: Int32 = -1
        var typeLength: Int32 = 0
        /// The element that this one repeats (`z:Ref`), found by its `z:Id`.
        var reference: Int32 = -1
    }

    var nodes: ContiguousArray<Node> = []
    /// The texts and types of all elements; each ends with a zero byte. Empty where they are used where the document has them.
    var text: ContiguousArray<UInt8> = []
    /// The document, where texts are used where they lie; nil where `text` has them.
    var source: UnsafePointer<UInt8>?
    /// The document whose types are used where they lie; nil where `text` has them.
    var markup: UnsafePointer<UInt8>?
    /// The number of bytes of all types.
    private var typeBytes = 0
    /// Each `z:Id` and its element, in the order of the document, in which .NET numbers them.
    private var identities: ContiguousArray<(id: Int32, node: Int32)> = []
    /// The root's `z:Assembly`, which names the program that wrote the file.
    var assembly: String?
    /// The number of steps from element to element and of bytes of text that may still be read. It grows with the
    /// document: where elements repeat others (`z:Ref`), a small file could otherwise be read for days, or fill the
    /// memory.
    private(set) var credit = 0
    private static let firstCredit = 1 << 20
    private static let creditOfElement = 128
    private static let creditOfByte = 8

    mutating func removeAll() {
        nodes.removeAll(keepingCapacity: nodes.capacity < 1 << 16)
        text.removeAll(keepingCapacity: text.capacity < 1 << 20)
        identities.removeAll(keepingCapacity: identities.capacity < 1 << 16)
        source = nil
        markup = nil
        typeBytes = 0
        assembly = nil
        credit = Self.firstCredit
    }

    /// Spends credit; false where there is none left, and the reader then refuses the document.
    mutating func spend(_ cost: Int32) -> Bool {
        credit -= Int(cost)
        if credit >= 0 { return true }
        // The credit is used up for good: what comes later adds to it again.
        credit = .min / 2
        return false
    }

    /// The part of a name that follows its prefix, and its length.
    static func localName(_ name: UnsafePointer<xmlChar>) -> (start: UnsafePointer<xmlChar>, length: Int) {
        var start = name
        var end = name
        while end.pointee != 0 {
            if end.pointee == UInt8(ascii: ":") { start = end + 1 }
            end += 1
        }
        return (start, end - start)
    }

    /// Adds an element below `parent`.
    mutating func open(_ name: UnsafePointer<xmlChar>, length: Int, parent: Int32) -> Int32 {
        let index = Int32(truncatingIfNeeded: nodes.count)
        nodes.append(Node(name: name, nameLength: Int32(truncatingIfNeeded: length), parent: parent))
        credit += Self.creditOfElement
        if parent >= 0 {
            let last = nodes[Int(parent)].lastChild
            if last >= 0 {
                nodes[Int(last)].nextSibling = index
            } else {
                nodes[Int(parent)].firstChild = index
                // White space before the first child.
                nodes[Int(parent)].textLength = 0
            }
            nodes[Int(parent)].lastChild = index
        }
        return index
    }

    /// Adds character data to an element that has no children.
    mutating func append(_ characters: UnsafeBufferPointer<UInt8>, to index: Int32) {
        guard nodes[Int(index)].firstChild < 0 else { return }
        if nodes[Int(index)].textLength == 0 {
            nodes[Int(index)].textStart = place(of: characters)
        } else {
            // The new text is written over the zero that ended what came before.
            text.removeLast()
            _ = place(of: characters)
        }
        nodes[Int(index)].textLength += Int32(truncatingIfNeeded: characters.count)
        credit += Self.creditOfByte * characters.count
    }

    /// Takes a document of the same elements and types in place of the one before. Each text is to be set.
    mutating func startAgain(with document: UnsafePointer<UInt8>) {
        source = document
        credit = Self.firstCredit + Self.creditOfElement * nodes.count + Self.creditOfByte * typeBytes
    }

    mutating func setText(of index: Int32, start: Int, length: Int) {
        nodes[Int(index)].textStart = Int32(truncatingIfNeeded: start)
        nodes[Int(index)].textLength = Int32(truncatingIfNeeded: length)
        credit += Self.creditOfByte * length
    }

    /// Where a text is in the document, or in `text`, to which it is added.
    private mutating func place(of characters: UnsafeBufferPointer<UInt8>) -> Int32 {
        if let source, let start = characters.baseAddress { return Int32(truncatingIfNeeded: start - source) }
        let start = Int32(truncatingIfNeeded: text.count)
        text.append(contentsOf: characters)
        text.append(0)
        return start
    }

    /// Calls `body` with the bytes of a text or a type.
    /// - Parameter document: `source` for a text, `markup` for a type.
    @inline(__always)
    func withBytes<T>(
        of document: UnsafePointer<UInt8>?, _ start: Int32, _ length: Int32, _ body: (UnsafeBufferPointer<UInt8>) -> T
    ) -> T {
        if let document { return body(UnsafeBufferPointer(start: document + Int(start), count: Int(length))) }
        return text.withUnsafeBufferPointer { text in
            body(UnsafeBufferPointer(rebasing: text[Int(start)..<Int(start) + Int(length)]))
        }
    }

    /// Takes an attribute by its local name. Declarations, `xmlns`, are to be left out.
    mutating func take(attribute name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>, of index: Int32)
    {
        if name.isEqual("type") || name.isEqual("Type") {
            nodes[Int(index)].typeStart = place(of: value)
            nodes[Int(index)].typeLength = Int32(truncatingIfNeeded: value.count)
            typeBytes += value.count
            credit += Self.creditOfByte * value.count
        } else if name.isEqual("Id") {
            if let id = Self.number(value) { identify(index, as: id) }
        } else if name.isEqual("Ref") {
            if let id = Self.number(value) { nodes[Int(index)].reference = id }
        } else if index == 0, name.isEqual("Assembly") {
            assembly = String(decoding: value, as: UTF8.self)
        }
    }

    private static func number(_ text: UnsafeBufferPointer<UInt8>) -> Int32? {
        Int64(ascii: text).flatMap { Int32(exactly: $0) }.flatMap { $0 >= 0 ? $0 : nil }
    }

    private mutating func identify(_ index: Int32, as id: Int32) {
        guard id > identities.last?.id ?? -1 else { return }
        identities.append((id, index))
    }

    /// The element with this `z:Id`; nil where there is none.
    func element(identifiedAs id: Int32) -> Int32? {
        var low = 0
        var high = identities.count
        while low < high {
            let middle = (low + high) / 2
            if identities[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low < identities.count && identities[low].id == id ? identities[low].node : nil
    }

    /// Removes the newest child of an element, with all below it.
    /// - Parameter textCount: The number of bytes of text that there were before it.
    mutating func forget(_ index: Int32, previous: Int32, textCount: Int) {
        let parent = Int(nodes[Int(index)].parent)
        nodes[parent].lastChild = previous
        if previous >= 0 { nodes[Int(previous)].nextSibling = -1 } else { nodes[parent].firstChild = -1 }
        nodes.removeLast(nodes.count - Int(index))
        text.removeLast(text.count - textCount)
        while let last = identities.last, last.node >= index { identities.removeLast() }
    }
}

extension UnsafeBufferPointer<UInt8> {
    func isEqual(_ wanted: StaticString) -> Bool {
        count == wanted.utf8CodeUnitCount && baseAddress.map { memcmp($0, wanted.utf8Start, count) == 0 } ?? false
    }
}
