import EPUArchive
import Foundation
import GRDB
import TestSupport
import Testing

@Suite("What is away for a while is not gone")
struct AbsenceTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var database: String { folder["a.db"] }

    private func add(_ number: Int, to session: String = "s", jpg: String? = nil) throws {
        var sample = SampleImage()
        sample.uniqueID = "id-\(number)"
        let name = "FoilHole_\(number)_Data_2_3_20250108_154915"
        let base = "Images-Disc1/GridSquare_7/Data/\(name)"
        try folder.write("\(session)/\(base).xml", sample.xml)
        try folder.write("\(jpg ?? session)/\(base).jpg", "")
    }

    private func ingest(_ folders: String...) throws {
        let run = try ToolRun.run("epu-ingest", ["--db", database] + folders.map { folder[$0] })
        #expect(run.status == 0, "\(run.errors)")
    }

    private func count(_ sql: String) throws -> Int {
        try Archive(database, access: .read).read { try Int.fetchOne($0, sql: sql) ?? -1 }
    }

    private let withImage = "SELECT count(*) FROM exposure WHERE image_file_id IS NOT NULL"

    @Test("An empty mount point beside another session changes nothing")
    func emptyMountPoint() throws {
        for number in 1...3 { try add(number) }
        try add(9, to: "other")
        try ingest("s", "other")
        let files = try count("SELECT count(*) FROM source_file")
        try FileManager.default.moveItem(atPath: folder["s"], toPath: folder["away"])
        try FileManager.default.createDirectory(atPath: folder["s"], withIntermediateDirectories: true)
        try ingest("s", "other")
        #expect(try count("SELECT count(*) FROM source_file") == files)
        #expect(try count(withImage) == 4)
    }

    @Test("The JPGs' disk may be away while the metadata is read again")
    func imagesAway() throws {
        for number in 1...3 { try add(number, jpg: "pictures") }
        try ingest("s", "pictures")
        #expect(try count(withImage) == 3)
        try FileManager.default.moveItem(atPath: folder["pictures"], toPath: folder["away"])
        try ingest("s")
        try FileManager.default.moveItem(atPath: folder["away"], toPath: folder["pictures"])
        try ingest("s")
        #expect(try count(withImage) == 3)
    }

    @Test("A copy of a hole's JPG that comes and goes leaves the first one in its place")
    func copiedHoleImage() throws {
        try add(1)
        try folder.write("s/Images-Disc1/GridSquare_7/FoilHoles/FoilHole_1_20250108_154725.jpg", "")
        try folder.write("s/Images-Disc1/GridSquare_7/FoilHoles/FoilHole_1_20250108_154725.xml", SampleImage().xml)
        try ingest("s")
        try folder.write("s/copies/FoilHole_1_20250108_154725.jpg", "")
        try ingest("s")
        #expect(try count("SELECT count(*) FROM source_file WHERE status = 'twin'") == 1)
        try FileManager.default.removeItem(atPath: folder["s/copies"])
        try ingest("s")
        #expect(try count("SELECT count(*) FROM hole_image WHERE image_file_id IS NOT NULL") == 1)

        try folder.write("s/copies/FoilHole_1_20250108_154725.jpg", "")
        try ingest("s")
        try FileManager.default.removeItem(
            atPath: folder["s/Images-Disc1/GridSquare_7/FoilHoles/FoilHole_1_20250108_154725.jpg"])
        try ingest("s")
        try ingest("s")
        #expect(try count("SELECT count(*) FROM hole_image WHERE image_file_id IS NOT NULL") == 1)
    }

    @Test("A session inside a known folder of loose exposures is a session of its own")
    func sessionInKnownFolder() throws {
        var sample = SampleImage()
        sample.uniqueID = "loose"
        try folder.write("data/FoilHole_100_Data_2_3_20250108_154915.xml", sample.xml)
        try ingest("data")
        try add(1, to: "data/session")
        try ingest("data/session/Images-Disc1")
        #expect(try count("SELECT count(*) FROM session") == 2)
        #expect(
            try count("SELECT count(*) FROM exposure JOIN session USING (session_id) WHERE session.name = 'session'")
                == 1)
        try ingest("data")
        #expect(try count("SELECT count(*) FROM exposure") == 2)
    }
}
