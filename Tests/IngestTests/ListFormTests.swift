import Foundation
import TestSupport
import Testing

@testable import epu_ingest

@Suite("What EpuSession.dm holds in lists or in arrays, by the version, is stored alike")
struct ListFormTests {
    @Test(
        "Defoci of each area, and the fractions of the preset",
        arguments: [("1.2", 39), ("1.10", 39), ("2.3", 39), ("3.9", 50)])
    func stored(version: String, fractions: Int) async throws {
        let folder = try TemporaryFolder()
        try folder.simulate("s", ["--exposures", "30", "--epu-version", version])
        try await ingest([folder["s"]], into: folder["a.db"])
        let areas = try text("SELECT defocus_um FROM template_area", in: folder["a.db"])
        #expect(areas.count == 3)
        for area in areas {
            let defoci = try JSONDecoder().decode([Double].self, from: Data((area ?? "").utf8))
            #expect(defoci.map { ($0 * 1000).rounded() / 1000 } == [-2.4, -2.1, -1.8, -1.5, -1.2, -0.9])
        }
        #expect(
            try count("SELECT fractions FROM preset WHERE preset = 'Acquisition'", in: folder["a.db"]) == fractions)
        #expect(try count("SELECT count(fractions) FROM preset", in: folder["a.db"]) == 1)
    }
}
