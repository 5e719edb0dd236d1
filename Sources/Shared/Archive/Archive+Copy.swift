import EPUCore
import GRDB

extension Archive {
    /// What another program writes meanwhile makes a copy begin again: after so many times, others have to wait.
    private static let mostRestarts = 3

    private struct Restarted: Error {}

    /// Copies the archive as it is at one moment, also while others write to it, by SQLite's backup interface
    /// (https://www.sqlite.org/backup.html).
    /// - Parameters:
    ///   - path: The file to write: empty, or not there.
    ///   - pages: How many pages are copied at once; between them, others may write.
    /// - Throws: `Failure` where the archive cannot be read, or the copy not written.
    public func copy(to path: String, pages: CInt = 4096) throws {
        do {
            let target = try DatabaseQueue(path: path)
            defer { try? target.close() }
            try target.writeWithoutTransaction { target in
                try database.unsafeRead { source in
                    var (remaining, restarts) = (Int.max, 0)
                    do {
                        try source.backup(to: target, pagesPerStep: pages) { progress in
                            // Each step leaves fewer pages than the one before it; the first one of a new beginning does not.
                            if progress.remainingPageCount >= remaining { restarts += 1 }
                            remaining = progress.remainingPageCount
                            if restarts > Self.mostRestarts { throw Restarted() }
                        }
                    } catch is Restarted {
                        try source.backup(to: target)
                    }
                }
                // The copy of an archive that a person gave a WAL must not need one.
                try target.execute(sql: "PRAGMA journal_mode = DELETE")
            }
        } catch let error as DatabaseError {
            switch error.resultCode {
            // The archive is read, so that these are the copy's.
            case .SQLITE_FULL, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_IOERR:
                throw Failure(
                    "\(path) could not be written: \(error.message ?? "error"). Check the disk's room and rights.")
            default: throw Self.explain(error, path: self.path)
            }
        }
    }
}
