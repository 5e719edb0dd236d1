import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_ingest

@Suite("A session that was split, when its folder is read later")
struct CareSplitLaterTests {
    private let arranging: Arranging
    private var folder: TemporaryFolder { arranging.folder }
    private var database: String { arranging.database }

    init() throws { arranging = try Arranging() }

    @Test("holds when the session is followed, when its files change, and when its folder has moved")
    func later() async throws {
        try arranging.simulate("s", "--exposures 120 --seed 3")
        let bringBack = try arranging.hideThird(of: "s")
        try await ingest([folder["s"]], into: database)
        let time = try arranging.time(40)
        try arranging.epuIngest("split s --from \(time)")
        let numbers = try arranging.numbers()
        #expect(numbers == ["s": 40, "s~2": 40])
        try bringBack()
        let data = try #require(FileManager.default.subpaths(atPath: folder["s"])).filter { $0.hasSuffix("/Data") }
        for place in data { try await look(at: [folder["s/" + place]], below: folder["s"], into: database) }
        try await ingest([folder["s"]], into: database)
        func expectApart() throws {
            let wrong = """
                SELECT count(*) FROM exposure JOIN session s USING (session_id)
                WHERE (acquired_at >= '\(time)') <> (s.name = 's~2')
                """
            #expect(try count(wrong, in: database) == 0)
            #expect(try count("SELECT count(*) FROM exposure", in: database) == 120)
            #expect(try arranging.numbers().count == 2)
            try arranging.expectSound()
        }
        try expectApart()
        // All XML is written again.
        for path in try #require(FileManager.default.subpaths(atPath: folder["s"])) where path.hasSuffix(".xml") {
            try folder.write("s/" + path, folder.text("s/" + path) + "\n")
        }
        try await ingest([folder["s"]], into: database)
        try expectApart()
        try FileManager.default.moveItem(atPath: folder["s"], toPath: folder["moved"])
        try await ingest([folder["moved"]], into: database)
        try expectApart()
        let places = try text("SELECT DISTINCT root FROM sessions", in: database)
        #expect(places == [folder["moved"]])
        #expect(try text("SELECT DISTINCT path FROM session_root", in: database) == [folder["moved"]])
    }

    @Test("keeps EpuSession.dm and hole maps for both: what they say later, both know")
    func described() async throws {
        try arranging.simulate("s", "--exposures 120 --seed 3")
        try await ingest([folder["s"]], into: database)
        try arranging.epuIngest("split s --from \(try arranging.time(60)) --name late")
        let session = try folder.text("s/EpuSession.dm")
        let spacing = try #require(session.firstMatch(of: /<FilterHolesSettings|HoleSpacing[^>]*>/))
        #expect(!spacing.output.isEmpty)
        try folder.write(
            "s/EpuSession.dm", session.replacing("NoClustering", with: "ClusteringWithImageBeamShift") + "\n")
        try await ingest([folder["s"]], into: database)
        #expect(try text("SELECT DISTINCT clustering_mode FROM session", in: database).count == 1)
        #expect(try text("SELECT name FROM session WHERE epu_name IS NOT NULL", in: database) == ["s"])
        #expect(try text("SELECT DISTINCT grid FROM session", in: database).count == 1)
        let maps = try #require(FileManager.default.subpaths(atPath: folder["s"])).filter {
            $0.hasPrefix("Metadata/GridSquare") && $0.hasSuffix(".dm")
        }
        #expect(!maps.isEmpty)
        for map in maps { try folder.write("s/" + map, folder.text("s/" + map).replacing("<x>", with: "<x>0")) }
        try await ingest([folder["s"]], into: database)
        let differing = """
            SELECT count(*) FROM foil_hole a JOIN foil_hole b USING (foil_hole)
            WHERE a.session_id < b.session_id
                AND (a.stage_x_um, a.state, a.grid_square) IS NOT (b.stage_x_um, b.state, b.grid_square)
            """
        #expect(try count(differing, in: database) == 0)
        try arranging.expectSound()
    }

    @Test(
        "of the parts one may be removed: when the folder is read again, the other stays as it is, and that one is made again"
    )
    func removed() async throws {
        try arranging.simulate("s", "--exposures 120 --seed 3")
        try await ingest([folder["s"]], into: database)
        try arranging.epuIngest("split s --from \(try arranging.time(60)) --name late")
        let parts = try arranging.exposures()
        for name in ["s", "late"] {
            try arranging.epuIngest("remove \(name)")
            #expect(try arranging.exposures().keys.sorted() == [name == "s" ? "late" : "s"])
            try await ingest([folder["s"]], into: database)
            #expect(try arranging.exposures() == parts, "\(name)")
            try arranging.expectSound()
        }
        try arranging.epuIngest("remove s late")
        #expect(try count("SELECT count(*) FROM session_split", in: database) == 0)
        try await ingest([folder["s"]], into: database)
        #expect(try arranging.numbers() == ["s": 120])
    }

    @Test("may be done again, to the session and to its parts, and each new exposure finds its part")
    func again() async throws {
        try arranging.simulate("s", "--exposures 120 --seed 3")
        let bringBack = try arranging.hideThird(of: "s")
        try await ingest([folder["s"]], into: database)
        let times = try [20, 40, 60].map { try arranging.time($0) }
        try arranging.epuIngest("split s --from \(times[1]) --name c")
        try arranging.epuIngest("split s --from \(times[0]) --name b")
        try arranging.epuIngest("split c --from \(times[2]) --name d")
        #expect(try arranging.numbers() == ["s": 20, "b": 20, "c": 20, "d": 20])
        try bringBack()
        try await ingest([folder["s"]], into: database)
        func expectInTurn(_ names: [String]) throws {
            let said = try text(
                "SELECT name FROM sessions s JOIN session USING (session_id) ORDER BY started_at", in: database)
            #expect(said == names)
            let runs = """
                SELECT count(*) FROM (SELECT session_id <> lag(session_id) OVER (ORDER BY acquired_at) AS is_first FROM exposure)
                WHERE is_first
                """
            #expect(try count(runs, in: database) == names.count - 1)
            #expect(try count("SELECT count(*) FROM exposure", in: database) == 120)
            try arranging.expectSound()
        }
        try expectInTurn(["s", "b", "c", "d"])
        // Parts of one session may be joined with each other.
        try arranging.epuIngest("join b c")
        try arranging.epuIngest("remove b")
        try await ingest([folder["s"]], into: database)
        #expect(try arranging.numbers()["d"] == 30)
        try arranging.expectSound()
    }

    @Test("knows movies on another disk as those of their parts, whenever they come")
    func movies() async throws {
        try arranging.simulate("s", "--exposures 120 --seed 3")
        let files = FileManager.default
        let data = try #require(files.subpaths(atPath: folder["s"])).filter { $0.hasSuffix("ractions.tiff") }
        #expect(data.count == 120)
        try files.createDirectory(atPath: folder["disk"], withIntermediateDirectories: true)
        for (number, path) in data.enumerated() {
            try files.moveItem(
                atPath: folder["s/" + path], toPath: folder["disk/" + (path as NSString).lastPathComponent])
            if number == 60 { try await ingest([folder["s"]], into: database) }
        }
        try arranging.epuIngest("split s --from \(try arranging.time(60)) --name late")
        for _ in 1...2 {
            try await ingest([folder["disk"]], into: database)
            try await ingest([folder["s"]], into: database)
            try arranging.expectSound()
            #expect(
                try text(
                    """
                    SELECT s.name || count(*) FROM source_file JOIN session_root r USING (session_root_id)
                    JOIN session s USING (session_id) WHERE r.path LIKE '%/disk' GROUP BY s.name
                    """, in: database) == ["late60", "s60"])
        }
    }
}
