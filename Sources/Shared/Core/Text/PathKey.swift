import Foundation

/// A path, or a name in one, by its bytes: for a file system, letters that only look alike are different names, for example an e with
/// an accent, and an e and an accent that follows it. For Swift such texts are equal, so that dictionaries and sets of paths have these
/// keys.
public struct PathKey: Hashable, Sendable {
    public let text: String

    public init(_ text: some StringProtocol) { self.text = String(text) }

    public static func == (a: PathKey, b: PathKey) -> Bool { a.text.hasSameBytes(as: b.text) }

    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension String {
    /// Whether two texts have the same bytes, however letters are put together from them: for paths and names.
    public func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && hasBytePrefix(other)
    }

    /// Whether a path is that of something in a folder, at any depth; both are written as `PathText` and compared by bytes.
    public func isPath(below folder: String) -> Bool {
        hasBytePrefix(folder) && utf8.dropFirst(folder.utf8.count).first == UInt8(ascii: "/")
    }
}

extension String {
    /// The rest of a path that is below a folder, without the slash between them.
    public func relativePath(below folder: String) -> String {
        String(decoding: utf8.dropFirst(folder.utf8.count + 1), as: UTF8.self)
    }
}

extension String {
    /// Whether a path comes before another one in the order of text or, where that does not tell them apart, of bytes.
    public func isPath(before other: String) -> Bool {
        self == other ? utf8.lexicographicallyPrecedes(other.utf8) : self < other
    }
}

extension Set<PathKey> {
    /// The paths in their order.
    public var sortedPaths: [String] { map(\.text).sorted { $0.isPath(before: $1) } }
}
