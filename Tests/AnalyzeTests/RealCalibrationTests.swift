import EPUCore
import Foundation
import TestSupport
import Testing

@testable import epu_analyze

/// The matrices were found with SciPy from the same files, by other means: holes seen in hole images, and a search over
/// scale, angle and mirror.
@Suite("Calibration of real sessions", .enabled(if: RealData.isPresent, Comment(rawValue: RealData.absence)))
struct RealCalibrationTests {
    private func ingested(_ session: String) throws -> ToolFolder {
        let tools = try ToolFolder()
        try tools.run("epu-ingest", [RealData.path(session)])
        return tools
    }

    @Test("morado, with nothing given: 63 holes on 63 sites, mirrored, and no overlap at any radius")
    func morado() throws {
        let tools = try ingested("morado")
        let part = try tools.part()
        #expect(part.verdict == "good", "\(part.reasons)")
        #expect((part.exposures, part.areas, part.holes, part.stops) == (189, 3, 63, 18))
        #expect((part.positions, part.foil) == (21, "square"))
        let chosen = part.chosen
        #expect(chosen.method == "lattice")
        #expect(chosen.mirrored)
        #expect(abs(chosen.scale - 24.3) < 0.2)
        #expect(abs(chosen.angleDeg - 26.8) < 0.7)
        #expect(try #require(chosen.residualUm) < 0.06)
        #expect((chosen.holes, chosen.sites, chosen.collisions) == (63, 63, 0))
        #expect(chosen.matrix2.difference(from: Matrix2(21.767, 11.130, 10.799, -21.682)) < 0.01)
        // Nominally 2.5 um.
        #expect(abs(try #require(part.pitchUm) - 2.53) < 0.05)
        for radius in ["0.2", "0.4275", "0.5"] {
            let found = try tools.overlaps(["--radius", radius])
            #expect((found.pairs, found.overexposed) == (0, 0))
            #expect(found.calibrations.map(\.calibrationId) == [chosen.calibrationId])
        }
        let run = try tools.run("epu-analyze", [])
        #expect(run.output.contains("all unique within 0.4275 um"))
        #expect(run.errors.isEmpty)
        // The foil's name does not change it.
        let named = try tools.part(["--grid", "R1.2/1.3"])
        #expect(named.verdict == "good")
        #expect(named.chosen.matrix2.difference(from: chosen.matrix2) < 0.001)
    }

    @Test("morado: a plain k is warned of, the published matrix is not")
    func moradoGiven() throws {
        let tools = try ingested("morado")
        let plain = try tools.run("epu-analyze", ["--k", "24.3"])
        #expect(plain.errors.contains("Warning: This matrix does not suit"))
        let published = try tools.run("epu-analyze", ["--matrix", "21.767,11.130,10.799,-21.682"])
        #expect(!published.errors.contains("Warning"))
    }

    @Test("diamond-example: two areas leave two readings; the mirrored one is assumed, and said to be")
    func diamond() throws {
        let tools = try ingested("diamond-example")
        let part = try tools.part()
        #expect((part.chosen.method, part.verdict) == ("template", "doubtful"))
        #expect(part.chosen.mirrored)
        #expect(abs(part.chosen.scale - 25.9) < 0.5)
        #expect(abs(part.chosen.angleDeg - 27) < 3)
        #expect(part.chosen.note?.contains("mirror is assumed") == true)
        #expect(part.reasons.contains { $0.contains("mirror is assumed") })
        #expect(part.reasons.contains { $0.contains("2 areas in 2 holes") })
        let other = try #require(part.others.first { $0.method == "template" })
        #expect(!other.mirrored)
        #expect(abs(other.angleDeg + 41.6) < 0.1)
        #expect(abs(other.scale - part.chosen.scale) < 1e-6)
        // The full fit with the holes of the hole images: one vector agrees in mirror and scale, and in angle to 3 degrees.
        let full = Matrix2(24.24, 11.13, 10.67, -22.95)
        #expect(part.chosen.matrix2.isMirrored == full.isMirrored)
        #expect(abs(part.chosen.scale / full.scale - 1) < 0.01)
        #expect(abs(part.chosen.angleDeg - full.angleDegrees) < 3)
        #expect(try tools.overlaps().calibrations.map(\.verdict) == ["doubtful"])
    }

