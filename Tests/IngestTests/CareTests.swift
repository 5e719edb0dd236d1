import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@Suite("Looking after an archive")
struct CareTests {
    private let folder: TemporaryFolder
    private var database: String { folder["archive.db"] }

    /// Two sessions of one grid: the analysis of the second is compared with the first.
    init() throws {
        folder = try TemporaryFolder()
        let made = try ToolRun.run(
            "epu-simulate", ["s", "--no-images", "--exposures", "60", "--second-session"], in: folder.path)
        #expect(made.status == 0, "\(made.errors)")
        try run("epu-ingest", ["s", "s-second"])
        try run("epu-analyze", [])
    }

    @discardableResult
    private func run(_ tool: String, _ arguments: [String], status: Int32 = 0) throws -> ToolRun {
        let run = try ToolRun.run(tool, arguments, in: folder.path, environment: ["EPU_ARCHIVE": database])
        #expect(run.status == status, "\(run.errors)")
        return run
    }

    private func number(_ sql: String) throws -> Int? {
        try Archive(database, access: .read).read { try Int.fetchOne($0, sql: "SELECT count(*) FROM " + sql) }
    }

    private func shell(_ sql: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        try DatabaseQueue(path: database, configuration: configuration).write { try $0.execute(sql: sql) }
    }

    // MARK: - check

    @Test("A sound archive is called sound; files that are gone or have changed are told")
    func sound() throws {
        #expect(try run("epu-ingest", ["check"]).output.hasPrefix("The archive is sound."))
        let files = try #require(FileManager.default.subpaths(atPath: folder["s"])).filter { $0.hasSuffix(".xml") }
        try FileManager.default.removeItem(atPath: folder["s/" + files[0]])
        try Data("<a/>".utf8).write(to: URL(fileURLWithPath: folder["s/" + files[1]]))
        let text = try run("epu-ingest", ["check"]).output
        #expect(text.contains("1 gone, 1 changed since they were read"), "\(text)")
        try FileManager.default.removeItem(atPath: folder["s-second"])
        #expect(try run("epu-ingest", ["check"]).output.contains("not in reach: " + folder["s-second"]))
    }

    @Test(
        "Rows that were left behind are found, and only --repair takes them out",
        arguments: [
            "DELETE FROM exposure WHERE exposure_id IN (SELECT exposure_id FROM exposure LIMIT 5)",
            "DELETE FROM calibration", "DELETE FROM placement_set", "DELETE FROM foil_hole",
        ])
    func orphans(sql: String) throws {
        try shell(sql)
        let found = try run("epu-ingest", ["check", "--quick"], status: 3)
        #expect(found.output.contains("refer to rows of") && found.errors.contains("--repair"), "\(found.output)")
        #expect(try run("epu-ingest", ["check", "--repair"]).output.hasPrefix("The archive is sound."))
        #expect(try number("pragma_foreign_key_check") == 0)
        try run("epu-ingest", ["s", "s-second"])
        try run("epu-analyze", [])
        try run("epu-ingest", ["check"])
    }

    @Test("A damaged file is reported, and no tool crashes on it", arguments: [3, 7, 20, 40])
    func damaged(page: Int) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: database))
        try file.seek(toOffset: UInt64(page * 4096))
        file.write(Data((0..<4096).map { UInt8(truncatingIfNeeded: $0 * 37) }))
        try file.close()
        let check = try ToolRun.run("epu-ingest", ["check", "--db", database])
        #expect([1, 3].contains(check.status), "\(check.output) \(check.errors)")
        #expect((check.output + check.errors).contains("amaged"), "\(check.output) \(check.errors)")
    }

    // MARK: - backup and compact

    @Test("A backup has all that the archive has, and no file is replaced unasked")
    func backup() throws {
        try run("epu-ingest", ["backup", "copy.db"])
        #expect(try dump(folder["copy.db"]) == dump(database))
        #expect(try run("epu-ingest", ["backup", "copy.db"], status: 1).errors.contains("--force"))
        try run("epu-ingest", ["backup", "copy.db", "--force"])
        let partial = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains("partial") }
        #expect(partial.isEmpty)
    }

    @Test("A backup made while others write is one moment's archive")
    func backupMeanwhile() async throws {
        let path = database
        let writer = Task.detached {
            for number in 0..<200 where !Task.isCancelled {
                // Two rows at once: whoever sees one sees both.
                try? Archive(path, access: .write).write { db in
                    for name in ["first", "second"] {
                        try db.execute(
                            sql: "INSERT INTO notice (session_id, name, subject, message) VALUES (1, ?, ?, '')",
                            arguments: [name, "\(number)"])
                    }
                }
            }
        }
        for copy in 0..<5 {
            try run("epu-ingest", ["backup", "copy\(copy).db"])
            let counts = try Archive(folder["copy\(copy).db"], access: .read).read { db in
                try ["first", "second"].map { name in
                    try Int.fetchOne(db, sql: "SELECT count(*) FROM notice WHERE name = ?", arguments: [name])
                }
            }
            #expect(counts[0] == counts[1])
        }
        writer.cancel()
        _ = await writer.value
    }

    @Test("Compacting gives room back and changes no row")
    func compact() throws {
        try run("epu-ingest", ["remove", "s"])
        let before = try dump(database)
        let text = try run("epu-ingest", ["compact", "--json"]).output
        let sizes = try JSONDecoder().decode([String: Int].self, from: Data(text.utf8))
        #expect(try #require(sizes["bytes_after"]) < #require(sizes["bytes_before"]))
        #expect(try dump(database) == before)
    }

    @Test("A copy that cannot be written leaves the file of that name as it was")
    func fullDisk() throws {
        #expect(
            try run("epu-ingest", ["backup", "/dev/full/copy.db"], status: 1).errors.contains("could not be written"))
        #expect(
            try run("epu-ingest", ["backup", "nowhere/copy.db"], status: 1).errors.contains("could not be written"))
    }
}
