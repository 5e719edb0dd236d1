import EPUShared
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
