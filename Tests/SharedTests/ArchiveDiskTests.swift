import EPUCore
import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing

@testable import EPUArchive

@Suite("An archive on a disk of several machines")
struct ArchiveDiskTests {
    private let folder: TemporaryFolder
    private var path: String { folder["a.db"] }
    /// The test's folder, as if it were mounted from elsewhere.
    private var mounts: MountTable {
        let real = URL(fileURLWithPath: folder.path).resolvingSymlinksInPath().path
        return MountTable("/dev/sda / ext4 rw 0 0\nserver:/a \(real) nfs4 rw 0 0")
    }

    init() throws { folder = try TemporaryFolder() }

    private func journal(_ mode: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = \(mode)") }
        try queue.close()
    }

    @Test("The tools keep a rollback journal")
    func ownJournal() throws {
        let archive = try Archive(path, access: .create)
        #expect(try archive.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "delete")
        #expect(!NetworkDisk.hasWAL(path))
        try NetworkDisk.refuseWAL(path, mounts: mounts)
    }

    @Test("A WAL that a person chose is refused there, and taken on a disk of this machine")
    func wal() throws {
        try Archive(path, access: .create).database.close()
        try journal("WAL")
        let error = #expect(throws: Failure.self) { try NetworkDisk.refuseWAL(path, mounts: mounts) }
        #expect(error?.description.contains("PRAGMA journal_mode = DELETE") == true)
        try NetworkDisk.refuseWAL(path, mounts: MountTable("/dev/sda / ext4 rw 0 0"))
        #expect(
            try Archive(path, access: .read).read { try Int.fetchOne($0, sql: "SELECT count(*) FROM session") } == 0)
        try journal("DELETE")
        try NetworkDisk.refuseWAL(path, mounts: mounts)
    }

    @Test("The copy of an archive with a WAL needs none, and leaves nothing beside it")
    func walCopy() throws {
        try Archive(path, access: .create).database.close()
        try journal("WAL")
        _ = try ArchiveBackup(archive: Archive(path, access: .copy)).write(to: folder["copy/c.db"], replacing: false)
        #expect(!NetworkDisk.hasWAL(folder["copy/c.db"]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder["copy"]) == ["c.db"])
        #expect(
            try Archive(folder["copy/c.db"], access: .read).read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
                == Archive.schemaVersion)
    }

    @Test("A file that is in use is not replaced by a copy", arguments: ["-journal", "-wal"])
    func usedTarget(suffix: String) throws {
        let archive = try Archive(path, access: .create)
        try folder.write("c.db", "old")
        try folder.write("c.db" + suffix, "what undoes a half-done change")
        let backup = ArchiveBackup(archive: archive)
        #expect(throws: Failure.self) { try backup.write(to: folder["c.db"], replacing: true) }
        #expect(try folder.text("c.db") == "old")
    }

    @Test("A missing or empty file has no WAL")
    func noFile() throws {
        #expect(!NetworkDisk.hasWAL(path))
        try folder.write("a.db", "")
        #expect(!NetworkDisk.hasWAL(path))
    }

    @Test("Who writes on another machine is known by the journal's owner")
    func remoteWriter() throws {
        _ = try Archive(path, access: .create)
        #expect(LockHolders(of: path).text == "a program on another machine")
        try folder.write("a.db-journal", "x")
        #expect(LockHolders(of: path).text == "a program of \(NSUserName()) on another machine")
        // The journal lies beside the file that a link leads to.
        try FileManager.default.createSymbolicLink(atPath: folder["link.db"], withDestinationPath: path)
        #expect(LockHolders(of: folder["link.db"]).text == "a program of \(NSUserName()) on another machine")
    }
}

@Suite("The copy of an archive of an older version")
struct CopyBeforeMigrationTests {
    private let folder: TemporaryFolder
    private var path: String { folder["a.db"] }

    init() throws { folder = try TemporaryFolder() }

    private final class Told: Sendable {
        let texts = Mutex<[String]>([])
    }

    @Test("is made before the first change, and said")
    func made() throws {
        try OldArchive.write(to: path)
        let before = try content(of: path)
        let told = Told()
        _ = try Archive(path, access: .write) { text in told.texts.withLock { $0.append(text) } }
        let copy = CopyBeforeMigration.path(of: path, version: 1)
        #expect(try content(of: copy) == before)
        #expect(told.texts.withLock { $0.count } == 1)
        #expect(told.texts.withLock { $0.first?.contains("\(copy) is a copy of it as it was") } == true)
        // It is brought up to date in its turn by whoever opens it.
        #expect(
            try Archive(copy, access: .write, keepsCopy: false).read {
                try Int.fetchOne($0, sql: "SELECT count(*) FROM exposure")
            } == 2)
    }

    @Test("lies beside the file itself where a link leads to it")
    func linked() throws {
        try FileManager.default.createDirectory(atPath: folder["real"], withIntermediateDirectories: true)
        try OldArchive.write(to: folder["real/a.db"])
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: folder["real/a.db"])
        _ = try Archive(path, access: .write) { _ in }
        #expect(folder.names("real").sorted() == ["a.db", "a.db.schema-1"])
        #expect(folder.names().sorted() == ["a.db", "real"])
    }

    @Test("is not made of one that is up to date, nor where nobody wants it")
    func notMade() throws {
        _ = try Archive(folder["new.db"], access: .create)
        _ = try Archive(folder["new.db"], access: .write)
        try OldArchive.write(to: path)
        _ = try Archive(path, access: .write, keepsCopy: false)
        #expect(folder.names().sorted() == ["a.db", "new.db"])
    }

    @Test(
        "is left out, and that said, where the disk has no room for it",
        .enabled(if: SmallDisk.isPossible, Comment(rawValue: SmallDisk.impossibility)))
    func noRoom() throws {
        let disk = try SmallDisk(kilobytes: 600)
        let small = disk.path + "/a.db"
        try OldArchive.write(to: small)
        let told = Told()
        try CopyBeforeMigration.write(of: small, version: 1) { text in told.texts.withLock { $0.append(text) } }
        #expect(told.texts.withLock { $0.first?.contains("No copy of it") } == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path) == ["a.db"])
    }

    /// The version and every row.
    private func content(of path: String) throws -> [String] {
        var configuration = Configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: path, configuration: configuration).read { db in
            let tables = try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            return try ["\(Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0)"]
                + tables.flatMap { table in
                    try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { "\(table) \($0)" }
                }
        }
    }
}
