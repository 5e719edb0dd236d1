import EPUArchive
import Foundation
import GRDB
import TestSupport
import Testing

/// The test's own process is the other program.
@Suite("Several programs use one archive")
struct SeveralProgramsTests {
    private let folder: TemporaryFolder
    private var path: String { folder["a.db"] }
    private var own: String { "(process \(getpid()) of " }

    init() throws {
        folder = try TemporaryFolder()
        let sample = try SampleArchive(folder["a.db"])
        _ = try sample.add("one", [.init(time: 0), .init(hole: 2, time: 10)])
        try sample.archive.database.close()
    }

    /// Runs `work` while another connection has begun to change the archive.
    /// - Parameter begin: EXCLUSIVE keeps readers out, too; IMMEDIATE does not.
    private func whileLocked(_ begin: String, _ work: () throws -> Void) throws {
        let other = try DatabaseQueue(path: path)
        try other.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN \(begin); UPDATE session SET epu_version = '1'")
            defer { try? db.execute(sql: "ROLLBACK") }
            try work()
        }
        try other.close()
    }

    @Test("Who does not want to wait is told who uses it", arguments: [["list"], ["review"], ["calibrate"]])
    func told(command: [String]) throws {
        try whileLocked("EXCLUSIVE") {
            let run = try ToolRun.run("epu-analyze", command + ["--db", path], environment: ["EPU_ARCHIVE_WAIT": "0"])
            #expect(run.status == 1)
            #expect(run.errors.contains("\(path) is in use by "), "\(run.errors)")
            #expect(run.errors.contains(own), "\(run.errors)")
        }
    }

    @Test("Readers do not wait for one that has only begun to write")
    func reader() throws {
        try whileLocked("IMMEDIATE") {
            let list = try ToolRun.run("epu-analyze", ["list", "--db", path], environment: ["EPU_ARCHIVE_WAIT": "0"])
            #expect(list.status == 0, "\(list.errors)")
            let summary = try ToolRun.run(
                "epu-report", ["summary", "--db", path], environment: ["EPU_ARCHIVE_WAIT": "0"])
            #expect(summary.status == 0, "\(summary.errors)")
            // Who would write has to wait.
            let review = try ToolRun.run(
                "epu-analyze", ["calibrate", "--db", path], environment: ["EPU_ARCHIVE_WAIT": "0"])
            #expect(review.status == 1)
            #expect(review.errors.contains(own), "\(review.errors)")
        }
    }

    @Test("A tool says for whom it waits, and goes on in its turn")
    func turn() throws {
        var tool: RunningTool?
        try whileLocked("EXCLUSIVE") {
            let waiting = try RunningTool("epu-analyze", ["list", "--db", path])
            let isTold = RunningTool.wait { waiting.errors.contains("Waiting for ") }
            #expect(isTold)
            #expect(waiting.errors.contains(own), "\(waiting.errors)")
            #expect(waiting.isRunning)
            tool = waiting
        }
        let ended = try #require(tool)
        let hasEnded = RunningTool.wait { !ended.isRunning }
        #expect(hasEnded)
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.output.contains("one"))
        #expect(ended.errors.components(separatedBy: "Waiting for").count == 2, "said once: \(ended.errors)")
    }

    @Test("A wait that is no number is refused", arguments: ["-1", "two minutes", "inf"])
    func badWait(text: String) throws {
        let run = try ToolRun.run("epu-analyze", ["list", "--db", path], environment: ["EPU_ARCHIVE_WAIT": text])
        #expect(run.status == 1)
        #expect(run.errors.contains("EPU_ARCHIVE_WAIT is the number of seconds"), "\(run.errors)")
    }
}

@Suite(
    "An archive on a disk that is read-only",
    .enabled(if: SmallDisk.isPossible, Comment(rawValue: SmallDisk.impossibility)))
struct ReadOnlyDiskTests {
    private let disk: SmallDisk
    private var path: String { disk.path + "/a.db" }

    init() throws {
        disk = try SmallDisk(kilobytes: 8000)
        let sample = try SampleArchive(disk.path + "/a.db")
        _ = try sample.add("one", [.init(time: 0), .init(hole: 2, time: 10)])
        try sample.archive.database.close()
    }

    @Test("Reports, lists, checks and copies are made of it; what would write says why it cannot")
    func reading() throws {
        #expect(try ToolRun.run("epu-analyze", ["overlaps", "--k", "25", "--db", path]).status == 0)
        try disk.makeReadOnly()
        let folder = try TemporaryFolder()
        for (tool, arguments) in [
            ("epu-report", ["summary"]), ("epu-report", ["lists", "--out", folder["lists"]]),
            ("epu-report", ["html", "--out", folder["one.html"]]), ("epu-analyze", ["list"]),
            ("epu-ingest", ["check", "--quick"]), ("epu-ingest", ["backup", folder["copy.db"]]),
        ] {
            let run = try ToolRun.run(tool, arguments + ["--db", path])
            #expect(run.status == 0, "\(tool) \(arguments): \(run.errors)")
        }
        let run = try ToolRun.run("epu-analyze", ["calibrate", "--db", path])
        #expect(run.status == 1)
        #expect(run.errors.contains("read-only"), "\(run.errors)")
    }

    @Test("What a killed program left half-written there is not read; the reason says what to do")
    func halfWritten() throws {
        let writer = try DatabaseQueue(path: path)
        try writer.inDatabase { db in
            // Pages go to the file before the transaction ends, as in a large one.
            try db.execute(sql: "PRAGMA cache_size = 5; PRAGMA cache_spill = 5; BEGIN IMMEDIATE")
            for number in 1...3000 {
                try db.execute(
                    sql: "INSERT INTO session (name, grid) VALUES (?, ?)",
                    arguments: ["\(number)", String(repeating: "g", count: 200)])
            }
            for suffix in ["", "-journal"] {
                try FileManager.default.copyItem(
                    atPath: path + suffix, toPath: disk.path + "/killed.db" + suffix)
            }
            try db.execute(sql: "ROLLBACK")
        }
        try writer.close()
        try disk.makeReadOnly()
        let run = try ToolRun.run("epu-report", ["summary", "--db", disk.path + "/killed.db"])
        #expect(run.status == 1)
        #expect(run.errors.contains("was stopped in the middle"), "\(run.errors)")
    }
}