    @Test("glacios, with nothing given: EPU's own matrix from six holes, and the stage's error from twelve pairs")
    func glacios() throws {
        let tools = try ingested("glacios")
        let part = try tools.part()
        let chosen = part.chosen
        #expect((chosen.method, part.verdict) == ("centring", "good"))
        #expect(chosen.mirrored)
        #expect((chosen.scale.text(decimals: 2), chosen.angleDeg.text(decimals: 1)) == ("26.99", "-69.1"))
        #expect(try #require(chosen.residualUm) < 0.001)
        #expect(chosen.holes == 6)
        #expect(part.reasons.contains { $0.hasPrefix("5 of 11 holes were not centred") }, "\(part.reasons)")
        let stage = try #require(part.stagePairs)
        #expect((stage.pairs, stage.xUm.text(decimals: 3), stage.yUm.text(decimals: 3)) == (12, "0.058", "0.076"))
        #expect(try tools.run("epu-analyze", []).output.contains("none of 11 overexposed as far as could be compared"))
        #expect(try tools.rows("SELECT count(*) FROM placement") == [["11"]])
        #expect(
            try tools.rows("SELECT foil_hole, repeats FROM hole_centring WHERE repeats IS NOT NULL ORDER BY 1")
                == [
                    ["17721029", "17721030"], ["17721044", "17721030"], ["17721475", "17721467"],
                    ["17721908", "17721891"], ["17722217", "17722204"],
                ])
        // A stop with a pair is corrected by half its difference, the others are as uncertain as one read-back.
        #expect(
            try tools.rows(
                """
                SELECT correction_x_um IS NOT NULL, count(*), round(max(error_um), 4) FROM stage_stop GROUP BY 1
                """) == [["0", "5", "0.0476"], ["1", "6", "0.0336"]])
        // Ingest does not take the area's place for EpuSession.dm's, nor lose it.
        let area = try tools.rows("SELECT printf('%.4f %.4f', offset_x_um, offset_y_um) FROM area_offset")
        #expect(area == [["-0.0373 -0.6659"]])
        try tools.run("epu-ingest", [RealData.path("glacios")])
        #expect(try tools.rows("SELECT count(*) FROM template_area WHERE offset_x_um IS NOT NULL") == [["0"]])
        #expect(try tools.rows("SELECT count(*) FROM area_offset") == [["1"]])
        for command in ["summary", "compare"] {
            let output = try tools.run("epu-report", [command]).output
            #expect(output.contains("0.058"), "\(command)")
        }
    }

    @Test("diamond-example: two pairs of hole images measure a Krios's stage")
    func diamondStage() throws {
        let stage = try #require(try ingested("diamond-example").part().stagePairs)
        #expect((stage.pairs, stage.xUm.text(decimals: 3), stage.yUm.text(decimals: 3)) == (2, "0.030", "0.024"))
    }

    @Test("emharvest: one exposure has nothing to compare")
    func emharvest() throws {
        let tools = try ingested("emharvest")
        let part = try tools.part()
        #expect((part.exposures, part.holes, part.stops) == (1, 1, 1))
        let run = try tools.run("epu-analyze", [])
        #expect(run.output.contains("calibration: k 24.5 (calibration 1, none, undetermined)"))
        #expect(!run.output.contains("all unique"))
        #expect(
            try tools.run("epu-analyze", ["calibrate"]).output.contains("There is one exposure only: it proves nothing")
        )
    }

    @Test("All three in one archive: each has its own")
    func together() throws {
        let tools = try ToolFolder()
        try tools.run("epu-ingest", ["morado", "diamond-example", "emharvest"].map(RealData.path))
        let reports = try tools.calibrate()
        #expect(reports.count == 3)
        #expect(Set(reports.flatMap(\.parts).map(\.verdict)).contains("good"))
        // Of a doubtful calibration and of one exposure nothing is called unique.
        let found = try tools.run("epu-analyze", []).output
        #expect(found.components(separatedBy: "all unique").count == 2)
        #expect(found.contains("all unique within 0.4275 um"))
    }
}
