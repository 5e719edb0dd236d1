import Foundation
import Synchronization

/// The temporary files, and folders, of outputs that are being written, to be removed when something ends the tool before they are complete.
///
/// The archive needs no such care: SQLite rolls an unfinished transaction back when it is next opened.
public enum PartialFiles {
    private static let paths = Mutex<Set<String>>([])

    public static func add(_ path: String) { _ = paths.withLock { $0.insert(path) } }

    public static func remove(_ path: String) { _ = paths.withLock { $0.remove(path) } }

    private static let isEnding = Atomic(false)

    /// Makes a file or a folder within a temporary folder. Once the tool is ending nothing is made, and this does not return.
    public static func make<Made>(_ body: () throws -> Made) throws -> Made {
        let made = try paths.withLock { _ in isEnding.load(ordering: .relaxed) ? nil : try body() }
        if let made { return made }
        while true { pause() }
    }

    /// Deletes all temporary files and folders from the disk, as the tool is ending. No output can be finished meanwhile.
    public static func deleteAll() {
        paths.withLock { paths in
            isEnding.store(true, ordering: .relaxed)
            for path in paths where unlink(path) != 0 && errno == EISDIR {
                try? FileManager.default.removeItem(atPath: path)
            }
        }
    }
}
