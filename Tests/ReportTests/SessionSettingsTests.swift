import EPUArchive
import GRDB
import TestSupport
import Testing

@testable import epu_report

@Suite("The settings of a session")
struct SessionSettingsTests {
    private let folder: TemporaryFolder
    private let sample: SampleArchive

    init() throws {
        folder = try TemporaryFolder()
        sample = try SampleArchive(folder["a.db"])
        try sample.add(
            "s", (0..<3).map { SampleArchive.Exposure(hole: Int64($0), time: Double($0), name: "\($0)") }, dose: 40,
            field: (0.4, 0.3))
    }

    private func texts() throws -> [String: String] {
        let settings = try sample.archive.read { try SessionSettings(of: 1, $0) }
        return Dictionary(uniqueKeysWithValues: settings.texts.map { ($0.name, $0.text) })
    }

    @Test("One value stands alone, several have their counts, and what was not recorded is not known")
    func values() throws {
        #expect(
            try texts() == [
                "magnification": "not known", "pixel size": "1 A", "camera": "not known", "counting": "not known",
                "high tension": "not known", "dose": "40 e/A^2",
            ])
        try sample.archive.write { db in
            try db.execute(
                sql: """
                    UPDATE exposure SET magnification = 165000, camera = 'EF-CCD', high_tension_kv = 300, counting = 1;
                    UPDATE exposure SET magnification = 105000, camera_model = 'BioQuantum K3', counting = NULL, counted = 0,
                        dose_e_per_a2 = 44.44 WHERE name = '1';
                    UPDATE exposure SET high_tension_kv = NULL, dose_e_per_a2 = NULL WHERE name = '2';
                    """)
        }
        #expect(
            try texts() == [
                "magnification": "105000x (1), 165000x (2)", "pixel size": "1 A",
                "camera": "BioQuantum K3 (1), EF-CCD (2)", "counting": "no (1), yes (2)",
                "high tension": "300 kV (2), not known (1)", "dose": "42.2 e/A^2 (40 to 44.4), not known of 1",
            ])
    }

    @Test("More values than a line can hold are counted")
    func many() throws {
        try sample.add("s", (3..<7).map { SampleArchive.Exposure(hole: Int64($0), time: Double($0), name: "\($0)") })
        try sample.archive.write { try $0.execute(sql: "UPDATE exposure SET magnification = 1000 * exposure_id") }
        #expect(try texts()["magnification"] == "1000x (1), 2000x (1), 3000x (1), 4000x (1) and 3 more")
        #expect(try texts()["pixel size"] == "1 A (3), not known (4)")
    }
}
