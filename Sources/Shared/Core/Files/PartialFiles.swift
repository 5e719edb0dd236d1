import Foundation
import Synchronization

/// The temporary files, and folders, of outputs that are being written, to be removed when something ends the tool before they are complete.
///
/// The archive needs no such care: SQLite rolls an unfinished transaction back when it is next opened.
public enum PartialFiles {
    private static let paths = Mutex<Set<String>>([])

    public static func add(_ path: String) { _ = paths.withLock { $0.insert(path) } }

    public static func remove(_ path: String) { _ = paths.withLock { $0.remove(path) } }

    /// Deletes all temporary files and folders from the disk. No output can be finished meanwhile.
    public static func deleteAll() {
        paths.withLock { paths in
            for path in paths where unlink(path) != 0 && errno == EISDIR {
                // Another thread may still be writing into it.
                for _ in 0..<3 { try? FileManager.default.removeItem(atPath: path) }
            }
        }
    }
}
