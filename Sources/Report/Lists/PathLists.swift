import EPUShared
import Foundation

/// Lists of files for other programs: one path a line, in the bytes that the file system has.
struct PathLists {
    /// Paths with a line break, which no such list can hold; as `PathText`.
    private(set) var unlistable: Set<String> = []

    /// Writes all but the unlistable paths.
    mutating func write(_ paths: [String], to file: String) throws {
        var output = try OutputFile(file)
        for path in paths {
            guard !Self.hasLineBreak(path) else {
                unlistable.insert(path)
                continue
            }
            try PathText.withPath(path) { bytes in
                try output.write(UnsafeRawBufferPointer(start: bytes, count: strlen(bytes)))
            }
            try output.write("\n")
        }
        try output.commit()
    }

    /// To rsync a carriage return ends a line, too.
    private static func hasLineBreak(_ path: String) -> Bool { path.utf8.contains { $0 == 10 || $0 == 13 } }
}
