import EPUArchive
import Foundation
import GRDB
import TestSupport
import Testing

@Suite("epu-ingest refuses in one sentence and leaves things as they were")
struct IngestCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func refused(_ arguments: [String], status: Int32, _ words: String) throws {
        let before = folder.names()
        let run = try ToolRun.run("epu-ingest", ["--db", folder["archive.db"]] + arguments)
        #expect(run.status == status)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains(words), "\(run.errors)")
        #expect(folder.names() == before)
    }

    @Test func emptyFolder() throws {
        try folder.write("empty/notes.txt", "")
        try refused([folder["empty"]], status: 1, "No EPU exposure")
    }

    @Test func missingFolder() throws { try refused([folder["nowhere"]], status: 1, "No such file") }

    @Test func fileInsteadOfFolder() throws {
        try folder.write("file.xml", "<r/>")
        try refused([folder["file.xml"]], status: 1, "is a file")
    }

    @Test func noFolder() throws { try refused([], status: 64, "Missing expected argument") }

    @Test func jobs() throws { try refused(["--jobs", "0", folder.path], status: 64, "--jobs takes") }

    @Test func minimumAge() throws { try refused(["--min-age", "-1", folder.path], status: 64, "--min-age takes") }

    @Test("A file that is no archive is left as it is")
    func noArchive() throws {
        try folder.write("s/Images-Disc1/GridSquare_7/Data/FoilHole_1_Data_2_3_20250108_154915.xml", SampleImage().xml)
        try folder.write("archive.db", String(repeating: "this is no database. ", count: 100))
        try refused([folder["s"]], status: 1, "not an SQLite database")
        #expect(try folder.text("archive.db").hasPrefix("this is no database."))
    }

    @Test("--strict ends with 3 where a file could not be read, else with 0")
    func strict() throws {
        let base = "s/Images-Disc1/GridSquare_7/Data/"
        try folder.write(base + "FoilHole_1_Data_2_3_20250108_154915.xml", SampleImage().xml)
        #expect(try ToolRun.run("epu-ingest", ["--strict", "--db", folder["a.db"], folder["s"]]).status == 0)
        try folder.write(base + "FoilHole_2_Data_2_3_20250108_154915.xml", "<")
        #expect(try ToolRun.run("epu-ingest", ["--db", folder["a.db"], folder["s"]]).status == 0)
        let run = try ToolRun.run("epu-ingest", ["--strict", "--json", "--db", folder["a.db"], folder["s"]])
        #expect(run.status == 3)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let sessions = try #require(json["sessions"] as? [[String: Any]])
        #expect((sessions[0]["problems"] as? [[String: Any]])?.count == 1)
    }

    @Test("The archive is $EPU_ARCHIVE, else epu-archive.db here")
    func defaultArchive() throws {
        try folder.write("s/Images-Disc1/GridSquare_7/Data/FoilHole_1_Data_2_3_20250108_154915.xml", SampleImage().xml)
        _ = try ToolRun.run("epu-ingest", ["s"], in: folder.path)
        #expect(folder.names().contains("epu-archive.db"))
        _ = try ToolRun.run("epu-ingest", ["s"], in: folder.path, environment: ["EPU_ARCHIVE": folder["mine.db"]])
        #expect(folder.names().contains("mine.db"))
    }
}

@Suite("epu-ingest where it cannot write")
struct IngestObstacleTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for number in 1...600 {
            var sample = SampleImage()
            sample.uniqueID = "id-\(number)"
            try folder.write(
                "s/Images-Disc1/GridSquare_7/Data/FoilHole_\(number)_Data_2_3_20250108_154915.xml", sample.xml)
        }
    }

    @Test(
        "A full disk: one sentence, a sound archive, and the next run completes it",
        .enabled(if: SmallDisk.isPossible, Comment(rawValue: SmallDisk.impossibility)))
    func fullDisk() throws {
        let disk = try SmallDisk(kilobytes: 800)
        let archive = disk.path + "/a.db"
        let run = try ToolRun.run("epu-ingest", ["--db", archive, folder["s"]])
        #expect(run.status == 1)
        #expect(run.errors.contains("is full"), "\(run.errors)")
        try FileManager.default.copyItem(atPath: archive, toPath: folder["a.db"])
        let sound = try Archive(folder["a.db"], access: .read).read {
            try String.fetchOne($0, sql: "PRAGMA integrity_check")
        }
        #expect(sound == "ok")
        let again = try ToolRun.run("epu-ingest", ["--db", folder["a.db"], folder["s"]])
        #expect(again.status == 0)
        let count = try Archive(folder["a.db"], access: .read).read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM exposure")
        }
        #expect(count == 600)
    }

    @Test(
        "A folder that may not be written: one sentence, no archive",
        .enabled(if: Unprivileged.isPossible, Comment(rawValue: Unprivileged.impossibility)))
    func closedFolder() throws {
        let run = try Unprivileged.run("epu-ingest", ["--db", folder["a.db"], folder["s"]])
        #expect(run.status == 1)
        #expect(run.errors.contains("may not read or write there"), "\(run.errors)")
        #expect(folder.names() == ["s"])
    }

    @Test(
        "An archive that may not be written: one sentence, and it stays as it was",
        .enabled(if: Unprivileged.isPossible, Comment(rawValue: Unprivileged.impossibility)))
    func closedArchive() throws {
        #expect(try ToolRun.run("epu-ingest", ["--db", folder["a.db"], folder["s"]]).status == 0)
        try folder.write(
            "s/Images-Disc1/GridSquare_7/Data/FoilHole_999_Data_2_3_20250108_154915.xml", SampleImage().xml)
        let before = try Data(contentsOf: URL(fileURLWithPath: folder["a.db"]))
        let run = try Unprivileged.run("epu-ingest", ["--db", folder["a.db"], folder["s"]])
        #expect(run.status == 1)
        #expect(run.errors.contains("read-only"), "\(run.errors)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder["a.db"])) == before)
    }
}
