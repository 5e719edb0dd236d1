import CXML2

/// One document as two flat arrays, elements and text, which are used again for the next document.
///
/// libxml2's own tree allocates every element; EPU's files have hundreds, so that most of the time went there.
struct XMLTree {
    /// Positions are indices into `nodes` and `text`; -1 is "none".
    struct Node {
        /// The local name, owned by the parser's dictionary, which outlives the tree.
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
    /// The texts and types of all elements; each ends with a zero byte.
    var text: ContiguousArray<UInt8> = []
    /// Each `z:Id` and its element, in the order of the document, in which .NET numbers them.
    private var identities: ContiguousArray<(id: Int32, node: Int32)> = []
    /// The root's `z:Assembly`, which names the program that wrote the file.
    var assembly: String?
    /// The number of steps from element to element and of bytes of text that may still be read. It grows with the
    /// document: where elements repeat others (`z:Ref`), a small file could otherwise be read for days, or fill the
    /// memory.
    private(set) var credit = 0

    mutating func removeAll() {
        nodes.removeAll(keepingCapacity: nodes.capacity < 1 << 16)
        text.removeAll(keepingCapacity: text.capacity < 1 << 20)
        identities.removeAll(keepingCapacity: identities.capacity < 1 << 16)
        assembly = nil
        credit = 1 << 20
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
    static func localName(_ name: UnsafePointer<xmlChar>) -> (start: UnsafePointer<xmlChar>, length: Int32) {
        var start = name
        var end = name
        while end.pointee != 0 {
            if end.pointee == UInt8(ascii: ":") { start = end + 1 }
            end += 1
        }
        return (start, Int32(truncatingIfNeeded: end - start))
    }

    /// Adds an element below `parent`.
    mutating func open(_ name: UnsafePointer<xmlChar>, parent: Int32) -> Int32 {
        let index = Int32(truncatingIfNeeded: nodes.count)
        let (local, length) = Self.localName(name)
        nodes.append(Node(name: local, nameLength: length, parent: parent))
        credit += 128
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

    mutating func append(_ characters: UnsafePointer<xmlChar>, _ count: Int32, to index: Int32) {
        guard nodes[Int(index)].firstChild < 0 else { return }
        if nodes[Int(index)].textLength == 0 {
            nodes[Int(index)].textStart = Int32(truncatingIfNeeded: text.count)
        } else {
            // The new text is written over the zero that ended what came before.
            text.removeLast()
        }
        text.append(contentsOf: UnsafeBufferPointer(start: characters, count: Int(count)))
        text.append(0)
        nodes[Int(index)].textLength += count
        credit += 8 * Int(count)
    }

    mutating func setType(_ value: UnsafeBufferPointer<UInt8>, of index: Int32) {
        nodes[Int(index)].typeStart = Int32(truncatingIfNeeded: text.count)
        nodes[Int(index)].typeLength = Int32(truncatingIfNeeded: value.count)
        text.append(contentsOf: value)
        text.append(0)
        credit += 8 * value.count
    }

    mutating func identify(_ index: Int32, as id: Int32) {
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
