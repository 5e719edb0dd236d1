import EPUCore
import Foundation
import Testing

@Suite("An exposure's name in bytes")
struct ExposureKeyTests {
    private static let base = "FoilHole_5180641_Data_5180485_3_20250108_154915"

    @Test(
        "It is found in the names that other programs make of it, as ExposureName finds it",
        arguments: [
            "NAME", "NAME.xml", "MotionCorr/job002/Movies/NAME_Fractions.mrc", "000001@Extract/job007/Movies/NAME.mrcs",
            "004912345678_NAME_fractions_patch_aligned_doseweighted.mrc",
            "/a/FoilHole_1_Data_2_3_20200101_1200/NAME.mrc",
            "FoilHole_FoilHole_9_NAME_EER.eer", "grid2-NAME", "foilhole", "FOILHOLE",
        ])
    func found(form: String) {
        let name =
            switch form {
            case "foilhole": Self.base.lowercased()
            case "FOILHOLE": Self.base.uppercased() + ".MRC"
            default: form.replacing("NAME", with: Self.base)
            }
        #expect(ExposureKey(Self.base) != nil)
        #expect(ExposureKey(name) == ExposureKey(Self.base))
        let found = ExposureName.find(inAnyCase: (name as NSString).lastPathComponent)
        #expect(found?.name.base == Self.base)
    }

    @Test("Every number of the name counts, and whether the time has seconds")
    func different() {
        let names = [
            Self.base, "FoilHole_5180642_Data_5180485_3_20250108_154915",
            "FoilHole_5180641_Data_5180486_3_20250108_154915",
            "FoilHole_5180641_Data_5180485_4_20250108_154915", "FoilHole_5180641_Data_5180485_3_20250109_154915",
            "FoilHole_5180641_Data_5180485_3_20250108_154916", "FoilHole_5180641_Data_5180485_3_20250108_1549",
            "FoilHole_5180641_Data_5180485_3_20250108_001549",
        ]
        #expect(Set(names.compactMap { ExposureKey($0) }).count == names.count)
    }

    @Test(
        "What is no exposure has none",
        arguments: [
            "", "/", "FoilHole_", "FoilHole_1_Data_2_3_2025010_154915", "FoilHole_1_Data_2_3_20250108_15491",
            "FoilHole_1_20250108_154915", "FoilHole_1234567890123456789_Data_2_3_20250108_154915",
            "FoilHole\u{7F}1_Data_2_3_20250108_154915", "FoilHole_1_Data_2_3_20250108_154915/particle.mrcs",
            "FoilHole_1_Data_2_3_20250108_", "F", "GridSquare_20250108_154915",
        ])
    func none(name: String) {
        #expect(ExposureKey(name) == nil)
    }
}
