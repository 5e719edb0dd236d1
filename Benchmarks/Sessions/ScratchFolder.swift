import EPUCore
import Foundation

/// A folder that is emptied of what an earlier run left, and is removed with the value.
struct ScratchFolder: ~Copyable {
    let path: String
    private let keep: Bool

    /// - Throws: `Failure` where the folder cannot be made.
    init(_ path: String, keep: Bool) throws {
        self.path = path
        self.keep = keep
        try? FileManager.default.removeItem(atPath: path)
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw Failure("Cannot make the folder \(path): \(String(cString: strerror(errno))).")
        }
    }

    deinit { if !keep { try? FileManager.default.removeItem(atPath: path) } }
}
