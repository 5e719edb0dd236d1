import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_ingest

@Suite("epu-ingest join")
struct CareJoinTests {
    private let arranging: Arranging
    private var folder: TemporaryFolder { arranging.folder }
    private var database: String { arranging.database }
    private let files = FileManager.default

    init() throws { arranging = try Arranging() }

    /// Two folders with the halves of one session, of which only EpuSession.dm would tell that they are one.
    private func makeHalves(dm: Bool = false) async throws {
        try arranging.simulate("a", "--exposures 120 --seed 3" + (dm ? "" : " --no-dm"))
        let paths = try #require(files.subpaths(atPath: folder["a"])).sorted()
        let data = paths.filter { $0.contains("_Data_") && $0.hasSuffix(".xml") }
            .sorted {
                timeOfName($0.dropLast(4)) ?? Timestamp(ticks: 0) < timeOfName($1.dropLast(4)) ?? Timestamp(ticks: 0)
            }
        #expect(data.count == 120)
        for path in paths where !isFolder(path) {
            let stem = (path as NSString).lastPathComponent.split(separator: ".")[0].replacing("_fractions", with: "")
            guard data.suffix(60).contains(where: { $0.hasSuffix("/\(stem).xml") }) else { continue }
            try files.createDirectory(
                atPath: (folder["b/" + path] as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try files.moveItem(atPath: folder["a/" + path], toPath: folder["b/" + path])
        }
        try await ingest([folder["a"], folder["b"]], into: database)
        #expect(try arranging.numbers() == ["a": 60, "b": 60])
    }

    private func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return files.fileExists(atPath: folder["a/" + path], isDirectory: &isFolder) && isFolder.boolValue
    }

    @Test("makes one session of two, with ids and reviews, and what is read later of both folders is that session's")
    func joins() async throws {
        try await makeHalves()
        try arranging.run("epu-analyze", "")
        try arranging.review("b", 5)
        let ids = try text("SELECT exposure_id || name FROM exposure ORDER BY 1", in: database)
        let run = try arranging.epuIngest("join a b")
        #expect(
            run.output == """
                a has 120 exposures with those of b: 5 reviews came along
                Run epu-analyze: what was found in a no longer holds.

                """)
        #expect(try arranging.numbers() == ["a": 120])
        #expect(try text("SELECT exposure_id || name FROM exposure ORDER BY 1", in: database) == ids)
        #expect(try arranging.reviewed().count == 5)
        try arranging.expectSound()
        let joined = try dump(database)
        try await ingest([folder["a"], folder["b"]], into: database)
        #expect(try dump(database) == joined, "nothing has changed")
        // It is what it would be if all had lain in one folder.
        try arranging.run("epu-analyze", "")
        #expect(try count("SELECT exposures FROM analysis", in: database) == 120)
        // New exposures, changed ones, and a folder that was moved.
        let base = "Images-Disc1/GridSquare_7/Data/FoilHole_1_Data_2_3_20250108_154915"
        var sample = SampleImage()
        sample.instrument = try #require(text("SELECT instrument_id FROM session", in: database).first ?? nil)
        try folder.write("b/" + base + ".xml", sample.xml)
        for path in try #require(files.subpaths(atPath: folder["b"])) where path.hasSuffix(".xml") {
            try folder.write("b/" + path, folder.text("b/" + path) + "\n")
        }
        try await look(at: [folder["b/Images-Disc1/GridSquare_7/Data"]], below: folder["b"], into: database)
        #expect(try arranging.numbers() == ["a": 121])
        try await ingest([folder["b"]], into: database)
        #expect(try arranging.numbers() == ["a": 121])
        for name in ["a", "b"] { try files.moveItem(atPath: folder[name], toPath: folder["new-" + name]) }
        try await ingest([folder["new-b"], folder["new-a"]], into: database)
        #expect(try arranging.numbers() == ["a": 121])
        #expect(
            try text("SELECT path FROM session_root ORDER BY 1", in: database) == ["new-a", "new-b"].map { folder[$0] })
        try arranging.expectSound()
    }

    @Test("knows the EpuSession.dm of the joined sessions as theirs, and keeps the settings of the one that stayed")
    func identities() async throws {
        for (name, seed) in [("a", 3), ("b", 4)] { try arranging.simulate(name, "--exposures 60 --seed \(seed)") }
        try await ingest([folder["a"], folder["b"]], into: database)
        let described = "SELECT created_at || epu_name || hole_spacing_um || atlas_id FROM session WHERE name = 'a'"
        let before = try text(described, in: database)
        try arranging.epuIngest("join a b")
        #expect(try text("SELECT name || ' ' || epu_name FROM joined_session", in: database) == ["b b"])
        let squares = try count("SELECT count(*) FROM grid_square", in: database)
        #expect(squares == (try count("SELECT count(DISTINCT grid_square) FROM exposure", in: database)))
        try folder.write("b/EpuSession.dm", folder.text("b/EpuSession.dm") + "\n")
        try await ingest([folder["a"], folder["b"]], into: database)
        #expect(try text(described, in: database) == before)
        #expect(try arranging.numbers() == ["a": 120])
        // In another place it still leads there, with nothing else beside it.
        try folder.write("c/EpuSession.dm", folder.text("b/EpuSession.dm"))
        try await ingest([folder["c"]], into: database)
        #expect(try arranging.numbers() == ["a": 120])
        // Another one in one of its folders is another session's.
        let other = try folder.text("b/EpuSession.dm").replacing(/<StartDateTime[^<]*</) { match in
            match.output.replacing("2025", with: "2024")
        }
        try folder.write("b/EpuSession.dm", other)
        try await ingest([folder["b"]], into: database)
        #expect(try arranging.numbers().count == 2)
    }

    @Test("takes an EpuSession.dm that comes to a joined folder later for that of the joined session")
    func laterFile() async throws {
        try await makeHalves()
        try arranging.epuIngest("join a b")
        try arranging.simulate("s", "--exposures 120 --seed 3")
        let file = try folder.text("s/EpuSession.dm")
        try folder.write("a/EpuSession.dm", file)
        let later = file.replacing(/<StartDateTime[^<]*</) { $0.output.replacing("15:10", with: "15:12") }
        #expect(later != file)
        try folder.write("b/EpuSession.dm", later)
        for _ in 1...2 { try await ingest([folder["a"], folder["b"]], into: database) }
        #expect(try arranging.numbers() == ["a": 120])
        #expect(try count("SELECT count(*) FROM joined_session WHERE created_at IS NOT NULL", in: database) == 1)
        #expect(try count("SELECT count(*) FROM session WHERE created_at IS NOT NULL", in: database) == 1)
        try arranging.expectSound()
    }

    @Test("keeps an exposure that both have once, with the later of two reviews, and does not read it again as another")
    func repeated() async throws {
        try arranging.simulate("a", "--exposures 60 --seed 3 --no-dm")
        try await ingest([folder["a"]], into: database)
        // Nothing tells that the copy is one: all its exposures have another id, but ten.
        try files.copyItem(atPath: folder["a"], toPath: folder["b"])
        let paths = try #require(files.subpaths(atPath: folder["b"])).sorted().filter { $0.hasSuffix(".xml") }
        let data = paths.filter { $0.contains("_Data_") }
        func identify(_ changed: some Sequence<String>) throws {
            for path in changed {
                let text = try folder.text("b/" + path)
                try folder.write(
                    "b/" + path, text.replacing(/<uniqueID>./) { "<uniqueID>" + ($0.output.hasSuffix("f") ? "0" : "f") }
                )
            }
        }
        for path in data.suffix(10) { try files.removeItem(atPath: folder["b/" + path]) }
        try identify(data.dropLast(10))
        try await ingest([folder["b"]], into: database)
        for path in data.suffix(10) { try files.copyItem(atPath: folder["a/" + path], toPath: folder["b/" + path]) }
        try await ingest([folder["b"]], into: database)
        #expect(try arranging.numbers() == ["a": 60, "b": 60])
        try Archive(database, access: .write).write { db in
            for (session, verdict, day) in [("a", "keep", 1), ("b", "bad", 2)] {
                try db.execute(
                    sql: """
                        INSERT INTO review (exposure_id, verdict, reviewed_at)
                        SELECT exposure_id, ?, '2025-02-0' || ? || 'T00:00:00Z' FROM exposure JOIN session s USING (session_id)
                        WHERE s.name = ?
                        """, arguments: [verdict, day, session])
            }
        }
        let run = try arranging.epuIngest("join a b")
        #expect(run.output.contains("60 reviews came along, 10 exposures that two of them had are kept once"))

        #expect(try count("SELECT count(*) FROM exposure", in: database) == 110)
        #expect(try count("SELECT count(*) FROM review WHERE verdict = 'bad'", in: database) == 60)
        let twins = "SELECT count(*) FROM source_file WHERE kind = 'exposure' AND status = 'twin'"
        #expect(try count(twins, in: database) == 10)
        try arranging.epuIngest("check")
        for path in data.suffix(10) { try folder.write("b/" + path, folder.text("b/" + path) + "\n") }
        try await ingest([folder["a"], folder["b"]], into: database)
        #expect(try count("SELECT count(*) FROM exposure", in: database) == 110)
        #expect(try count(twins, in: database) == 10)
    }

    @Test("joins what became two sessions as EPU began again in the same folder, and has each file once")
    func sameFolder() async throws {
        try arranging.simulate("a", "--exposures 60 --seed 3")
        try await ingest([folder["a"]], into: database)
        let file = try folder.text("a/EpuSession.dm")
        try folder.write(
            "a/EpuSession.dm", file.replacing(/<StartDateTime[^<]*</) { $0.output.replacing("15:10", with: "15:12") })
        try await ingest([folder["a"]], into: database)
        #expect(try arranging.numbers() == ["a": 60, "a~2": 60])
        try arranging.review("a~2", 5)
        let run = try arranging.epuIngest("join a a~2")
        #expect(run.output.contains("60 exposures that two of them had are kept once"))
        for _ in 1...2 {
            #expect(try arranging.numbers() == ["a": 60])
            #expect(try arranging.reviewed().count == 5)
            try arranging.expectSound()
            try await ingest([folder["a"]], into: database)
        }
    }

    @Test("leaves the archive as it is with --dry-run, and where the sessions cannot be one")
    func nothing() async throws {
        try arranging.simulate("a", "--exposures 60 --seed 3")
        try arranging.simulate("b", "--exposures 60 --seed 4")
        try arranging.simulate("c", "--exposures 60 --seed 5 --instrument 77")
        try await ingest(["a", "b", "c"].map { folder[$0] }, into: database)
        try arranging.epuIngest("split b --from \(try arranging.time(40, in: "b"))")
        let before = try dump(database)
        let dry = try arranging.epuIngest("join b b~2 --dry-run")
        #expect(dry.output == "b would have 60 exposures with those of b~2\n")
        for (names, words) in [
            ("a c", "each has its own stage"), ("a d", "no session \"d\""), ("a b", "not parts of one session"),
            ("b~2 a", "not parts of one session"),
        ] {
            let run = try arranging.epuIngest("join \(names)", status: 1)
            #expect(run.errors.contains(words) && run.output.isEmpty, "\(run.errors)")
        }
        for names in ["a a", "a b b", "a"] { try arranging.epuIngest("join \(names)", status: 64) }
        #expect(try dump(database) == before)
    }

    @Test(
        "keeps what a person gave: the matrix, the foil's pitch, the criteria of reports, and which sessions are on the grid"
    )
    func words() async throws {
        try arranging.simulate("a", "--exposures 60 --seed 3")
        try arranging.simulate("b", "--exposures 60 --seed 4")
        try arranging.simulate("c", "--exposures 60 --seed 5")
        try await ingest(["a", "b", "c"].map { folder[$0] }, into: database)
        try Archive(database, access: .write).write { db in
            try db.execute(
                sql: """
                    UPDATE session SET asked_method = 'lattice', given_pitch_um = 2.5 WHERE name = 'b';
                    INSERT INTO same_grid (session_id, other_session_id, said_at)
                    SELECT a.session_id, b.session_id, '2025-02-01T00:00:00Z' FROM session a, session b
                    WHERE a.name = 'b' AND b.name = 'c'
                    """)
        }
        try arranging.run("epu-analyze", "overlaps --session b --matrix 21,11,11,-21")
        let said = """
            SELECT s.name || ' ' || s.asked_method || ' ' || s.given_pitch_um || ' ' || c.m11 || ' ' || o.name
            FROM session s JOIN calibration c ON c.session_id = s.session_id AND c.method = 'given'
            JOIN same_grid g ON s.session_id IN (g.session_id, g.other_session_id)
            JOIN session o ON o.session_id IN (g.session_id, g.other_session_id) AND o.session_id <> s.session_id
            WHERE s.name <> 'c'
            """
        #expect(try text(said, in: database) == ["b lattice 2.5 21.0 c"])
        try arranging.epuIngest("join a b")
        #expect(try text(said, in: database) == ["a lattice 2.5 21.0 c"])
        try arranging.epuIngest("split a --from \(try arranging.time(60, in: "a")) --name d")
        #expect(try text(said + " ORDER BY 1", in: database) == ["a lattice 2.5 21.0 c", "d lattice 2.5 21.0 c"])
    }
}
