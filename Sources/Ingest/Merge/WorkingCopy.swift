import EPUArchive
import EPUCore
import Foundation
import GRDB

/// A copy of an archive, in the folder for temporary files, that is deleted with the value.
final class WorkingCopy: Sendable {
    let path: String

    init(of original: String) throws {
        path = NSTemporaryDirectory() + "/epu-merge-\(getpid())-\(UUID().uuidString).db"
        PartialFiles.add(path)
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(120)
            try DatabaseQueue(path: original, configuration: configuration).backup(to: DatabaseQueue(path: path))
        } catch {
            remove()
            throw Failure(
                "\(original) cannot be copied to \(NSTemporaryDirectory()): \(error). Make room there, or name another folder "
                    + "for temporary files with TMPDIR.")
        }
    }

    deinit { remove() }

    private func remove() {
        for suffix in ["", "-journal"] { unlink(path + suffix) }
        PartialFiles.remove(path)
    }

    /// Takes sessions out, and what was found by comparing others with them, and folders of files without a session.
    func remove(sessions: Set<Int64>, roots: [Int64]) throws {
        try Archive(path, access: .write).write { db in
            for session in sessions.sorted() {
                try StaleResults.positions.forget(of: session, db)
                try db.execute(sql: "DELETE FROM session WHERE session_id = ?", arguments: [session])
            }
            try db.execute(sql: "DELETE FROM session_root WHERE session_root_id IN (\(roots.sqlList))")
        }
    }
}
