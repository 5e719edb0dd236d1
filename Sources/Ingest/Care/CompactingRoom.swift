import EPUCore
import Foundation

/// The room that SQLite needs on disks to write a file again without its free pages: as much as the file takes for the new one,
/// in its folder for temporary files, and as much again beside the file, so that a stop leaves it as it was
/// (https://www.sqlite.org/lang_vacuum.html, https://www.sqlite.org/tempfiles.html).
struct CompactingRoom {
    private let path: String
    private let bytes: Int
    private let temporaryFolder: String

    /// - Throws: `Failure` where the file is not there.
    init(_ path: String) throws {
        guard let status = PathText.status(path) else { throw Failure("There is no file \(path).") }
        // The journal lies beside the file that a link leads to.
        self.path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        bytes = Int(status.st_size)
        let environment = ProcessInfo.processInfo.environment
        let folders = ["SQLITE_TMPDIR", "TMPDIR"].compactMap { environment[$0] } + ["/var/tmp", "/usr/tmp", "/tmp"]
        temporaryFolder = folders.first { access($0, W_OK | X_OK) == 0 } ?? "."
    }

    /// Refuses where a disk has not enough room.
    func check() throws {
        let folder = (path as NSString).deletingLastPathComponent
        let isOneDisk = PathText.status(folder)?.st_dev == PathText.status(temporaryFolder)?.st_dev
        for (place, needed) in isOneDisk ? [(folder, 2 * bytes)] : [(folder, bytes), (temporaryFolder, bytes)] {
            let disk = try? FileManager.default.attributesOfFileSystem(forPath: place)
            guard let free = disk?[.systemFreeSize] as? Int, free < needed else { continue }
            throw Failure(
                "Compacting needs \(Bytes.text(needed)) in \(place), and its disk has \(Bytes.text(free)) left. Make room, or "
                    + "name another folder for temporary files with SQLITE_TMPDIR.")
        }
    }
}
