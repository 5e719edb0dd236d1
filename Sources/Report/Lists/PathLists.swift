import EPUCore
import Foundation

/// Lists of files for other programs: one path a line, in the bytes that the file system has.
struct PathLists {
    /// The paths with a line break, which no such list can hold, as `PathText`.
    private(set) var unlistable: Set<String> = []

    /// Writes all paths that a list can hold.
    /// - Parameter line: the text that stands in the list for a path, also as `PathText`.
    /// - Returns: the number of paths that it wrote.
    @discardableResult
    mutating func write(_ paths: [String], to file: String, as line: (String) -> String = { $0 }) throws -> Int {
        var output = try OutputFile(file)
        var written = 0
        for path in paths {
            let line = line(path)
            guard !Self.hasLineBreak(line) else {
                unlistable.insert(path)
                continue
            }
            try output.write(path: line)
            try output.write("\n")
            written += 1
        }
        try output.commit()
        return written
    }

    /// Whether a path has a line break. For rsync, a carriage return ends a line, too.
    private static func hasLineBreak(_ path: String) -> Bool { path.utf8.contains { $0 == 10 || $0 == 13 } }
}
