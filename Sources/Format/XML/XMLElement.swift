import CXML2
public import EPUCore
import Foundation

/// An element of the document that an `XMLReader` is showing; it must not be kept after that.
///
/// Names are local names: EPU declares the same prefix with another URI on almost every element. An element that repeats
/// another one of its file (`z:Ref`) stands for that one.
public struct XMLElement {
    /// The reader's own tree: a class would cost a reference count at every step.
    private let storage: UnsafeMutablePointer<XMLTree>
    private let index: Int

    init(tree storage: UnsafeMutablePointer<XMLTree>, index: Int32) {
        self.storage = storage
        // A reference leads back, never to another reference, so one step is enough. What comes later is not known where elements
        // are handed over as they come, so that it counts nowhere.
        let reference = storage.pointee.nodes[Int(index)].reference
        let other = reference >= 0 ? storage.pointee.element(identifiedAs: reference) : nil
        self.index = Int(min(other ?? index, index))
    }

    public var name: String {
        String(decoding: UnsafeBufferPointer(start: node.name, count: Int(node.nameLength)), as: UTF8.self)
    }

    private var node: XMLTree.Node { storage.pointee.nodes[index] }

    public func isNamed(_ wanted: StaticString) -> Bool { storage.pointee.nodes[index].isNamed(wanted) }

    /// The first child element with that name.
    public subscript(_ wanted: StaticString) -> XMLElement? {
        var next = storage.pointee.nodes[index].firstChild
        var steps: Int32 = 1
        while next >= 0, !storage.pointee.nodes[Int(next)].isNamed(wanted) {
            next = storage.pointee.nodes[Int(next)].nextSibling
            steps += 1
        }
        return storage.pointee.spend(steps) && next >= 0 ? XMLElement(tree: storage, index: next) : nil
    }

    public var children: Children { Children(tree: storage, following: storage.pointee.nodes[index].firstChild) }

    public struct Children: Sequence, IteratorProtocol {
        fileprivate let tree: UnsafeMutablePointer<XMLTree>?
        fileprivate var following: Int32

        static var empty: Children { Children(tree: nil, following: -1) }

        public mutating func next() -> XMLElement? {
            guard let tree, following >= 0, tree.pointee.spend(1) else { return nil }
            defer { following = tree.pointee.nodes[Int(following)].nextSibling }
            return XMLElement(tree: tree, index: following)
        }
    }

    /// Calls `body` with the text of an element that holds nothing else, without surrounding white space; behind it is
    /// a zero byte, white space or a tag, which ends a number for strtod. Nil where there is no text.
    @inline(__always)
    private func withText<T>(_ body: (UnsafeBufferPointer<UInt8>) -> T) -> T? {
        let node = storage.pointee.nodes[index]
        guard node.textLength > 0, storage.pointee.spend(node.textLength) else { return nil }
        return storage.pointee.withBytes(of: storage.pointee.source, node.textStart, node.textLength) { text in
            var start = 0
            var end = text.count
            while start < end, text[start] <= 0x20 { start += 1 }
            while end > start, text[end - 1] <= 0x20 { end -= 1 }
            return start < end ? body(UnsafeBufferPointer(rebasing: text[start..<end])) : nil
        }
    }

    public var text: String? { withText { String(decoding: $0, as: UTF8.self) } }

    public func hasText(_ wanted: StaticString) -> Bool {
        withText { $0.isEqual(wanted) } ?? false
    }

    public func textStarts(with wanted: StaticString) -> Bool {
        withText { text in
            let count = wanted.utf8CodeUnitCount
            guard text.count >= count, let start = text.baseAddress else { return false }
            return memcmp(start, wanted.utf8Start, count) == 0
        } ?? false
    }

    /// The text as a finite number, read without locale; nil for anything else (EPU writes neither NaN nor infinities).
    public var number: Double? {
        withText { text in
            if let exact = Double(exactDecimal: text) { return exact }
            // What strtod takes beyond this, EPU does not write: hexadecimal, NaN, infinity.
            guard text.count < 64, text.allSatisfy(Self.isNumeric), let start = text.baseAddress else { return nil }
            return start.withMemoryRebound(to: CChar.self, capacity: text.count) { start -> Double? in
                var end: UnsafeMutablePointer<CChar>?
                // No tool calls setlocale, so that the point is a point.
                let value = strtod(start, &end)
                return end.map { UnsafePointer($0) } == start + text.count && value.isFinite ? value : nil
            }
        } ?? nil
    }

    private static func isNumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "E"),
            UInt8(ascii: "e"):
            true
        default: false
        }
    }

    /// The number in another unit; nil where that is beyond a Double.
    public func number(times factor: Double) -> Double? {
        number.map { $0 * factor }.flatMap { $0.isFinite ? $0 : nil }
    }

    /// The number in another unit; nil where EPU wrote 0, its word for "not known" in some fields.
    public func positive(times factor: Double = 1) -> Double? {
        number(times: factor).flatMap { $0 > 0 ? $0 : nil }
    }

    public var integer: Int64? { withText { Int64(ascii: $0) } ?? nil }

    /// The value as SQLite stores it, as it has no booleans: 1 for `true`, 0 for `false`; nil for anything else.
    public var flag: Int64? { hasText("true") ? 1 : hasText("false") ? 0 : nil }

    public var time: LocalTime? { withText { LocalTime(epuText: $0) } ?? nil }

    /// Two numbers that are in children of this element, times `factor`; nil where one is missing.
    public func pair(_ x: StaticString, _ y: StaticString, times factor: Double = 1) -> Vector2? {
        guard let x = self[x]?.number(times: factor), let y = self[y]?.number(times: factor) else { return nil }
        return Vector2(x, y)
    }

    /// The name of the element's type: the last part of `i:type="b:double"`, whose prefix is the file's own, or of
    /// `z:Type="System.Double"`.
    public var type: String? {
        let node = storage.pointee.nodes[index]
        guard node.typeLength > 0, storage.pointee.spend(node.typeLength) else { return nil }
        return storage.pointee.withBytes(of: storage.pointee.markup, node.typeStart, node.typeLength) { value in
            let end = value.lastIndex { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
            return String(decoding: value[(end.map { $0 + 1 } ?? 0)...], as: UTF8.self)
        }
    }

    /// The version of EPU in the root's `z:Assembly`, `…, Version=3.9.1.8206, Culture=…`.
    public var assemblyVersion: String? {
        storage.pointee.assembly?.split(separator: ",").lazy.map { $0.drop { $0 == " " } }
            .first { $0.hasPrefix("Version=") }.map { String($0.dropFirst("Version=".count)) }
    }
}

extension XMLTree.Node {
    func isNamed(_ wanted: StaticString) -> Bool {
        // Most names differ in length or in the first letter.
        Int(nameLength) == wanted.utf8CodeUnitCount && name.pointee == wanted.utf8Start.pointee
            && memcmp(name, wanted.utf8Start, Int(nameLength)) == 0
    }
}

extension Int64 {
    /// Reads digits with an optional sign; nil for anything else.
    init?(ascii text: UnsafeBufferPointer<UInt8>) {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = text.dropFirst(isNegative || text.first == UInt8(ascii: "+") ? 1 : 0)
        guard !digits.isEmpty else { return nil }
        var value: Int64 = 0
        for byte in digits {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.subtractingReportingOverflow(Int64(byte - 0x30))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        // Counted downwards, as there is one negative number more than positive ones.
        guard isNegative || value != .min else { return nil }
        self = isNegative ? value : -value
    }
}
