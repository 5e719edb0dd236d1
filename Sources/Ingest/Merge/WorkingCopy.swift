import EPUArchive
import EPUCore
import Foundation
import GRDB

/// A copy of an archive, in the folder for temporary files, that is deleted with the value.
final class WorkingCopy: Sendable {
    let path: String
    /// SQLite leaves its journal where the tool is interrupted.
    private var files: [String] { ["", "-journal"].map { path + $0 } }

    /// - Throws: `Failure` where there is no room, or the original cannot be read.
    init(of original: String) throws {
        path = NSTemporaryDirectory() + "/epu-merge-\(getpid())-\(UUID().uuidString).db"
        files.forEach(PartialFiles.add)
        do {
            try Self.copy(original, to: path)
        } catch {
            remove()
            throw error
        }
    }

    deinit { remove() }

    private func remove() {
        for file in files {
            unlink(file)
            PartialFiles.remove(file)
        }
    }

    private static func copy(_ original: String, to path: String) throws {
        func failure(_ error: DatabaseError, _ advice: String) -> Failure {
            Failure(
                "\(original) cannot be copied to \(NSTemporaryDirectory()): \(error.message ?? error.resultCode.description). "
                    + advice)
        }
        let room = "Make room there, or name another folder for temporary files with TMPDIR."
        let target: DatabaseQueue
        do {
            target = try DatabaseQueue(path: path)
        } catch let error as DatabaseError {
            throw failure(error, room)
        }
        do {
            try Archive(original, access: .copy).database.backup(to: target)
        } catch let error as DatabaseError {
            throw failure(error, error.resultCode == .SQLITE_FULL ? room : "See whether it can be read, and run again.")
        }
    }

    /// Takes sessions out, and what was found by comparing others with them, and folders of files without a session.
    func remove(sessions: Set<Int64>, roots: [Int64]) throws {
        try Archive(path, access: .write, keepsCopy: false).write { db in
            try SessionDeletion.run(sessions.sorted(), db)
            try db.execute(sql: "DELETE FROM session_root WHERE session_root_id IN (\(roots.sqlList))")
        }
    }
}
