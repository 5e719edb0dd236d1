import Foundation

/// The document that was read last, whose markup the next one probably repeats: the images of a session differ in their texts.
///
/// Where all bytes between the texts are the same, so are the elements, and only the texts have to be looked at. That takes a
/// quarter of the time of reading the plain form.
struct XMLTemplate: ~Copyable {
    private let bytes: UnsafeMutablePointer<UInt8>
    /// The number of bytes; 0: there is no such document.
    private var count = 0
    /// The texts in the order of the document.
    private var texts: ContiguousArray<Text> = []

    private struct Text {
        let node: Int32
        let start: Int
        let length: Int
    }

    /// Bytes. Images have 11 to 16 KB.
    private static let greatestSize = 1 << 16

    init() { bytes = .allocate(capacity: Self.greatestSize) }

    deinit { bytes.deallocate() }

    mutating func forget() { count = 0 }

    /// Fills a tree, which holds the document that was read last, with the next one.
    /// - Returns: False where this one is not of the plain form; the tree is then to be emptied.
    mutating func fill(_ tree: UnsafeMutablePointer<XMLTree>, from document: UnsafeRawBufferPointer) -> Bool {
        if count > 0, let start = document.baseAddress, document.last == UInt8(ascii: ">"),
            isRepeated(by: start.assumingMemoryBound(to: UInt8.self), document.count, in: tree)
        {
            return true
        }
        count = 0
        tree.pointee.removeAll()
        guard document.count <= Self.greatestSize else { return PlainXML.fill(tree, from: document) }
        // The names of the elements stay where they are in the copy.
        let copy = UnsafeMutableRawBufferPointer(start: bytes, count: document.count)
        copy.copyMemory(from: document)
        guard PlainXML.fill(tree, from: UnsafeRawBufferPointer(copy)) else { return false }
        count = document.count
        texts.removeAll(keepingCapacity: true)
        for (index, node) in tree.pointee.nodes.enumerated() where node.textLength > 0 {
            texts.append(Text(node: Int32(index), start: Int(node.textStart), length: Int(node.textLength)))
        }
        return true
    }

    /// Compares what is between the texts, and gives the tree the texts of the document on the way.
    private func isRepeated(
        by document: UnsafePointer<UInt8>, _ length: Int, in tree: UnsafeMutablePointer<XMLTree>
    ) -> Bool {
        let end = document + length
        var next = document
        var own = 0
        tree.pointee.startAgain(with: document)
        for text in texts {
            let markup = text.start - own
            // A text has a tag behind it.
            guard end - next > markup, memcmp(bytes + own, next, markup) == 0 else { return false }
            next += markup
            let textEnd = PlainXML.textEnd(from: next, before: end)
            guard textEnd > next, textEnd - next < PlainXML.greatestLength else { return false }
            tree.pointee.setText(of: text.node, start: next - document, length: textEnd - next)
            next = textEnd
            own = text.start + text.length
        }
        return end - next == count - own && memcmp(bytes + own, next, count - own) == 0
    }
}
