import EPUCore
import GRDB
import TestSupport
import Testing

@testable import EPUArchive

/// What the sqlite3 shell's `.dump` loses are these two PRAGMAs, and nothing else.
@Suite("An archive that was restored from a dump")
struct RestoredDumpTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func loseMarks() throws {
        try DatabaseQueue(path: folder["a.db"]).write {
            try $0.execute(sql: "PRAGMA application_id = 0; PRAGMA user_version = 0")
        }
    }

    @Test("is read as it is, and marked as an archive by the next tool that writes")
    func present() throws {
        _ = try Archive(folder["a.db"], access: .create)
        try loseMarks()
        _ = try Archive(folder["a.db"], access: .read)
        let archive = try Archive(folder["a.db"], access: .write)
        let marks = try archive.read { db in
            try ["application_id", "user_version"].map { try Int.fetchOne(db, sql: "PRAGMA \($0)") }
        }
        #expect(marks == [Archive.applicationID, Archive.schemaVersion])
    }

    @Test("of an older version is not guessed at: the user is told which PRAGMAs to write", arguments: [1, 5, 6])
    func older(version: Int) throws {
        let queue = try DatabaseQueue(path: folder["a.db"])
        try queue.write {
            try $0.execute(sql: Project.text("Tests/SharedTests/Fixtures/schema-\(version).sql"))
        }
        try queue.close()
        let error = #expect(throws: Failure.self) { try Archive(folder["a.db"], access: .write) }
        let text = try #require(error?.description)
        #expect(text.contains("PRAGMA application_id = \(Archive.applicationID); PRAGMA user_version = "), "\(text)")
        #expect(text.contains("user_version = 6;") == (version == 6), "\(text)")
    }

    @Test("A newer version says so in its view, and is refused as newer")
    func newer() throws {
        _ = try Archive(folder["a.db"], access: .create)
        try loseMarks()
        try DatabaseQueue(path: folder["a.db"]).write {
            try $0.execute(sql: "DROP VIEW archive_version; CREATE VIEW archive_version AS SELECT 99 AS schema_version")
        }
        let error = #expect(throws: Failure.self) { try Archive(folder["a.db"], access: .write) }
        #expect(error?.description.contains("newer version of these tools (schema 99") == true)
    }

    @Test("The view names the version of the tools")
    func view() throws {
        let version = try Archive(folder["a.db"], access: .create).read {
            try Int.fetchOne($0, sql: "SELECT schema_version FROM archive_version")
        }
        #expect(version == Archive.schemaVersion)
    }

    @Test("Another program's database stays one")
    func foreign() throws {
        try DatabaseQueue(path: folder["a.db"]).write { try $0.execute(sql: "CREATE TABLE session (session_id)") }
        let error = #expect(throws: Failure.self) { try Archive(folder["a.db"], access: .write) }
        #expect(error?.description.contains("not an EPU archive") == true)
    }
}
