import EPUArchive
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_ingest

@Suite("One shot under several names is one exposure")
struct SameShotTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var database: String { folder["archive.db"] }

    private func path(hole: Int, square: Int = 7) -> String {
        "session/Images-Disc1/GridSquare_\(square)/Data/FoilHole_\(hole)_Data_2_3_20250108_154915"
    }

    private func write(hole: Int, square: Int = 7, acquired: String? = nil, uniqueID: String? = nil) throws {
        var sample = SampleImage()
        if let acquired { sample.acquired = acquired }
        if let uniqueID { sample.uniqueID = uniqueID }
        try folder.write(path(hole: hole, square: square) + ".xml", sample.xml)
        try folder.write(path(hole: hole, square: square) + ".jpg", "")
    }

    private func exposures() throws -> [String] {
        try text("SELECT foil_hole || ' in ' || grid_square FROM exposures ORDER BY 1", in: database).map { $0 ?? "" }
    }

    private func expectFirst() throws {
        #expect(try exposures() == ["4 in 7"])
        let ledger = "SELECT path || ' ' || status FROM source_file WHERE kind LIKE 'exposure%' ORDER BY path"
        let names = ["4", "5", "6"].flatMap { hole in
            [".jpg", ".xml"].map { "\(path(hole: Int(hole) ?? 0).dropFirst(8))\($0) \(hole == "4" ? "ok" : "twin")" }
        }
        #expect(try text(ledger, in: database) == names)
        #expect(try text("SELECT foil_hole FROM foil_hole", in: database) == ["4"])
        #expect(try text("SELECT image_path FROM exposures", in: database) == [folder[path(hole: 4) + ".jpg"]])
    }

    @Test(
        "The first name is kept, whatever the order of ingest and the number of readers",
        arguments: [
            [4, 5, 6], [6, 5, 4], [5, 4, 6], [6, 4, 5],
        ])
    func order(holes: [Int]) async throws {
        for hole in holes {
            try write(hole: hole)
            try await ingest([folder["session"]], into: database, jobs: hole, batchSize: hole % 2 + 1)
        }
        try expectFirst()
        let before = try dump(database)
        try await ingest([folder["session"]], into: database)
        #expect(try dump(database) == before)
        try await ingest([folder["session"]], into: folder["fresh.db"], jobs: 3)
        #expect(try content(folder["fresh.db"]) == content(database))
    }

    @Test("In the folders of two squares the first path is kept", arguments: [[7, 8], [8, 7]])
    func squares(order: [Int]) async throws {
        for square in order {
            try write(hole: 4, square: square)
            try await ingest([folder["session"]], into: database)
        }
        for _ in 1...2 {
            #expect(try exposures() == ["4 in 7"])
            try await ingest([folder["session"]], into: database)
        }
    }

    @Test("Where the name that was kept is deleted, the next takes its place, with its JPG", arguments: [1, 100])
    func keptIsDeleted(batchSize: Int) async throws {
        for hole in 4...6 { try write(hole: hole, square: hole) }
        try await ingest([folder["session"]], into: database, batchSize: batchSize)
        #expect(try exposures() == ["4 in 4"])
        for (hole, next) in [(4, 5), (5, 6)] {
            try FileManager.default.removeItem(atPath: folder["session/Images-Disc1/GridSquare_\(hole)"])
            // The first finds that it is gone, the second reads its twins again.
            for _ in 1...2 { try await ingest([folder["session"]], into: database, batchSize: batchSize) }
            #expect(try text("SELECT exposure_id FROM exposure", in: database) == ["1"])
            #expect(try exposures() == ["\(next) in \(next)"])
            #expect(
                try text("SELECT image_path FROM exposures", in: database)
                    == [folder[path(hole: next, square: next) + ".jpg"]])
        }
        try await ingest([folder["session"]], into: folder["fresh.db"])
        #expect(try content(database) == content(folder["fresh.db"]))
    }

    @Test("What is asked of twins for each file is found by an index")
    func plans() throws {
        let archive = try Archive(database, access: .create)
        let queries = [
            """
            SELECT 1 FROM source_file f JOIN session_root r USING (session_root_id)
            WHERE r.session_id = 1 AND f.stem = 'a' AND f.kind = 'exposure' AND f.status = 'twin'
            """: "source_file_twin_by_stem",
            "UPDATE source_file SET problem = 'a' WHERE status = 'twin' AND problem = 'b'":
                "source_file_twin_by_problem",
        ]
        for (query, index) in queries {
            let plan = try archive.read { db in
                try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + query).map { $0["detail"] as String }
            }
            #expect(plan.contains { $0.contains(index) }, "\(plan)")
        }
    }

    @Test("Another time, or another uniqueID, is another shot")
    func others() async throws {
        try write(hole: 4)
        try write(hole: 5, acquired: "2025-01-08T15:49:19.1158288+00:00")
        try write(hole: 6, uniqueID: "another")
        try await ingest([folder["session"]], into: database)
        #expect(try count("SELECT count(*) FROM exposure", in: database) == 3)
    }

    @Test("A file that was renamed is the same exposure under its new name")
    func renamed() async throws {
        try write(hole: 4)
        try await ingest([folder["session"]], into: database)
        for suffix in [".xml", ".jpg"] {
            try FileManager.default.moveItem(
                atPath: folder[path(hole: 4) + suffix], toPath: folder[path(hole: 5) + suffix])
        }
        for _ in 1...2 {
            try await ingest([folder["session"]], into: database)
            #expect(try text("SELECT exposure_id || ' ' || foil_hole FROM exposure", in: database) == ["1 5"])
            #expect(try text("SELECT image_path FROM exposures", in: database) == [folder[path(hole: 5) + ".jpg"]])
        }
    }

    @Test("An archive that has it twice is mended by the next ingest, and the later of two reviews stays")
    func olderArchive() async throws {
        for hole in 4...6 { try write(hole: hole, uniqueID: "id-\(hole)") }
        try await ingest([folder["session"]], into: database)
        #expect(try count("SELECT count(*) FROM exposure", in: database) == 3)
        try Archive(database, access: .write).write { db in
            try db.execute(
                sql: """
                    UPDATE exposure SET unique_id = '\(SampleImage().uniqueID)';
                    INSERT INTO review SELECT exposure_id, 'keep', 'first', '2025-01-10' FROM exposure WHERE foil_hole = 4;
                    INSERT INTO review SELECT exposure_id, 'bad', 'ice', '2025-01-11' FROM exposure WHERE foil_hole = 6;
                    """)
        }
        for hole in 4...6 { try write(hole: hole) }
        try await ingest([folder["session"]], into: database)
        try expectFirst()
        #expect(try text("SELECT verdict || ' ' || reason FROM review", in: database) == ["bad ice"])
    }
}
