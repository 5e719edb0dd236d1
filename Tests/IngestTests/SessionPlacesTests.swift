import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_ingest
@testable import epu_simulate

@Suite("Where a session's files are, and where they went")
struct SessionPlacesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var database: String { folder["archive.db"] }

    private func sessions() throws -> Int { try count("SELECT count(*) FROM session", in: database) }
    private func exposures() throws -> Int { try count("SELECT count(*) FROM exposure", in: database) }

    private func simulate(_ name: String, seed: UInt64 = 1, _ version: EPUVersion = .epu39) throws {
        var options = SimulationOptions()
        options.seed = seed
        options.exposures = 100
        options.clusterRadius = 4
        options.images = false
        options.epuVersion = version
        try Simulation(options).write(to: folder[name])
    }

    private func move(_ from: String, to: String) throws {
        let parent = (folder[to] as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: folder[from], toPath: folder[to])
    }

    private func copy(_ from: String, to: String) throws {
        try FileManager.default.copyItem(atPath: folder[from], toPath: folder[to])
    }

    private func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: folder[path]) }

    /// Every file that the archive points to is there.
    private func expectNoDeadPaths() throws {
        for column in ["metadata_path", "image_path"] {
            let paths = try text("SELECT \(column) FROM exposures WHERE \(column) IS NOT NULL", in: database)
            let dead = paths.compactMap { $0 }.filter { !FileManager.default.fileExists(atPath: $0) }
            #expect(dead.isEmpty)
        }
    }

    @Test("A session with EpuSession.dm that was moved is the same, and its root is the new folder")
    func movedWithMetadata() async throws {
        try simulate("old")
        try await ingest([folder["old"]], into: database)
        let before = try text("SELECT exposure_id || ' ' || name FROM exposure ORDER BY 1", in: database)
        try move("old", to: "elsewhere/new")
        try await ingest([folder["elsewhere"]], into: database)
        #expect(try sessions() == 1)
        #expect(try text("SELECT exposure_id || ' ' || name FROM exposure ORDER BY 1", in: database) == before)
        #expect(try text("SELECT root FROM sessions", in: database) == [folder["elsewhere/new"]])
        #expect(try count("SELECT count(*) FROM session_root WHERE session_id IS NOT NULL", in: database) == 1)
        try expectNoDeadPaths()
    }

    @Test("A folder whose part was read first has the part's files once, and the part's exposures keep their ids")
    func partFirst() async throws {
        func write(_ place: String, _ number: Int) throws {
            var sample = SampleImage()
            sample.uniqueID = "id-\(number)"
            sample.acquired = "2025-01-08T15:49:1\(number)+00:00"
            try folder.write("\(place)/FoilHole_\(number)_Data_2_3_20250108_15491\(number).xml", sample.xml)
        }
        for number in 1...3 { try write("flat/part", number) }
        try await ingest([folder["flat/part"]], into: database)
        let before = try text("SELECT exposure_id || name FROM exposure ORDER BY 1", in: database)
        try write("flat", 4)
        let found = try await ingest([folder["flat"]], into: database)
        #expect(found.map(\.new) == [1] && found.map(\.unchanged) == [3])
        #expect(try sessions() == 1)
        #expect(try text("SELECT path FROM session_root", in: database) == [folder["flat"]])
        #expect(try count("SELECT count(*) FROM source_file", in: database) == 4)
        #expect(try text("SELECT exposure_id || name FROM exposure ORDER BY 1 LIMIT 3", in: database) == before)
        try expectNoDeadPaths()
    }

    @Test("Where one exposure did not move along, the root is that of the others")
    func movedButOne() async throws {
        for number in 1...3 { try folder.addExposure(number, to: "old") }
        try await ingest([folder["old"]], into: database)
        try move("old", to: "new")
        try remove("new/Images-Disc1/GridSquare_7/Data/FoilHole_2_Data_2_3_20250108_154915.xml")
        try await ingest([folder["new"]], into: database)
        #expect(try exposures() == 3)
        #expect(try text("SELECT root FROM sessions", in: database) == [folder["new"]])
    }

    @Test("A copy takes over when the original is deleted", arguments: [false, true])
    func offloaded(hasMetadata: Bool) async throws {
        if hasMetadata {
            try simulate("microscope")
        } else {
            for number in 1...3 { try folder.addExposure(number, to: "microscope") }
            try folder.write("microscope/Images-Disc1/GridSquare_7/FoilHoles/FoilHole_1_20250108_154725.jpg", "")
            try folder.write(
                "microscope/Images-Disc1/GridSquare_7/FoilHoles/FoilHole_1_20250108_154725.xml", SampleImage().xml)
        }
        try await ingest([folder["microscope"]], into: database)
        let number = try exposures()
        try copy("microscope", to: "storage")
        try await ingest([folder["storage"]], into: database)
        #expect(try exposures() == number)
        try remove("microscope")
        try await ingest([folder["storage"]], into: database)
        #expect(try exposures() == number)
        #expect(try sessions() == 1)
        #expect(try text("SELECT root FROM sessions", in: database) == [folder["storage"]])
        let images = try text(
            """
            SELECT r.path || '/' || f.path FROM hole_image h
            JOIN source_file f ON f.source_file_id IN (h.metadata_file_id, h.image_file_id)
            JOIN session_root r USING (session_root_id)
            """, in: database)
        #expect(!images.isEmpty && images.compactMap { $0 }.allSatisfy(FileManager.default.fileExists))
        let twins = "SELECT count(*) FROM source_file WHERE status = 'twin' AND kind <> 'exposure-twin'"
        #expect(try count(twins, in: database) == 0)
        try expectNoDeadPaths()
        let settled = try dump(database)
        try await ingest([folder["storage"]], into: database)
        #expect(try dump(database) == settled)
    }

    @Test("A copy takes over file by file as the original is emptied")
    func emptied() async throws {
        let files = try (1...3).map { try folder.addExposure($0, to: "microscope") }
        try await ingest([folder["microscope"]], into: database)
        try copy("microscope", to: "storage")
        try await ingest([folder["storage"]], into: database)
        for suffix in [".xml", ".jpg"] { try remove(files[1] + suffix) }
        // The one tells that files are gone, the other that it has them.
        for _ in 1...2 { try await ingest([folder["microscope"], folder["storage"]], into: database) }
        #expect(try exposures() == 3)
        #expect(try count("SELECT count(*) FROM exposure WHERE image_file_id IS NOT NULL", in: database) == 3)
        try expectNoDeadPaths()
    }

    @Test("Metadata in one tree and exposures in another are one session", arguments: [true, false])
    func separateMetadata(metadataFirst: Bool) async throws {
        try simulate("metadata")
        try simulate("metadata2", seed: 2)
        try move("metadata/Images-Disc1", to: "images/grid1/Images-Disc1")
        try move("metadata2/Images-Disc1", to: "images/grid2/Images-Disc1")
        let trees = [["metadata", "metadata2"], ["images"]]
        for tree in metadataFirst ? trees : trees.reversed() {
            try await ingest(tree.map { folder[$0] }, into: database)
        }
        #expect(try sessions() == 2)
        #expect(try exposures() == 200)
        #expect(
            try text("SELECT root FROM sessions ORDER BY 1", in: database)
                == [folder["images/grid1"], folder["images/grid2"]])
        #expect(try count("SELECT count(*) FROM session WHERE epu_name IS NOT NULL", in: database) == 2)
        #expect(
            try count(
                """
                SELECT count(*) FROM exposure e JOIN foil_hole USING (session_id, foil_hole)
                JOIN template_area USING (session_id, area) WHERE shift_x_px IS NOT NULL
                """, in: database) == 200)
    }

    @Test(
        "A folder of movies and JPGs belongs to the session whose exposures have their names", arguments: [true, false])
    func separateImages(together: Bool) async throws {
        for number in 1...3 { try folder.addExposure(number, jpg: false) }
        for number in 1...4 {
            let name = "FoilHole_\(number)_Data_2_3_20250108_154915"
            try folder.write("movies/\(name)_fractions.tiff", "")
            try folder.write("movies/jpg/\(name).jpg", "")
        }
        try folder.write("movies/holes/FoilHole_1_20250108_154725.jpg", "")
        if together {
            try await ingest([folder["movies"], folder["session"]], into: database)
        } else {
            try await ingest([folder["session"]], into: database)
            try await ingest([folder["movies"]], into: database)
        }
        #expect(try sessions() == 1)
        #expect(try text("SELECT root FROM sessions", in: database) == [folder["session"]])
        #expect(try count("SELECT count(*) FROM exposures WHERE image_path IS NOT NULL", in: database) == 3)
        #expect(try count("SELECT count(*) FROM source_file WHERE status = 'orphan image'", in: database) == 1)
        #expect(try count("SELECT count(*) FROM source_file WHERE status = 'missing image'", in: database) == 0)
        #expect(try count("SELECT count(*) FROM hole_image WHERE image_file_id IS NOT NULL", in: database) == 1)
    }

    @Test("JPGs that came before their session are its own when it comes")
    func imagesOfLaterSession() async throws {
        try folder.addExposure(1, to: "first")
        try folder.write("movies/FoilHole_2_Data_2_3_20250108_154915.jpg", "")
        try folder.write("movies/FoilHole_2_20250108_154725.jpg", "")
        try await ingest([folder["first"], folder["movies"]], into: database)
        #expect(try count("SELECT count(*) FROM session_root WHERE session_id IS NULL", in: database) == 1)
        try folder.addExposure(2, to: "second", jpg: false)
        try await ingest([folder["second"]], into: database)
        try await ingest([folder["movies"]], into: database)
        #expect(
            try text("SELECT image_path FROM exposures WHERE foil_hole = 2", in: database)
                == [folder["movies/FoilHole_2_Data_2_3_20250108_154915.jpg"]])
        #expect(try count("SELECT count(*) FROM hole_image WHERE image_file_id IS NOT NULL", in: database) == 1)
        #expect(try count("SELECT count(*) FROM session_root WHERE session_id IS NULL", in: database) == 0)
    }

    @Test("Movies alone are taken where the archive has their exposures, and refused where it has not")
    func moviesAlone() throws {
        try folder.addExposure(1)
        try folder.write("movies/FoilHole_1_Data_2_3_20250108_154915_fractions.tiff", "")
        try folder.write("others/FoilHole_8_Data_2_3_20250108_154915_fractions.tiff", "")
        func run(_ name: String) throws -> ToolRun {
            try ToolRun.run("epu-ingest", ["--db", folder["archive.db"], folder[name]])
        }
        #expect(try run("movies").errors.contains("No EPU exposure"))
        #expect(!folder.names().contains("archive.db"))
        #expect(try run("session").status == 0)
        #expect(try run("movies").status == 0)
        let refused = try run("others")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("No EPU exposure"))
        #expect(try count("SELECT count(*) FROM session_root", in: database) == 2)
        #expect(try run("movies").status == 0)
    }

    @Test("A known session's folder that is empty, as one whose disk is not there, is refused and nothing is forgotten")
    func emptyFolder() throws {
        try folder.addExposure(1)
        func run() throws -> ToolRun {
            try ToolRun.run("epu-ingest", ["--db", folder["archive.db"], folder["session"]])
        }
        #expect(try run().status == 0)
        let before = try dump(database)
        try remove("session")
        try FileManager.default.createDirectory(atPath: folder["session"], withIntermediateDirectories: true)
        #expect(try run().errors.contains("No EPU exposure"))
        #expect(try dump(database) == before)
    }

    @Test("Links to a file, hard and symbolic, are twins of it")
    func linkedFiles() async throws {
        let base = try folder.addExposure(1)
        let data = "session/Images-Disc1/GridSquare_7/Data/"
        try FileManager.default.createDirectory(
            atPath: folder["session/Images-Disc1/links"], withIntermediateDirectories: true)
        let name = base.dropFirst(data.count)
        try FileManager.default.createSymbolicLink(
            atPath: folder["session/Images-Disc1/links/\(name).xml"], withDestinationPath: folder[base + ".xml"])
        try FileManager.default.linkItem(
            atPath: folder[base + ".xml"], toPath: folder["session/Images-Disc1/\(name).xml"])
        for _ in 1...2 { try await ingest([folder["session"]], into: database) }
        #expect(try exposures() == 1)
        #expect(try count("SELECT count(*) FROM source_file WHERE status = 'twin'", in: database) == 2)
        // The one in the square's folder counts. When it is gone, and the link that led to it, the other takes its place.
        #expect(try text("SELECT metadata_path FROM exposures", in: database) == [folder[base + ".xml"]])
        try remove(base + ".xml")
        try remove("session/Images-Disc1/links/\(name).xml")
        for _ in 1...2 { try await ingest([folder["session"]], into: database) }
        #expect(try exposures() == 1)
        try expectNoDeadPaths()
    }

    @Test("Discs that are given one by one are one session, as is the whole that is given last")
    func discs() async throws {
        try simulate("session")
        try folder.addExposure(1, disc: 2, instrument: "\(EPUVersion.epu39.instrument.instrumentID)")
        for part in ["session/Images-Disc2", "session/Images-Disc1", "session"] {
            try await ingest([folder[part]], into: database)
        }
        #expect(try sessions() == 1)
        #expect(try exposures() == 101)
        #expect(try count("SELECT count(*) FROM session_root", in: database) == 1)
        #expect(try count("SELECT count(*) FROM session WHERE epu_name IS NOT NULL", in: database) == 1)
    }

    @Test("EPU 1.2 names files without seconds: every exposure is there, once")
    func namesWithoutSeconds() async throws {
        try simulate("session", .epu12)
        for _ in 1...2 { try await ingest([folder["session"]], into: database) }
        #expect(try exposures() == 100)
        #expect(try count("SELECT count(*) FROM exposure WHERE utc_offset_minutes IS NULL", in: database) == 0)
        try move("session", to: "moved")
        try await ingest([folder["moved"]], into: database)
        #expect(try exposures() == 100)
        #expect(try sessions() == 1)
    }
}
