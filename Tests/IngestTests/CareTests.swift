import EPUArchive
import EPUCore
import Foundation
import GRDB
import Synchronization
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
        "Rows that were left behind are found, only --repair takes them out, and the next runs find again what went",
        arguments: [
            "DELETE FROM exposure WHERE exposure_id IN (SELECT exposure_id FROM exposure WHERE session_id = 1 LIMIT 7)",
            "DELETE FROM exposure WHERE exposure_id = 7", "DELETE FROM calibration", "DELETE FROM placement_set",
            "DELETE FROM foil_hole", "DELETE FROM grid_square", "DELETE FROM stage_stop", "DELETE FROM analysis",
            "DELETE FROM hole_image",
        ])
    func orphans(sql: String) throws {
        let before = try found()
        try shell(sql)
        let check = try run("epu-ingest", ["check", "--quick"], status: 3)
        #expect(check.output.contains("to rows of") && check.errors.contains("--repair"), "\(check.output)")
        #expect(try run("epu-ingest", ["check", "--repair"]).output.hasPrefix("The archive is sound."))
        #expect(try number("pragma_foreign_key_check") == 0)
        try run("epu-ingest", ["s", "s-second"])
        try run("epu-analyze", [])
        try run("epu-ingest", ["check"])
        #expect(try found() == before)
    }

    /// What ingest and analysis find of the sessions.
    private func found() throws -> [String: Int?] {
        let counts = [
            "exposure", "foil_hole", "grid_square", "hole_image", "planned_exposure", "overexposed", "exposures",
            "placement p JOIN analysis a USING (placement_set_id) JOIN latest_analysis USING (analysis_id)",
        ]
        return try Dictionary(uniqueKeysWithValues: counts.map { ($0, try number($0)) })
    }

    @Test("Exposures that were never analysed, and are gone, are missed")
    func unread() throws {
        try run("epu-ingest", ["--db", folder["b.db"], "s"])
        let queue = try DatabaseQueue(path: folder["b.db"])
        try queue.write { try $0.execute(sql: "DELETE FROM exposure WHERE exposure_id < 4") }
        try queue.close()
        let check = try run("epu-ingest", ["check", "--db", folder["b.db"]], status: 3)
        #expect(check.output.contains("what was read of 3 files is not there"), "\(check.output)")
        try run("epu-ingest", ["check", "--repair", "--db", folder["b.db"]])
        try run("epu-ingest", ["--db", folder["b.db"], "s"])
        try run("epu-ingest", ["check", "--db", folder["b.db"]])
    }

    @Test("What refers to a file that is gone loses the file, and no micrograph or review is lost")
    func forgotten() throws {
        let pictures = try ToolRun.run("epu-simulate", ["p", "--exposures", "12"], in: folder.path)
        #expect(pictures.status == 0)
        try run("epu-ingest", ["p"])
        let exposures = try number("exposure")
        try shell("INSERT INTO review SELECT exposure_id, 'bad', NULL, '2026' FROM exposure")
        try shell("DELETE FROM source_file WHERE kind = 'exposure-image'")
        try run("epu-ingest", ["check", "--repair"])
        #expect(try number("exposure") == exposures && number("review") == exposures)
        #expect(try number("exposure WHERE image_file_id IS NOT NULL") == 0)
    }

    @Test("Reviews go with micrographs that are not there only when that is said")
    func lostReviews() throws {
        try shell(
            "INSERT INTO review SELECT exposure_id, 'bad', NULL, '2026' FROM exposure WHERE session_id = 1 LIMIT 3")
        try shell("DELETE FROM exposure WHERE exposure_id IN (SELECT exposure_id FROM review)")
        let refused = try run("epu-ingest", ["check", "--repair"], status: 1)
        #expect(refused.errors.contains("3 reviews made by hand"), "\(refused.errors)")
        #expect(try number("review") == 3)
        try run("epu-ingest", ["check", "--repair", "--with-reviews"])
        #expect(try number("review") == 0)
    }

    @Test(
        "An index that is not what the placements are is found, and filled again",
        arguments: [
            "DELETE FROM placement_index WHERE placement_id < 5",
            "INSERT INTO placement_index VALUES (9999, 0, 0, 0, 0, 1, 1)",
        ])
    func index(sql: String) throws {
        let before = try found()
        try shell(sql)
        #expect(try run("epu-ingest", ["check"], status: 3).output.contains("placement_index"))
        try run("epu-ingest", ["check", "--repair"])
        try run("epu-analyze", [])
        try run("epu-ingest", ["check"])
        #expect(try found() == before)
        #expect(try number("placement_index") == number("placement"))
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

    @Test("Whatever others write, a copy in many steps comes to an end, and is one moment's archive")
    func steps() async throws {
        let path = database
        let copying = Mutex(true)
        let writer = Task.detached {
            var number = 0
            while copying.withLock({ $0 }) {
                number += 1
                let subject = "\(number)"
                try? Archive(path, access: .write).write { db in
                    for name in ["first", "second"] {
                        try db.execute(
                            sql: "INSERT INTO notice (session_id, name, subject, message) VALUES (1, ?, ?, '')",
                            arguments: [name, subject])
                    }
                }
            }
        }
        let archive = try Archive(database, access: .read)
        for copy in 0..<3 { try archive.copy(to: folder["steps\(copy).db"], pages: 2) }
        copying.withLock { $0 = false }
        await writer.value
        for copy in 0..<3 {
            let counts = try Archive(folder["steps\(copy).db"], access: .read).read { db in
                try ["first", "second"].map { name in
                    try Int.fetchOne(db, sql: "SELECT count(*) FROM notice WHERE name = ?", arguments: [name])
                }
            }
            #expect(counts[0] == counts[1])
        }
    }

    @Test("The archive itself is not replaced by its copy, nor is anything that is no file")
    func places() throws {
        #expect(
            try run("epu-ingest", ["backup", database, "--force"], status: 1).errors.contains("the archive itself"))
        #expect(try run("epu-ingest", ["backup", "/dev/null", "--force"], status: 1).errors.contains("no file"))
        let type = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
        #expect(type == .typeCharacterSpecial)
    }

    @Test("An archive of an older version is copied as it is")
    func olderVersion() throws {
        try OldArchive.write(to: folder["old.db"])
        try run("epu-ingest", ["backup", "old-copy.db", "--db", folder["old.db"]])
        let version = try DatabaseQueue(path: folder["old-copy.db"]).read {
            try Int.fetchOne($0, sql: "PRAGMA user_version")
        }
        #expect(version == 1)
    }

    @Test(
        "On a full disk the file of that name stays as it was, and no part is left",
        .enabled(if: SmallDisk.isPossible, Comment(rawValue: SmallDisk.impossibility)))
    func fullDisk() throws {
        let disk = try SmallDisk(kilobytes: 200)
        let copy = disk.path + "/copy.db"
        try Data("before".utf8).write(to: URL(fileURLWithPath: copy))
        let run = try run("epu-ingest", ["backup", copy, "--force"], status: 1)
        #expect(run.errors.contains("could not be written"), "\(run.errors)")
        #expect(FileManager.default.contents(atPath: copy) == Data("before".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path) == ["copy.db"])
    }

    // MARK: - list

    @Test("What came in beside a session is a reason to analyse it again")
    func toDo() throws {
        #expect(try run("epu-analyze", ["list", "--to-do"]).output.hasPrefix("Nothing is to be done"))
        try run("epu-ingest", ["s-second", "--db", folder["b.db"]])
        try run("epu-analyze", ["--db", folder["b.db"]])
        try run("epu-ingest", ["s", "--db", folder["b.db"]])
        let list = try run("epu-analyze", ["list", "--to-do", "--db", folder["b.db"]]).output
        #expect(list.contains("not analysed") && list.contains("again"), "\(list)")
        try run("epu-analyze", ["--db", folder["b.db"]])
        #expect(try run("epu-analyze", ["list", "--to-do", "--db", folder["b.db"]]).output.hasPrefix("Nothing is"))
    }
}
