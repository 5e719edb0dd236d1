import EPUArchive
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_ingest

@Suite("Whose an EpuSession.dm is, and where it lies")
struct SessionFileTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        // On 2025-01-08 at 15:49:18, with area 2 in square 7.
        for number in 1...3 { try folder.addExposure(number) }
    }

    private var database: String { folder["archive.db"] }

    private func rows(_ sql: String) throws -> [String] { try text(sql, in: database).map { $0 ?? "-" } }

    @discardableResult
    private func run(_ name: String = "session") async throws -> [IngestedSession] {
        try await ingest([folder[name]], into: database)
    }

    private let summary = """
        SELECT name || ' ' || ifnull(epu_name, '-') || ' ' || ifnull(atlas_id, '-') || ' ' ||
            (SELECT count(*) FROM preset p WHERE p.session_id = s.session_id) || ' ' ||
            (SELECT count(*) FROM template_area a WHERE a.session_id = s.session_id AND shift_x_px IS NOT NULL) || ' ' ||
            (SELECT count(*) FROM grid_square g WHERE g.session_id = s.session_id AND metadata_name IS NOT NULL) || ' ' ||
            (SELECT count(*) FROM exposure e WHERE e.session_id = s.session_id)
        FROM session s ORDER BY name
        """
    private let joined = "grid1 grid1 X:\\Sample1\\Atlas.dm 1 1 1 3"
    private let apart = "session - - 0 0 0 3"
    private let status = "SELECT status FROM source_file WHERE kind = 'session' ORDER BY path"

    @Test("The session's own is joined; one without a template, or whose template changed, is its own, too")
    func own() async throws {
        for file in [SessionFileXML(), SessionFileXML(areas: []), SessionFileXML(areas: [1, 2, 9])] {
            try folder.write("session/EpuSession.dm", file.xml)
            let found = try await run()
            #expect(try rows("SELECT epu_name FROM session") == ["grid1"])
            #expect(found.flatMap(\.notices).isEmpty)
        }
        // The areas of the earlier exposures are no longer in it; the archive knows that they were.
        try folder.write("session/EpuSession.dm", SessionFileXML(areas: [8, 9]).xml)
        #expect(try await run().flatMap(\.notices).isEmpty)
        #expect(try rows(status) == ["ok"])
        #expect(try rows("SELECT area FROM template_area WHERE shift_x_px IS NOT NULL") == ["1", "2", "8", "9"])
    }

    @Test(
        "One that begins after all exposures, or whose template has none of their areas, is kept and not joined",
        arguments: [
            (
                SessionFileXML(start: "2025-02-03T10:11:12Z"),
                ["2025-02-03 10:11:12 (UTC+00:00)", "3 exposures", "2025-01-08 15:49:18 (UTC+00:00)", "by an hour"]
            ),
            (SessionFileXML(areas: [11, 12]), ["areas 11, 12", "none of them but 2"]),
        ])
    func foreign(file: SessionFileXML, parts: [String]) async throws {
        try folder.write("session/EpuSession.dm", file.xml)
        let found = try await run()
        #expect(try rows(summary) == [apart])
        #expect(try rows(status) == ["unknown"])
        #expect(try rows("SELECT grid FROM session") == ["session session"])
        let notice = try #require(found.first?.notices.first)
        #expect(notice.name == "foreign-session-file")
        for part in parts + [folder["session/EpuSession.dm"], "put the session's own"] {
            #expect(notice.message.contains(part), "\(part) in: \(notice.message)")
        }
        let before = try dump(database)
        try await run()
        #expect(try dump(database) == before)
        // Its own in its place is joined, and the notice goes; a foreign one that replaces that takes nothing away.
        try folder.write("session/EpuSession.dm", SessionFileXML().xml)
        #expect(try await run().flatMap(\.notices).isEmpty)
        #expect(try rows("SELECT epu_name FROM session") == ["grid1"])
        try folder.write("session/EpuSession.dm", file.xml.replacing("grid1", with: "grid2"))
        #expect(try await run().flatMap(\.notices).map(\.name) == ["foreign-session-file"])
        #expect(try rows("SELECT epu_name FROM session") == ["grid1"])
        #expect(try rows(status) == ["unknown"])
    }

    @Test("A clock that was set back by an hour makes no session foreign; four hours do, as the next user's session")
    func slack() async throws {
        try folder.write("session/EpuSession.dm", SessionFileXML(start: "2025-01-08T16:49:00Z").xml)
        #expect(try await run().flatMap(\.notices).isEmpty)
        #expect(try rows(summary) == [joined])
        try folder.write("session/EpuSession.dm", SessionFileXML(start: "2025-01-08T19:49:00Z").xml)
        let found = try await ingest([folder["session"]], into: folder["next.db"])
        #expect(found.flatMap(\.notices).map(\.name) == ["foreign-session-file"])
        #expect(try text("SELECT epu_name FROM session", in: folder["next.db"]) == [nil])
    }

    @Test(
        "Where only file names say the time, a time zone that is wrong by less than 14 hours makes no session foreign")
    func zone() async throws {
        var sample = SampleImage()
        sample.acquired = ""
        try folder.write("flat/FoilHole_1_Data_2_3_20250108_154915.xml", sample.xml)
        try folder.write("flat/EpuSession.dm", SessionFileXML(start: "2025-01-09T05:48:00Z").xml)
        #expect(try await run("flat").flatMap(\.notices).isEmpty)
        #expect(try rows("SELECT epu_name FROM session") == ["grid1"])
        try folder.write("flat/EpuSession.dm", SessionFileXML(name: "later", start: "2025-01-09T05:50:00Z").xml)
        let notice = try #require(try await run("flat").flatMap(\.notices).first)
        #expect(notice.message.contains("14 hours"), "\(notice.message)")
    }

    @Test("One that came before the exposures is parted from them when they turn out to be others'")
    func beforeExposures() async throws {
        try FileManager.default.moveItem(atPath: folder["session/Images-Disc1"], toPath: folder["kept"])
        try folder.write("session/EpuSession.dm", SessionFileXML(areas: [11]).xml)
        try await run()
        #expect(try rows("SELECT name FROM session") == ["grid1"])
        try FileManager.default.moveItem(atPath: folder["kept"], toPath: folder["session/Images-Disc1"])
        try Archive(database, access: .write).write { db in
            try db.execute(sql: "INSERT INTO placement_set (placement_set_id, grid) VALUES (1, 'g')")
        }
        let found = try await run()
        #expect(try rows(summary) == [apart])
        #expect(found.flatMap(\.notices).map(\.name) == ["foreign-session-file"])
        let before = try dump(database)
        try await run()
        #expect(try dump(database) == before)
    }

    @Test("An archive in which a foreign one was joined is mended by the next ingest; reviews stay")
    func olderArchive() async throws {
        try folder.write("session/EpuSession.dm", SessionFileXML(areas: [2, 11]).xml)
        try await run()
        #expect(try rows("SELECT name FROM session") == ["grid1"])
        // As if it had been this file all along.
        try folder.write("session/EpuSession.dm", SessionFileXML(areas: [11]).xml)
        try Archive(database, access: .write).write { db in
            try db.execute(
                sql: """
                    UPDATE source_file SET size_bytes = NULL;
                    UPDATE template_area SET shift_x_px = NULL, shift_y_px = NULL WHERE area = 2;
                    INSERT INTO review VALUES (2, 'bad', 'ice', '2025-01-10');
                    """)
        }
        try await run()
        #expect(try rows(summary) == [apart])
        #expect(try rows("SELECT exposure_id || verdict FROM review") == ["2bad"])
    }

    @Test("Exposures beside another session's file do not go to that session")
    func copiedFile() async throws {
        try folder.write("session/EpuSession.dm", SessionFileXML().xml)
        try await run()
        try folder.write("old/EpuSession.dm", SessionFileXML().xml)
        var sample = SampleImage()
        sample.uniqueID = "id-old"
        sample.acquired = "2024-08-01T10:00:00+00:00"
        try folder.write("old/FoilHole_1_Data_2_3_20240801_100000.xml", sample.xml)
        try await run("old")
        #expect(try rows(summary) == [joined, "old - - 0 0 0 1"])
        // Nor if they are of another instrument and fit in all else.
        try folder.write("other/EpuSession.dm", SessionFileXML().xml)
        sample = SampleImage()
        sample.uniqueID = "id-other"
        sample.instrument = "3429"
        try folder.write("other/FoilHole_1_Data_2_3_20250108_154915.xml", sample.xml)
        let found = try await run("other")
        #expect(try rows(summary) == [joined, "old - - 0 0 0 1", "other - - 0 0 0 1"])
        let notice = try #require(found.first?.notices.first)
        #expect(notice.message.contains("instrument 3632") && notice.message.contains("3429"), "\(notice.message)")
    }

    /// Session `other` of a month later, with area 11, and its EpuSession.dm.
    private func writeOther() throws {
        try folder.write("other/EpuSession.dm", othersFile)
        for number in 11...12 {
            var sample = SampleImage()
            sample.uniqueID = "id-\(number)"
            sample.acquired = "2025-02-03T12:00:\(number)+00:00"
            try folder.write("other/FoilHole_\(number)_Data_11_3_20250203_1200\(number).xml", sample.xml)
        }
    }

    private let othersFile = SessionFileXML(name: "grid2", start: "2025-02-03T10:11:12Z", areas: [11]).xml
    private let data = "session/Images-Disc1/GridSquare_7/Data"
    private let exposuresOf = """
        SELECT s.name || ' ' || ifnull(epu_name, '-') || ' ' || count(e.exposure_id) FROM session s
        LEFT JOIN exposure e USING (session_id) GROUP BY s.session_id ORDER BY s.name
        """

    private func expectAsFresh() async throws {
        try await ingest([folder["other"]], into: folder["fresh.db"])
        try await ingest([folder["session"]], into: folder["fresh.db"])
        #expect(try content(database) == content(folder["fresh.db"]))
    }

    @Test("Another session's file that comes to a session draws no exposure away, and takes no result with it")
    func copiedLater() async throws {
        try writeOther()
        try await run("other")
        try await run()
        try Archive(database, access: .write).write { db in
            try db.execute(
                sql: """
                    INSERT INTO calibration
                        (calibration_id, session_id, method, m11, m12, m21, m22, scale, angle_deg, mirrored, verdict,
                         created_at)
                    SELECT session_id, session_id, 'lattice', 25, 0, 0, 25, 25, 0, 0, 'good', 'now' FROM session;
                    INSERT INTO placement_set (placement_set_id, grid) VALUES (1, 'g');
                    INSERT INTO placement_set_session (placement_set_id, session_id, calibration_id)
                    SELECT 1, session_id, session_id FROM session
                    WHERE name = 'session';
                    """)
        }
        try folder.write("session/EpuSession.dm", othersFile)
        let found = try await look(at: [folder["session"]], below: folder["session"], into: database)
        #expect(found.flatMap(\.notices).map(\.name) == ["foreign-session-file"])
        #expect(try rows(exposuresOf) == ["grid2 grid2 2", "session - 3"])
        try folder.addExposure(4)
        try await look(at: [folder[data]], below: folder["session"], into: database)
        #expect(try rows(exposuresOf) == ["grid2 grid2 2", "session - 4"])
        #expect(try rows("SELECT count(*) FROM calibration") == ["2"])
        #expect(try rows("SELECT count(*) FROM placement_set") == ["1"])
        try await run()
        #expect(try rows(status) == ["ok", "unknown"])
        try await expectAsFresh()
    }

    @Test(
        "A file that came to an empty folder does not give the exposures that follow to its session",
        arguments: [false, true])
    func copiedBefore(isFollowed: Bool) async throws {
        try writeOther()
        try await run("other")
        try FileManager.default.moveItem(atPath: folder["session/Images-Disc1"], toPath: folder["kept"])
        try folder.write("session/EpuSession.dm", othersFile)
        try await run()
        #expect(try rows(exposuresOf) == ["grid2 grid2 2"])
        try FileManager.default.moveItem(atPath: folder["kept"], toPath: folder["session/Images-Disc1"])
        if isFollowed {
            try await look(at: [folder[data]], below: folder["session"], into: database)
            #expect(try rows(exposuresOf) == ["grid2 grid2 2", "session - 3"])
        }
        try await run()
        #expect(try rows(exposuresOf) == ["grid2 grid2 2", "session - 3"])
        try await expectAsFresh()
    }

    @Test("What a look at a part takes from EpuSession.dm counts as news where there are exposures")
    func news() async throws {
        try await run()
        try folder.write("session/EpuSession.dm", SessionFileXML().xml)
        for isNew in [true, false] {
            let found = try await look(at: [folder["session"]], below: folder["session"], into: database)
            #expect(found.map(\.hasNews) == [isNew])
            #expect(found.map { $0.new + $0.changed } == [0])
        }
        #expect(try rows("SELECT epu_name FROM session") == ["grid1"])
    }

    @Test("Exposures that an older version gave to the file's session come back to their own")
    func pouredTogether() async throws {
        try writeOther()
        try await run("other")
        try await run()
        try folder.write("session/EpuSession.dm", othersFile)
        try await run()
        #expect(try rows(exposuresOf) == ["grid2 grid2 2", "session - 3"])
        try Archive(database, access: .write).write { db in
            let ids = try Int64.fetchAll(db, sql: "SELECT session_id FROM session ORDER BY name")
            let root = try FolderRoots.add(folder["session"], ids[0], db)
            // All but one exposure and its JPG.
            let files = try Int64.fetchAll(
                db,
                sql: """
                    SELECT source_file_id FROM source_file JOIN session_root USING (session_root_id)
                    WHERE session_id = ? AND stem NOT LIKE 'FoilHole_1_%'
                    """, arguments: [ids[1]])
            try SessionMove(old: ids[1], new: ids[0]).take(files, db)
            try db.execute(
                sql: """
                    UPDATE source_file SET session_root_id = ? WHERE source_file_id IN (SELECT value FROM json_each(?))
                    """, arguments: [root, "\(files)"])
        }
        #expect(try rows(exposuresOf) == ["grid2 grid2 4", "session - 1"])
        try await run()
        #expect(try rows(exposuresOf) == ["grid2 grid2 2", "session - 3"])
        try await expectAsFresh()
    }

    @Test("Of two instruments in one folder, the file is that of the one whose areas it knows")
    func twoInstruments() async throws {
        var sample = SampleImage()
        for (number, area, instrument) in [(1, 5, "3429"), (2, 5, "3429"), (3, 2, "3632"), (4, 2, "3632")] {
            sample.uniqueID = "id-\(number)"
            sample.instrument = instrument
            try folder.write("flat/FoilHole_\(number)_Data_\(area)_3_20250108_154915.xml", sample.xml)
        }
        try folder.write("flat/EpuSession.dm", SessionFileXML().xml)
        for _ in 1...2 {
            let found = try await run("flat")
            #expect(found.flatMap(\.notices).isEmpty)
            #expect(
                try rows("SELECT name || ' ' || instrument_id || ' ' || ifnull(epu_name, '-') FROM session ORDER BY 1")
                    == ["flat-3429 3429 -", "grid1 3632 grid1"])
        }
    }

    @Test(
        "EpuSession.dm in Metadata or on a disc is the session's, which is one row of the table",
        arguments: ["Metadata", "Images-Disc1"])
    func elsewhere(place: String) async throws {
        try folder.write("session/\(place)/EpuSession.dm", SessionFileXML().xml)
        try folder.write("session/Metadata/GridSquare_7.dm", "<GridSquareXml/>")
        // Given itself, above it, or as that part.
        for start in ["session", "", "session/\(place)"] {
            let found = try await ingest([start.isEmpty ? folder.path : folder[start]], into: database)
            #expect(found.compactMap(\.session) == ["grid1"])
            #expect(found.first { $0.session != nil }?.root == folder["session"])
            #expect(try rows(summary) == [joined])
            #expect(try rows(status) == ["ok"])
        }
        #expect(try rows("SELECT path FROM session_root WHERE session_id > 0") == [folder["session"]])
    }

    @Test("A tree of metadata alone, with EpuSession.dm in Metadata, is found below the folder that was given")
    func metadataTree() async throws {
        try folder.write("tree/grid1/Metadata/EpuSession.dm", SessionFileXML().xml)
        let found = try await run("tree")
        #expect(found.filter { $0.session != nil }.map(\.root) == [folder["tree/grid1"]])
        try await run()
        #expect(try rows(summary) == ["grid1 grid1 X:\\Sample1\\Atlas.dm 1 1 1 3"])
    }

    @Test("Of several the one at the top counts, then that in Metadata; the others are in the ledger")
    func several() async throws {
        try folder.write("session/Images-Disc1/EpuSession.dm", SessionFileXML(atlas: "disc").xml)
        try folder.write("session/Metadata/EpuSession.dm", SessionFileXML(atlas: "metadata").xml)
        try await run()
        #expect(try rows("SELECT atlas_id FROM session") == ["metadata"])
        try folder.write("session/EpuSession.dm", SessionFileXML(atlas: "top").xml)
        for _ in 1...2 {
            try await run()
            #expect(try rows("SELECT atlas_id FROM session") == ["top"])
        }
        try await ingest([folder["session"]], into: folder["fresh.db"])
        #expect(try text(status, in: folder["fresh.db"]) == ["ok", "unknown", "unknown"])
        #expect(try text("SELECT atlas_id FROM session", in: folder["fresh.db"]) == ["top"])
    }

    @Test(
        "A session without EpuSession.dm is called as its folder, or the one above where that says only what is in it",
        arguments: [
            ("/a/grid1/EPU_Out", "grid1"), ("/a/grid1/data", "grid1"), ("/a/grid1/Data/raw", "grid1"),
            ("/a/grid1/raw/Images-Disc1/GridSquare_7/Data", "grid1"), ("/a/grid1/GridSquare_7/Data", "grid1"),
            ("/a/grid1", "grid1"), ("/a/database", "database"), ("/data/raw", "raw"), ("/", "session"),
        ])
    func names(path: String, name: String) { #expect(SessionFolder.sessionName(of: path) == name) }
}
