import CXML2
import Foundation

/// Reads documents of the plain form that EPU writes: elements, attributes and text of printable ASCII, and nothing else.
///
/// Such a document is read in a fifth of the time that libxml2 takes, as its bytes are used where they lie: nothing is copied, and
/// no name is looked up. All that is not of this form, well-formed or not, is left to libxml2: entities, comments, declarations,
/// other encodings, faults. So what is accepted here must be XML that libxml2 reads to the same elements
/// (https://www.w3.org/TR/xml/, the rules named below); a test changes documents at random and compares.
struct PlainXML: ~Copyable {
    private let tree: UnsafeMutablePointer<XMLTree>
    private let start: UnsafePointer<UInt8>
    /// The end of the bytes. The last one is `>`, at which every loop below ends.
    private let end: UnsafePointer<UInt8>
    private let open: UnsafeMutableBufferPointer<OpenElement>
    private let attributes: UnsafeMutableBufferPointer<Name>

    private struct OpenElement {
        let name: Name
        let node: Int32
    }

    /// A name with its prefix.
    private struct Name {
        let start: UnsafePointer<UInt8>
        let length: Int

        func isEqual(_ other: UnsafePointer<UInt8>, _ otherLength: Int) -> Bool {
            length == otherLength && memcmp(start, other, length) == 0
        }
    }

    /// Bytes. No file of EPU's is larger that is read in whole.
    private static let greatestSize = 1 << 24
    /// libxml2 allows 256.
    private static let greatestDepth = 64
    /// Of one element; EPU writes at most four.
    private static let greatestAttributes = 8
    /// The most bytes of a text or a tag: far less than what `AttributeLimit` refuses.
    static let greatestLength = 2000

    /// Fills an empty tree, which refers to the bytes from then on.
    /// - Returns: False where the document is not of the plain form; the tree is then to be emptied.
    static func fill(_ tree: UnsafeMutablePointer<XMLTree>, from bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= greatestSize, bytes.last == UInt8(ascii: ">"),
            let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        else { return false }
        tree.pointee.source = start
        tree.pointee.markup = start
        return withUnsafeTemporaryAllocation(of: OpenElement.self, capacity: greatestDepth) { open in
            withUnsafeTemporaryAllocation(of: Name.self, capacity: greatestAttributes) { attributes in
                PlainXML(tree: tree, start: start, end: start + bytes.count, open: open, attributes: attributes).read()
            }
        }
    }

    private func read() -> Bool {
        var next = start
        var depth = 0
        while next.pointee == UInt8(ascii: "<") {
            next += 1
            if next.pointee == UInt8(ascii: "/") {
                guard depth > 0 else { return false }
                depth -= 1
                let name = open[depth].name
                next += 1
                guard end - next > name.length, memcmp(next, name.start, name.length) == 0 else { return false }
                next += name.length
                guard next.pointee == UInt8(ascii: ">") else { return false }
            } else {
                guard depth < Self.greatestDepth, tree.pointee.nodes.count < XMLParse.limit, let name = takeName(&next)
                else { return false }
                let node = tree.pointee.open(
                    name.local, length: name.localLength, parent: depth > 0 ? open[depth - 1].node : -1)
                guard takeAttributes(&next, of: node), next - name.whole.start < Self.greatestLength else {
                    return false
                }
                if next.pointee == UInt8(ascii: "/") {
                    next += 1
                    guard next.pointee == UInt8(ascii: ">") else { return false }
                } else {
                    open[depth] = OpenElement(name: name.whole, node: node)
                    depth += 1
                }
            }
            next += 1
            // The one root ends the document.
            guard depth > 0, next < end else { return depth == 0 && next == end }
            // Character data (rule 14, without `]]>` and what needs an entity).
            let text = next
            next = Self.textEnd(from: text, before: end)
            guard next - text < Self.greatestLength else { return false }
            if next > text {
                tree.pointee.append(UnsafeBufferPointer(start: text, count: next - text), to: open[depth - 1].node)
            }
        }
        return false
    }

    /// The end of character data, before `end`, at the `<` of a tag or at what is not of the plain form.
    static func textEnd(from start: UnsafePointer<UInt8>, before end: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        var next = PlainBytes.end(from: start, before: end)
        while next.pointee == UInt8(ascii: "\"") || next.pointee == UInt8(ascii: "\n")
            || next.pointee == UInt8(ascii: "\t")
        {
            next = PlainBytes.end(from: next + 1, before: end)
        }
        return next
    }

    private struct ParsedName {
        let whole: Name
        /// The part that follows the prefix.
        let local: UnsafePointer<UInt8>
        let localLength: Int
    }

    /// Takes a name (rules 4 and 5, in ASCII).
    private func takeName(_ next: inout UnsafePointer<UInt8>) -> ParsedName? {
        let start = next
        guard PlainBytes.isLetter(start.pointee) else { return nil }
        var local = start
        next = PlainBytes.nameEnd(from: start + 1)
        while next.pointee == UInt8(ascii: ":") {
            local = next + 1
            next = PlainBytes.nameEnd(from: local)
        }
        return ParsedName(whole: Name(start: start, length: next - start), local: local, localLength: next - local)
    }

    /// Takes the attributes of a tag, each after one space, up to the tag's end (rules 40, 41 and 10, without entities and white
    /// space other than a space). No name may be there twice.
    private func takeAttributes(_ next: inout UnsafePointer<UInt8>, of node: Int32) -> Bool {
        var count = 0
        while next.pointee == UInt8(ascii: " ") {
            next += 1
            guard count < attributes.count, let name = takeName(&next), next.pointee == UInt8(ascii: "="),
                next[1] == UInt8(ascii: "\"")
            else { return false }
            let value = next + 2
            next = PlainBytes.end(from: value, before: end)
            guard next.pointee == UInt8(ascii: "\"") else { return false }
            for other in attributes[..<count] where other.isEqual(name.whole.start, name.whole.length) { return false }
            attributes[count] = name.whole
            count += 1
            let isDeclaration = name.whole.length >= 5 && memcmp(name.whole.start, "xmlns", 5) == 0
            if !isDeclaration {
                // What XML itself has attributes for is libxml2's.
                guard !(name.whole.length >= 4 && memcmp(name.whole.start, "xml:", 4) == 0) else { return false }
                tree.pointee.take(
                    attribute: UnsafeBufferPointer(start: name.local, count: name.localLength),
                    UnsafeBufferPointer(start: value, count: next - value), of: node)
            }
            next += 1
        }
        return next.pointee == UInt8(ascii: ">") || next.pointee == UInt8(ascii: "/")
    }
}
