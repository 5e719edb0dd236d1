import EPUCore
import Foundation

/// Lists of files for other programs: one path a line, in the bytes that the file system has.
struct PathLists {
    /// The paths with a line break, which no such list can hold, as `PathText`.
    private(set) var unlistable: Set<PathKey> = []

    /// Writes all paths that a list can hold.
    mutating func write(_ paths: [String], to file: String) throws {
        var list = try PathList(file)
        for path in paths { try list.write(path) }
        try finish(list)
    }

    /// Puts a finished list in its place, and notes what it could not hold.
    /// - Returns: the number of paths in it.
    @discardableResult
    mutating func finish(_ list: consuming PathList) throws -> Int {
        unlistable.formUnion(list.unlistable.map(PathKey.init))
        let written = list.written
        try list.commit()
        return written
    }
}

/// One list, which is written path by path.
struct PathList: ~Copyable {
    private var output: OutputFile
    fileprivate var unlistable: [String] = []
    /// The number of paths in it.
    fileprivate private(set) var written = 0

    init(_ file: String) throws { output = try OutputFile(file) }

    /// - Parameter line: the text that stands in the list for the path, also as `PathText`; nil for the path itself.
    mutating func write(_ path: String, as line: Substring? = nil) throws {
        let line = line ?? path[...]
        guard !Self.hasLineBreak(line) else {
            unlistable.append(path)
            return
        }
        try output.write(pathLine: line)
        written += 1
    }

    fileprivate consuming func commit() throws { try output.commit() }

    /// Whether a path has a line break. For rsync, a carriage return ends a line, too.
    private static func hasLineBreak(_ path: Substring) -> Bool {
        path.utf8.withContiguousStorageIfAvailable { bytes in
            guard let start = bytes.baseAddress else { return false }
            return memchr(start, 10, bytes.count) != nil || memchr(start, 13, bytes.count) != nil
        } ?? path.utf8.contains { $0 == 10 || $0 == 13 }
    }
}
