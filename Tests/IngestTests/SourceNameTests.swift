import EPUCore
import Testing

@testable import epu_ingest

@Suite("Files are told by their names")
struct SourceNameTests {
    @Test(arguments: [
        ("FoilHole_1_Data_2_3_20250108_154915.xml", SourceKind.exposure),
        ("FoilHole_1_Data_2_3_20190513_1722.xml", .exposure),
        ("FoilHole_1_Data_2_3_20250108_154915.XML", .exposure),
        ("FoilHole_1_Data_2_3_20250108_154915.jpg", .exposureImage),
        ("FoilHole_1_Data_2_3_20250108_154915_Fractions.xml", .exposureTwin),
        ("FoilHole_1_Data_2_3_20250108_154915_fractions.tiff", .movie),
        ("FoilHole_1_Data_2_3_20250108_154915_EER.eer", .movie),
        ("FoilHole_1_Data_2_3_20250108_154915.mrc", .movie),
        ("FoilHole_1_Data_2_3_20250108_154915-0000.mrc", .movie),
        ("FoilHole_1_Data_2_3_20250108_154915_Fractions.mrc.bz2", .movie),
        ("FoilHole_1_Data_2_3_20250108_154915_EER.eer.zst", .movie),
        ("FoilHole_1_Data_2_3_20250108_154915_gain.tiff.gz", .other),
        ("FoilHole_1_Data_2_3_20250108_154915-gain-ref.MRC", .other),
        ("FoilHole_1_Data_2_3_20250108_154915_gain.tiff", .other),
        ("FoilHole_1_Data_2_3_20250108.xml", .other),
        ("FoilHole_1_Data_2_3_20250108_15491.xml", .other),
        ("._FoilHole_1_Data_2_3_20250108_154915.xml", .other),
        (".FoilHole_1_Data_2_3_20250108_154915.xml", .other),
        ("A2g4_FoilHole_1_Data_2_3_20250108_154915.xml", .exposure),
        ("GridSquare_7_FoilHole_1_Data_2_3_20250108_154915.jpg", .exposureImage),
        ("Images-Disc1_GridSquare_7_Data_FoilHole_1_Data_2_3_20250108_154915_Fractions.mrc", .movie),
        ("FoilHole_FoilHole_1_Data_2_3_20250108_154915.xml", .exposure),
        ("FoilHole_1_Data_2_3_20250108_154915.xml.gz", .exposure),
        ("FoilHole_1_Data_2_3_20250108_154915_Fractions.xml.gz", .exposureTwin),
        ("FoilHole_1_Data_2_3_20250108_154915.jpg.gz", .other),
        ("A_FoilHole_1_20250108_154915.xml", .hole),
        ("GridSquare_7_GridSquare_20250108_151151.jpg", .gridSquareImage),
        ("Metadata_GridSquare_8999138.dm", .holeMap),
        ("GridSquare_8999138.dm.bak", .other),
        ("FoilHole_1_20250108_154915.xml", .hole),
        ("FoilHole_1_20250108_154915.jpg", .holeImage),
        ("GridSquare_20250108_151151.xml", .gridSquare),
        ("GridSquare_20250108_151151.jpg", .gridSquareImage),
        ("GridSquare_8999138.dm", .holeMap),
        ("TargetLocation_5665438.dm", .foilHole),
        ("TargetLocation_.dm", .other),
        ("TargetLocation_5665438.xml", .other),
        ("EpuSession.dm", .session),
        ("notes.txt", .other),
        ("", .other),
    ])
    func kind(name: String, kind: SourceKind) { #expect(SourceName(name).kind == kind) }

    @Test("What is before a name, and the square that is written there")
    func prefix() {
        let flat = SourceName("Images-Disc1_GridSquare_7358443_Data_FoilHole_1_Data_2_3_20250108_154915.xml")
        #expect(flat.prefix == "Images-Disc1_GridSquare_7358443_Data_")
        #expect(flat.gridSquare == 7_358_443)
        #expect(flat.stem == "FoilHole_1_Data_2_3_20250108_154915")
        let own = SourceName("FoilHole_1_Data_2_3_20250108_154915.xml")
        #expect(own.prefix.isEmpty && own.gridSquare == nil)
    }

    @Test("The parts of an exposure's name")
    func parts() throws {
        let name = try #require(SourceName("FoilHole_9015883_Data_9017347_6_20250108_154915_fractions.tiff").exposure)
        #expect(name.base == "FoilHole_9015883_Data_9017347_6_20250108_154915")
        #expect(name.foilHole == 9_015_883)
        #expect(name.area == 9_017_347)
        #expect(name.thirdNumber == 6)
        #expect(SourceName("FoilHole_99999999999999999999_Data_2_3_20250108_154915.xml").exposure == nil)
    }
}
