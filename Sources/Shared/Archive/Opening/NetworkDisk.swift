import EPUCore
import Foundation
import GRDB

/// What SQLite needs of the disk that an archive lies on, where that is another machine's.
enum NetworkDisk {
    /// What SQLite says where the system refuses to lock the file (https://www.sqlite.org/rescode.html).
    static let lockErrors: [ResultCode] = [
        .SQLITE_IOERR_LOCK, .SQLITE_IOERR_UNLOCK, .SQLITE_IOERR_RDLOCK, .SQLITE_IOERR_CHECKRESERVEDLOCK,
    ]

    /// Refuses an archive that a person has given a WAL on a disk that several machines may use: programs on two of them would
    /// damage it, as a WAL's index lies in memory that all must share (https://www.sqlite.org/wal.html, disadvantages).
    static func refuseWAL(_ path: String, mounts: MountTable = MountTable()) throws {
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard mounts.isRemote(real), hasWAL(real) else { return }
        throw Failure(
            "\(path) keeps a write-ahead log (WAL), and its disk may be used by several machines, which would damage it. When "
                + "nobody uses it, run `sqlite3 ARCHIVE 'PRAGMA journal_mode = DELETE'` on the machine that wrote to it last."
        )
    }

    /// Whether the file's header names a WAL (https://www.sqlite.org/fileformat2.html, file format version numbers). SQLite is not
    /// asked, as it would begin to use it.
    static func hasWAL(_ path: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? file.close() }
        guard let header = try? file.read(upToCount: 20), header.count == 20 else { return false }
        return header[18] == 2 || header[19] == 2
    }
}
