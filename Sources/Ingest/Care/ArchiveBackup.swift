import EPUArchive
import EPUCore
import Foundation
import GRDB

/// A copy of an archive by SQLite's backup interface (https://www.sqlite.org/backup.html).
struct ArchiveBackup {
    private let archive: Archive

    init(_ archive: Archive) { self.archive = archive }

    /// The number of pages that are copied at once; between them, others may write.
    private static let pages: CInt = 4096
    /// What another program writes meanwhile makes the copy begin again: after so many times, others have to wait.
    private static let mostRestarts = 3

    private struct Restarted: Error {}

    /// Writes the copy, checks it, and gives it its name.
    /// - Returns: its size in bytes.
    /// - Throws: `Failure` where it cannot be written, or is not sound; the file of that name stays as it was.
    func write(to path: String) throws -> Int {
        let partial = path + ".partial-\(getpid())"
        PartialFiles.add(partial)
        defer {
            unlink(partial)
            unlink(partial + "-journal")
            PartialFiles.remove(partial)
        }
        do {
            try copy(to: partial)
            let check = try Archive(partial, access: .read).read {
                try String.fetchOne($0, sql: "PRAGMA quick_check(1)")
            }
            guard check == "ok" else {
                throw Failure("The copy is not sound: \(check ?? ""). Check the archive with `epu-ingest check`.")
            }
        } catch let error as DatabaseError {
            throw Failure(
                "\(path) could not be written: \(error.message ?? "error"). Check the disk's room and rights.")
        }
        let file = open(partial, O_RDONLY)
        guard file >= 0, fsync(file) == 0, close(file) == 0, rename(partial, path) == 0 else {
            throw Failure("\(path) could not be written: \(String(cString: strerror(errno))).")
        }
        return (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }

    private func copy(to path: String) throws {
        let target = try DatabaseQueue(path: path)
        defer { try? target.close() }
        try target.writeWithoutTransaction { target in
            try archive.database.unsafeRead { source in
                var (remaining, restarts) = (Int.max, 0)
                do {
                    try source.backup(to: target, pagesPerStep: Self.pages) { progress in
                        if progress.remainingPageCount > remaining { restarts += 1 }
                        remaining = progress.remainingPageCount
                        if restarts > Self.mostRestarts { throw Restarted() }
                    }
                } catch is Restarted {
                    try source.backup(to: target)
                }
            }
        }
    }
}
