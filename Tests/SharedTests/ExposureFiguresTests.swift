import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import EPUArchive

/// Whatever changes, the figures that an archive keeps are those that its exposures add up to.
@Suite("The kept figures of a session")
struct ExposureFiguresTests {
    private let folder: TemporaryFolder
    private var database: String { folder["a.db"] }

    init() throws {
        folder = try TemporaryFolder()
        try simulate("s", ["--exposures", "80", "--repeated-hole", "1", "--seed", "5"])
        try run("epu-ingest", ["s"])
        try run("epu-analyze", [])
    }

    private func simulate(_ name: String, _ options: [String]) throws {
        let run = try ToolRun.run("epu-simulate", [name, "--no-images"] + options, in: folder.path)
        #expect(run.status == 0, "\(run.errors)")
    }

    private func run(_ tool: String, _ arguments: [String]) throws {
        let run = try ToolRun.run(tool, arguments, in: folder.path, environment: ["EPU_ARCHIVE": database])
        #expect(run.status == 0, "\(run.errors)")
    }

    /// The number of kept rows; those that are there must be right.
    private func kept(_ path: String? = nil) throws -> Int {
        try Archive(path ?? database, access: .read).read { db in
            let sessions = try Int64.fetchAll(db, sql: "SELECT session_id FROM session")
            for session in sessions {
                let analysis = try Publication.analysisID(of: session, db)
                let read = try ExposureFigures(of: session, analysis, db)
                let sums = try ExposureFigures(scanning: session, analysis, db)
                #expect(read == sums)
            }
            return try Int.fetchOne(db, sql: "SELECT count(*) FROM session_figures") ?? 0
        }
    }

    private func change(_ sql: String) throws {
        try Archive(database, access: .write).write { try $0.execute(sql: sql) }
    }

    @Test("are stored by an analysis, and say what was found")
    func stored() throws {
        let rows = try kept()
        #expect(rows == 1)
        let row = try Archive(database, access: .read).read {
            try Row.fetchOne($0, sql: "SELECT exposures, placed, overexposed, known_doses FROM session_figures")
        }
        let figures: [Int] = row.map { [$0[0], $0[1], $0[2], $0[3]] } ?? []
        #expect(figures.prefix(2) == [80, 80] && figures[2] > 0 && figures[3] == 80, "\(figures)")
    }

    @Test(
        "leave when what they add up changes, and come back with the next analysis",
        arguments: [
            "DELETE FROM exposure WHERE exposure_id = (SELECT max(exposure_id) FROM exposure)",
            "UPDATE exposure SET acquired_at = '2020-01-01T00:00:00.0000000Z' WHERE exposure_id = 1",
            "DELETE FROM placement WHERE placement_id = (SELECT max(placement_id) FROM placement)",
            "UPDATE analysis SET rules = 0",
            "UPDATE placement_set SET nearest_within_um = nearest_within_um",
            "DELETE FROM pre_exposure WHERE placement_id = 3; UPDATE placement_set SET nearest_within_um = NULL",
            "UPDATE exposure SET session_id = session_id, name = name || 'x' WHERE exposure_id = 2",
        ])
    func changed(sql: String) throws {
        try change(sql)
        #expect(try kept() == 0)
        try run("epu-analyze", [])
        #expect(try kept() == 1)
    }

    @Test("stay while another radius is asked for, which changes nothing that they add up")
    func anotherRadius() throws {
        try change("UPDATE session_figures SET placed = -1")
        try run("epu-analyze", ["--radius", "0.2"])
        let placed = try Archive(database, access: .read).read {
            try Int.fetchAll($0, sql: "SELECT placed FROM session_figures")
        }
        #expect(placed == [-1])
    }

    @Test("are those of the published analysis, whatever else is asked for")
    func published() throws {
        for radius in ["0.9", "0.05"] {
            try run("epu-analyze", ["overlaps", "--radius", radius])
            _ = try kept()
        }
        try run("epu-analyze", ["publish", "2"])
        _ = try kept()
        try run("epu-analyze", [])
        #expect(try kept() == 1)
    }

    @Test("leave with a session that grows")
    func growth() throws {
        let files = try #require(FileManager.default.subpaths(atPath: folder["s"]))
        let late = try #require(files.filter { $0.contains("_Data_") && $0.hasSuffix(".xml") }.sorted().last)
        try FileManager.default.moveItem(atPath: folder["s/" + late], toPath: folder["late.xml"])
        try run("epu-ingest", ["s", "--db", folder["b.db"]])
        try run("epu-analyze", ["--db", folder["b.db"]])
        #expect(try kept(folder["b.db"]) == 1)
        try FileManager.default.moveItem(atPath: folder["late.xml"], toPath: folder["s/" + late])
        try run("epu-ingest", ["s", "--db", folder["b.db"]])
        #expect(try kept(folder["b.db"]) == 0)
        try run("epu-analyze", ["--db", folder["b.db"]])
        #expect(try kept(folder["b.db"]) == 1)
    }

    @Test("are those of the session alone")
    func others() throws {
        try simulate("s2", ["--exposures", "40", "--seed", "6"])
        try run("epu-ingest", ["s2"])
        #expect(try kept() == 1, "the new session has none yet")
        try change("INSERT INTO review SELECT exposure_id, 'bad', NULL, '2026' FROM exposure LIMIT 1")
        #expect(try kept() == 0, "the reviews of the session are counted, too")
        try run("epu-analyze", [])
        #expect(try kept() == 2)
    }
}
