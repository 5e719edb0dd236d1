import EPUArchive
import TestSupport
import Testing

/// Two sessions in which the same shots lie under names of their own, until somebody says that they are one.
@Suite("epu-ingest join of sessions that share shots")
struct JoinedShotsTests {
    private let arranging: Arranging
    private var folder: TemporaryFolder { arranging.folder }
    private var database: String { arranging.database }

    init() throws { arranging = try Arranging() }

    private func write(_ session: String, hole: Int, shot: Int, jpg: Bool = true) throws {
        var sample = SampleImage()
        sample.uniqueID = "id-\(shot)"
        sample.acquired = "2025-01-08T15:49:\(10 + shot)+00:00"
        let path = "\(session)/Images-Disc1/GridSquare_7/Data/FoilHole_\(hole)_Data_2_3_20250108_1549\(10 + hole)"
        try folder.write(path + ".xml", sample.xml)
        if jpg { try folder.write(path + ".jpg", "") }
    }

    /// Shots 1 to 4 in a, 11 to 14 in b.
    private func makeTwo() async throws {
        for number in 1...4 {
            try write("a", hole: 20 + number, shot: number, jpg: number != 2)
            try write("b", hole: 10 + number, shot: 10 + number)
        }
        try await ingest([folder["a"]], into: database)
        try await ingest([folder["b"]], into: database)
        #expect(try arranging.numbers() == ["a": 4, "b": 4])
    }

    private func statuses() throws -> [String] {
        try text(
            """
            SELECT substr(r.path, -1) || ' ' || substr(f.stem, 10, 2) || ' ' || kind || ' ' || status FROM source_file f
            JOIN session_root r USING (session_root_id) WHERE status <> 'ok' ORDER BY 1
            """, in: database
        ).map { $0 ?? "" }
    }

    @Test("A shot that has another name in each is one exposure, under the first of the names, also later")
    func otherNames() async throws {
        try await makeTwo()
        try write("b", hole: 15, shot: 1)
        try await ingest([folder["b"]], into: database)
        #expect(try arranging.numbers() == ["a": 4, "b": 5])
        try arranging.epuIngest("join a b")
        for _ in 1...2 {
            #expect(try arranging.numbers() == ["a": 8])
            #expect(try text("SELECT count(*) FROM exposure WHERE foil_hole IN (15, 21)", in: database) == ["1"])
            #expect(
                try text("SELECT name FROM exposure WHERE unique_id = 'id-1'", in: database)[0]?.contains("_15_")
                    == true)
            #expect(try text("SELECT count(*) FROM foil_hole WHERE foil_hole = 21", in: database) == ["0"])
            #expect(
                try statuses() == [
                    "a 21 exposure twin", "a 21 exposure-image twin", "a 22 exposure missing image",
                ])
            try await ingest([folder["a"], folder["b"]], into: database)
        }
    }

    @Test("An exposure whose JPG only the other session has gets it")
    func imageOfTheOther() async throws {
        try await makeTwo()
        try write("b", hole: 22, shot: 2)
        try await ingest([folder["b"]], into: database)
        #expect(try statuses() == ["a 22 exposure missing image"])
        try arranging.epuIngest("join a b")
        for _ in 1...2 {
            #expect(try arranging.numbers() == ["a": 8])
            #expect(
                try text("SELECT image_path FROM exposures WHERE foil_hole = 22", in: database)[0]?.contains("/b/")
                    == true)
            #expect(try statuses() == ["b 22 exposure twin"])
            try await ingest([folder["a"], folder["b"]], into: database)
        }
    }
}
