import EPUCore
import Foundation
import GRDB

/// A copy of an archive under another name, which is whole where it has that name.
public struct ArchiveBackup {
    private let archive: Archive

    public init(archive: Archive) { self.archive = archive }

    /// Writes the copy, checks it, and gives it its name.
    /// - Returns: its size in bytes.
    /// - Throws: `Failure` where it cannot be written, or is not sound; the file of that name stays as it was.
    public func write(to path: String, replacing: Bool) throws -> Int {
        if let there = PathText.status(path) {
            if let own = PathText.status(archive.path), own.st_dev == there.st_dev, own.st_ino == there.st_ino {
                throw Failure("\(path) is the archive itself. Name another file.")
            }
            guard replacing else {
                throw Failure("\(path) is there already. Name another file, or say --force to replace it.")
            }
        }
        for suffix in ["-journal", "-wal"] where (PathText.status(path + suffix)?.st_size ?? 0) > 0 {
            throw Failure("\(path) is in use, or was left half-written: there is \(path)\(suffix). Name another file.")
        }
        let file = try OutputFile(path)
        let partial = file.partialPath
        let besides = ["-journal", "-wal", "-shm"].map { partial + $0 }
        besides.forEach(PartialFiles.add)
        defer {
            for path in besides {
                unlink(path)
                PartialFiles.remove(path)
            }
        }
        try archive.copy(to: partial)
        let check = try Archive(partial, access: .copy).read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
        guard check == "ok" else {
            throw Failure("The copy is not sound: \(check ?? ""). Check the archive with `epu-ingest check`.")
        }
        try file.commit()
        return PathText.status(path).map { Int($0.st_size) } ?? 0
    }
}
