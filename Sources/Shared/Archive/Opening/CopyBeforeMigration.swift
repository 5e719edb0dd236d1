import EPUCore
import Foundation

/// The copy of an archive as an older version of the tools left it, for those who want to go back to them.
enum CopyBeforeMigration {
    static func path(of archive: String, version: Int) -> String { "\(archive).schema-\(version)" }

    /// Writes the copy beside the archive, and says so. A disk without room for it gets none: migration is one transaction, so
    /// nothing rests on the copy.
    /// - Throws: `Failure` where the copy cannot be written.
    static func write(of archive: String, version: Int, tell: @escaping @Sendable (String) -> Void) throws {
        let real = URL(fileURLWithPath: archive).resolvingSymlinksInPath().path
        let size = PathText.status(real).map { Int($0.st_size) } ?? 0
        let folder = (real as NSString).deletingLastPathComponent
        let disk = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        let free = disk?[.systemFreeSize] as? Int ?? .max
        let change = "\(archive) is brought from schema \(version) to \(Archive.schemaVersion)"
        // Migration itself writes all tables again, and what it changes once more to its journal.
        guard free > 3 * size else {
            return tell("\(change). No copy of it as it was is kept: the disk has no room for one.")
        }
        // Beside the file itself, not beside a link to it: there the room was looked for.
        let path = path(of: real, version: version)
        let copy = try Archive(archive, access: .copy, keepsCopy: false, isSecond: true, tell: tell)
        _ = try ArchiveBackup(archive: copy).write(to: path, replacing: true)
        tell("\(change). \(path) is a copy of it as it was; delete it when you need it no more.")
    }
}
