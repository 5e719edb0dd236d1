import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_ingest

@Suite("epu-ingest --follow")
struct FollowTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var database: String { folder["a.db"] }

    private func exposure(_ number: Int) -> String {
        var sample = SampleImage()
        sample.uniqueID = "id-\(number)"
        return sample.xml
    }

    private func path(_ number: Int, square: Int = 7) -> String {
        "s/Images-Disc1/GridSquare_\(square)/Data/FoilHole_\(number)_Data_2_3_20250108_154915.xml"
    }

    private func rows(_ sql: String, in database: String? = nil) throws -> [String] {
        try Archive(database ?? self.database, access: .read).read { db in
            try Row.fetchAll(db, sql: sql).map { row in
                row.databaseValues.map { "\($0)" }.joined(separator: "|")
            }
        }
    }

    private func count(_ sql: String) -> Int {
        (try? Archive(database, access: .read).read { try Int.fetchOne($0, sql: sql) }) ?? -1
    }

    @Test("With a session that grew, those of its grid that were exposed after it had begun are analysed again")
    func concerned() throws {
        let sample = try SampleArchive(database)
        for (name, grid, start) in [("a", "g", 0.0), ("b", "g", 1000), ("c", "g", 2000), ("d", "h", 3000)] {
            try sample.add(name, grid: grid, [.init(time: start), .init(time: start + 500)])
        }
        #expect(try FollowAnalysis.concerned(by: ["b"], sample.archive) == ["b", "c"])
        #expect(try FollowAnalysis.concerned(by: ["c", "a"], sample.archive) == ["c", "a", "b"])
        #expect(try FollowAnalysis.concerned(by: ["d"], sample.archive) == ["d"])
        #expect(try FollowAnalysis.concerned(by: [], sample.archive).isEmpty)
    }

    /// What ingest reads of exposures, whatever the order in which the files came.
    private let content = """
        SELECT e.name, e.unique_id, e.acquired_at, e.stage_x_um, e.beam_shift_x, e.dose_e_per_a2, e.grid_square,
            e.foil_hole, m.path, m.status, i.path
        FROM exposure e JOIN source_file m ON m.source_file_id = e.metadata_file_id
        LEFT JOIN source_file i ON i.source_file_id = e.image_file_id ORDER BY e.name, e.unique_id
        """

    @Test("The name that a file has while rsync brings it never becomes a row")
    func transferredFile() throws {
        try folder.write(path(1), exposure(1))
        let follow = try RunningTool("epu-ingest", ["--follow", "--db", database, folder["s"]])
        #expect(RunningTool.wait { count("SELECT count(*) FROM exposure") == 1 }, "\(follow.errors)")
        let data = "s/Images-Disc1/GridSquare_7/Data/"
        let temporary = data + "." + path(2).dropFirst(data.count) + ".Ab12Cd"
        try folder.write(temporary, String(exposure(2).prefix(100)))
        // The folder was looked at while it lay there.
        try folder.write(path(3), exposure(3))
        #expect(RunningTool.wait { count("SELECT count(*) FROM exposure") == 2 }, "\(follow.errors)")
        let rows = "SELECT count(*) FROM source_file WHERE path LIKE '%Ab12Cd' OR status <> 'missing image'"
        #expect(count(rows) == 0)
        try folder.write(temporary, exposure(2))
        try FileManager.default.moveItem(atPath: folder[temporary], toPath: folder[path(2)])
        #expect(RunningTool.wait { count("SELECT count(*) FROM exposure") == 3 }, "\(follow.errors)")
        #expect(count(rows) == 0)
        #expect(follow.end(with: SIGINT) == nil)
        #expect(follow.status == 0)
    }

    @Test("A running session, files out of order: every exposure comes in, and re-exposures are named as they happen")
    func liveSession() throws {
        let simulation = try RunningTool(
            "epu-simulate",
            [
                folder["s"], "--exposures", "100", "--live", "--speed", "20", "--shuffle", "--repeated-hole", "1",
                "--no-images",
            ])
        try #require(
            RunningTool.wait { !simulation.isRunning || folder.names("s").contains("EpuSession.dm") },
            "\(simulation.errors)")
        let follow = try RunningTool(
            "epu-ingest",
            [
                "--follow", "--min-age", "0.5", "--db", database, "--analyze", "--analyze-options",
                "--matrix 21.767,11.130,10.799,-21.682", "--notify", "cat >> '\(folder["notified.json"])'; exit 3",
                folder["s"],
            ])
        #expect(RunningTool.wait { !simulation.isRunning })
        #expect(RunningTool.wait { count("SELECT count(*) FROM exposure") == 100 }, "\(follow.errors)")
        #expect(RunningTool.wait { count("SELECT count(*) FROM source_file WHERE status = 'too young'") == 0 })
        // The analysis comes after the exposures that it is about.
        #expect(RunningTool.wait { count("SELECT count(*) FROM overexposed") > 0 }, "\(follow.errors)")
        let planted = try ToolRun.run("epu-simulate", ["score", folder["s.truth.json"], "--db", database])
        #expect(planted.status == 0, "\(planted.errors)")
        let incidents = try rows("SELECT session, cause, foil_hole FROM incidents")
        #expect(incidents.count == 1)
        let told = "INCIDENT s: "
        #expect(RunningTool.wait { follow.output.contains(told) }, "\(follow.output)")
        let growth = follow.output.matches(of: /INCIDENT s: (\d+) micrograph/).compactMap { Int($0.1) }
        #expect(zip(growth, growth.dropFirst()).allSatisfy { 2 * $0 <= $1 }, "again when it has doubled: \(growth)")
        #expect(follow.output.contains("when a hole was shot again (same-area), hole"), "\(follow.output)")
        // One is run for it, whatever became of the first line of its input, and its failure is only said.
        #expect(RunningTool.wait { follow.errors.contains("--notify ended with status 3") }, "\(follow.errors)")
        #expect(try folder.text("notified.json").hasSuffix("}\n"), "a line for each, for who collects them")
        let notified = try folder.text("notified.json").split(separator: "\n")
        #expect(notified.count == 1)
        let incident = try #require(
            try JSONSerialization.jsonObject(with: Data(notified[0].utf8)) as? [String: Any])
        #expect(incident["cause"] as? String == "same-area")
        #expect(incident["session"] as? String == "s")
        #expect(follow.end(with: SIGINT) == nil)
        #expect(follow.status == 0)
        #expect(follow.errors.components(separatedBy: "Stopped.").count == 2, "\(follow.errors)")

        _ = try ToolRun.run("epu-ingest", ["--db", folder["fresh.db"], folder["s"]])
        #expect(try rows(content) == rows(content, in: folder["fresh.db"]))
    }

    @Test(
        "Folders and files that come later are found, also by listing alone",
        arguments: [[], ["--poll-interval", "0.2"]])
    func newFolders(options: [String]) throws {
        try folder.write("s/notes.txt", "the session has not begun")
        let follow = try RunningTool("epu-ingest", ["--follow", "--db", database] + options + [folder["s"]])
        usleep(300_000)
        try folder.write(path(1), exposure(1))
        #expect(RunningTool.wait { count("SELECT count(*) FROM exposure") == 1 }, "\(follow.errors)")
        try folder.write(path(2), exposure(2))
        try folder.write(path(3, square: 8), exposure(3))
        #expect(RunningTool.wait { count("SELECT count(*) FROM exposure") == 3 }, "\(follow.errors)")
        #expect(count("SELECT count(*) FROM session") == 1)
        #expect(follow.end(with: SIGTERM) == nil)
        #expect(follow.status == 0)
    }

    @Test("Images on another disk, to which a link leads, stay the session's")
    func linkedFolder() throws {
        try folder.write("disk/Images-Disc1/GridSquare_7/notes.txt", "")
        try folder.write("s/EpuSession.dm", "<EpuSessionXml><Name>session</Name></EpuSessionXml>")
        try FileManager.default.createSymbolicLink(
            atPath: folder["s/Images-Disc1"], withDestinationPath: folder["disk/Images-Disc1"])
        let follow = try RunningTool("epu-ingest", ["--follow", "--db", database, folder["s"]])
        #expect(RunningTool.wait { count("SELECT count(*) FROM session") == 1 }, "\(follow.errors)")
        try folder.write(path(1), exposure(1))
        #expect(RunningTool.wait { count("SELECT count(*) FROM exposure") == 1 }, "\(follow.errors)")
        try folder.write(path(2), exposure(2))
        #expect(RunningTool.wait { count("SELECT count(*) FROM exposure") == 2 }, "\(follow.errors)")
        #expect(count("SELECT count(*) FROM session") == 1)
        #expect(count("SELECT count(*) FROM session_root") == 1)
    }

    @Test("Folders of loose squares are one session, and one that is renamed and made again is looked into")
    func looseSquares() throws {
        for square in [1, 2] {
            try FileManager.default.createDirectory(
                atPath: folder["s/GridSquare_\(square)/Data"], withIntermediateDirectories: true)
        }
        let follow = try RunningTool("epu-ingest", ["--follow", "--db", database, folder["s"]])
        usleep(300_000)
        func add(_ number: Int, _ square: Int) throws {
            try folder.write(
                "s/GridSquare_\(square)/Data/FoilHole_\(number)_Data_2_3_20250108_154915.xml", exposure(number))
        }
        try add(1, 1)
        #expect(RunningTool.wait { count("SELECT count(*) FROM exposure") == 1 }, "\(follow.errors)")
        try add(2, 2)
        #expect(RunningTool.wait { count("SELECT count(*) FROM exposure") == 2 }, "\(follow.errors)")
        try FileManager.default.moveItem(atPath: folder["s/GridSquare_2"], toPath: folder["s/old"])
        try add(3, 2)
        #expect(RunningTool.wait { count("SELECT count(*) FROM exposure") == 3 }, "\(follow.errors)")
        #expect(count("SELECT count(*) FROM session") == 1)
    }

    @Test("An empty folder is waited for, and that is said once")
    func emptyFolder() throws {
        try FileManager.default.createDirectory(atPath: folder["s"], withIntermediateDirectories: true)
        let waiting = "No session of EPU's in \(folder["s"]) yet: waiting for its first files. Ctrl-C ends this."
        let silent = try [["--quiet"], ["--json"]].enumerated().map { index, options in
            try RunningTool(
                "epu-ingest",
                ["--follow", "--poll-interval", "0.2", "--db", folder["\(index).db"], folder["s"]] + options)
        }
        let follow = try RunningTool(
            "epu-ingest", ["--follow", "--poll-interval", "0.2", "--db", database, folder["s"]])
        #expect(RunningTool.wait { follow.errors.contains(waiting) }, "\(follow.errors)")
        try folder.write(path(1), exposure(1))
        #expect(RunningTool.wait { count("SELECT count(*) FROM exposure") == 1 }, "\(follow.errors)")
        #expect(RunningTool.wait { follow.output.contains("1 new") })
        #expect(follow.errors.components(separatedBy: "waiting").count == 2, "\(follow.errors)")
        #expect(follow.errors.lowercased().components(separatedBy: "waiting").count == 2, "\(follow.errors)")
        #expect(RunningTool.wait { silent[1].output.contains("\"new\":1") })
        for tool in silent { #expect(!tool.errors.lowercased().contains("waiting"), "\(tool.errors)") }
        let again = try RunningTool("epu-ingest", ["--follow", "--db", database, folder["s"]])
        #expect(
            RunningTool.wait { again.errors.contains("Waiting for new files in \(folder["s"]). Ctrl-C ends this.") })
    }

    @Test("A half-written file is a problem until it is whole")
    func halfWritten() throws {
        try folder.write(path(1), exposure(1))
        let whole = exposure(2)
        try folder.write(path(2), String(whole.prefix(whole.count / 2)))
        let follow = try RunningTool("epu-ingest", ["--follow", "--db", database, folder["s"]])
        #expect(
            RunningTool.wait { count("SELECT count(*) FROM source_file WHERE status = 'incomplete'") == 1 },
            "\(follow.errors)")
        try folder.write(path(2), whole)
        #expect(RunningTool.wait { count("SELECT count(*) FROM exposure") == 2 }, "\(follow.errors)")
        #expect(count("SELECT count(*) FROM source_problems") == 0)
        #expect(follow.isRunning)
    }

    @Test("--json writes a line of JSON for each batch")
    func json() throws {
        try folder.write(path(1), exposure(1))
        let follow = try RunningTool("epu-ingest", ["--follow", "--json", "--db", database, folder["s"]])
        #expect(RunningTool.wait { follow.output.hasSuffix("}\n") }, "\(follow.errors)")
        let line = try #require(follow.output.split(separator: "\n").first)
        let report = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect((report["sessions"] as? [[String: Any]])?.first?["new"] as? Int == 1)
    }

    @Test(
        "Options that do not go together are refused",
        arguments: [
            ["--analyze"], ["--poll-interval", "1"], ["--follow", "--strict"], ["--follow", "--poll-interval", "0"],
            ["--follow", "--analyze-options", "--k 25"], ["--follow", "--notify", "true"],
        ])
    func options(options: [String]) throws {
        #expect(try ToolRun.run("epu-ingest", options + ["--db", database, folder.path]).status == 64)
    }

    @Test("Folders on other machines' disks are not watched but listed")
    func mounts() {
        let mounts = MountTable(
            """
            /dev/sda / ext4 rw 0 0
            server:/data /data nfs4 rw 0 0
            /dev/sdb /data/local ext4 rw 0 0
            user@host: /my\\040disk fuse.sshfs rw 0 0
            """)
        #expect(!mounts.isRemote("/home/s"))
        #expect(mounts.isRemote("/data/s"))
        #expect(!mounts.isRemote("/data/local/s"))
        #expect(!mounts.isRemote("/database"))
        #expect(mounts.isRemote("/my disk/s"))
    }
}
