import CZlib
import Foundation
import TestSupport
import Testing

@testable import epu_ingest

@Suite("Files that people renamed, flattened or packed")
struct RenamedFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var database: String { folder["archive.db"] }
    private let name = "FoilHole_1_Data_2_3_20250108_154915"

    private func xml(_ id: String) -> String {
        var sample = SampleImage()
        sample.uniqueID = id
        return sample.xml
    }

    private func rows(_ sql: String) throws -> [String] { try text(sql, in: database).map { $0 ?? "-" } }

    @Test("Words before EPU's name are passed over; a square among them is the exposure's")
    func prefixes() async throws {
        for (number, prefix) in ["A2g4_", "GridSquare_7358443_", "Images-Disc1_GridSquare_7358444_Data_"].enumerated() {
            let base = "flat/\(prefix)FoilHole_\(number)_Data_2_3_20250108_154915"
            try folder.write(base + ".xml", xml("id-\(number)"))
            try folder.write(base + ".jpg", "")
            try folder.write(base + "_fractions.tiff", "")
        }
        try folder.write("flat/GridSquare_7358443_FoilHoles_FoilHole_1_20250108_154725.xml", SampleImage().xml)
        try folder.write("flat/A2g4_GridSquare_20250108_151151.xml", SampleImage().xml)
        try await ingest([folder["flat"]], into: database)
        #expect(
            try rows("SELECT name || ' ' || ifnull(grid_square, '-') FROM exposures ORDER BY name") == [
                "FoilHole_0_Data_2_3_20250108_154915 -", "FoilHole_1_Data_2_3_20250108_154915 7358443",
                "FoilHole_2_Data_2_3_20250108_154915 7358444",
            ])
        #expect(try count("SELECT count(*) FROM exposures WHERE image_path IS NULL", in: database) == 0)
        #expect(try rows("SELECT name || ' ' || grid_square FROM hole_image") == ["FoilHole_1_20250108_154725 7358443"])
        #expect(try rows("SELECT name FROM grid_square_image") == ["GridSquare_20250108_151151"])
        #expect(
            try rows("SELECT DISTINCT stem FROM source_file WHERE kind = 'movie' ORDER BY 1").first
                == "FoilHole_0_Data_2_3_20250108_154915")
        #expect(try count("SELECT count(*) FROM source_file WHERE status <> 'ok'", in: database) == 0)
    }

    @Test("Files of two grids that hold one name are two exposures, each with its own JPG", arguments: [1, 2, 100])
    func twoGrids(batchSize: Int) async throws {
        for grid in ["A", "B"] {
            try folder.write("flat/\(grid)_\(name).xml", xml(grid))
            try folder.write("flat/\(grid)_\(name).jpg", "")
        }
        for _ in 1...2 { try await ingest([folder["flat"]], into: database, batchSize: batchSize) }
        #expect(
            try rows("SELECT unique_id || ' ' || metadata_path || ' ' || image_path FROM exposures ORDER BY 1")
                == ["A", "B"].map { "\($0) \(folder["flat/\($0)_\(name).xml"]) \(folder["flat/\($0)_\(name).jpg"])" })
        // The same shot under one more prefix is a twin.
        try folder.write("flat/C_\(name).xml", xml("B"))
        try await ingest([folder["flat"]], into: database)
        #expect(try count("SELECT count(*) FROM exposure", in: database) == 2)
        #expect(try rows("SELECT path FROM source_file WHERE status = 'twin'") == ["C_\(name).xml"])
    }

    @Test("Where neither has a uniqueID, times tell that they are two, and the second is a problem")
    func withoutID() async throws {
        let whole = SampleImage().xml.replacing(/<uniqueID>.*<\/uniqueID>/, with: "")
        try folder.write("flat/A_\(name).xml", whole)
        try folder.write("flat/B_\(name).xml", whole.replacing("T15:49:18", with: "T15:49:58"))
        try folder.write("flat/C_\(name).xml", whole)
        let found = try await ingest([folder["flat"]], into: database)
        #expect(found.flatMap(\.problems).map(\.path) == ["B_\(name).xml"])
        #expect(found.flatMap(\.problems).first?.problem?.contains("neither has a uniqueID") == true)
        #expect(try rows("SELECT status FROM source_file ORDER BY path") == ["missing image", "incomplete", "twin"])
    }

    @Test("A JPG with other words before its name is another's, one with none may be its own")
    func otherPreview() async throws {
        try folder.write("flat/A_\(name).xml", xml("A"))
        try folder.write("flat/B_\(name).jpg", "")
        try await ingest([folder["flat"]], into: database)
        #expect(try rows("SELECT image_path FROM exposures") == ["-"])
        try folder.write("flat/\(name).jpg", "")
        try await ingest([folder["flat"]], into: database)
        #expect(try rows("SELECT image_path FROM exposures") == [folder["flat/\(name).jpg"]])
    }

    @Test("Packed XML is read like any other")
    func packed() async throws {
        try folder.write("flat/\(name).xml.gz", Self.gzip(xml("A")))
        try folder.write("flat/\(name).jpg.gz", Self.gzip("picture"))
        try folder.write("flat/FoilHole_1_20250108_154725.xml.gz", Self.gzip(SampleImage().xml))
        try folder.write("flat/FoilHole_1_20250108_154725.jpg.gz", Self.gzip("picture"))
        try folder.write("flat/notes.txt.gz", Self.gzip("notes"))
        // Two packed parts, one behind the other.
        let text = xml("B")
        let half = text.count / 2
        try folder.write(
            "flat/FoilHole_2_Data_2_3_20250108_154915.xml.gz",
            Self.gzip(String(text.prefix(half))) + Self.gzip(String(text.dropFirst(half))))
        // Padding behind the end, like that of a tape's block.
        try folder.write(
            "flat/FoilHole_3_Data_2_3_20250108_154915.xml.gz", Self.gzip(xml("C")) + [UInt8](repeating: 0, count: 512))
        let found = try await ingest([folder["flat"]], into: database)
        #expect(try rows("SELECT unique_id FROM exposures ORDER BY 1") == ["A", "B", "C"])
        #expect(try count("SELECT count(*) FROM hole_image WHERE unique_id IS NOT NULL", in: database) == 1)
        #expect(found.flatMap(\.problems).isEmpty)
        #expect(
            IngestReport(archive: database, sessions: found).text
                .contains("2 packed files (.gz) were not read; of packed files only XML is"))
    }

    @Test("Damaged, cut and overlarge packed files cost themselves only, and are told")
    func brokenPacked() async throws {
        func path(_ number: Int) -> String { "flat/FoilHole_\(number)_Data_2_3_20250108_154915.xml.gz" }
        try folder.write(path(1), Self.gzip(xml("A")))
        try folder.write(path(2), "no gzip")
        try folder.write(path(3), Array(Self.gzip(xml("C")).dropLast(20)))
        try folder.write(path(4), Self.gzip(String(repeating: " ", count: 17 << 20)))
        var damaged = Self.gzip(xml("E"))
        damaged[damaged.count / 2] ^= 0xFF
        try folder.write(path(5), damaged)
        try folder.write(path(6), "")
        let found = try await ingest([folder["flat"]], into: database)
        #expect(try rows("SELECT unique_id FROM exposures") == ["A"])
        let problems = found.flatMap(\.problems)
        #expect(problems.map(\.status) == ["malformed", "incomplete", "unreadable", "malformed", "incomplete"])
        #expect(problems.allSatisfy { $0.problem?.isEmpty == false })
        #expect(problems[2].problem?.contains("limit 16777216 bytes") == true)
    }

    @Test("rsync's temporary names and folders are no files")
    func transfers() async throws {
        try folder.write("flat/\(name).xml", xml("A"))
        for temporary in [
            ".\(name).xml.Ab12Cd", ".\(name).jpg.zzzzzz", ".EpuSession.dm.012345", ".rsync-partial/\(name).xml",
            ".~tmp~/\(name).xml",
        ] {
            try folder.write("flat/\(temporary)", "<Microsc")
        }
        let found = try await ingest([folder["flat"]], into: database)
        #expect(try rows("SELECT path FROM source_file") == ["\(name).xml"])
        #expect(found.flatMap(\.problems).isEmpty)
    }

    private static func gzip(_ text: String) -> [UInt8] {
        var input = Array(text.utf8)
        var output = [UInt8](repeating: 0, count: input.count + 1024)
        var stream = z_stream()
        deflateInit2_(
            &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&stream) }
        let length = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                deflate(&stream, Z_FINISH)
                return Int(stream.total_out)
            }
        }
        return Array(output[..<length])
    }
}
