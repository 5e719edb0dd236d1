import EPUArchive
import EPUCore
import Foundation
import TestSupport
import Testing

@testable import epu_analyze

private typealias Exposure = SampleArchive.Exposure

@Suite("Many exposures at one place, few, and far from zero")
struct CrowdedTests {
    @Test("A single exposure overlaps nothing")
    func single() throws {
        let archive = try Analysing()
        try archive.sample.add("s", [Exposure(time: 0, name: "a")], dose: 40, field: (0.3, 0.3))
        let result = try archive.analyse(OverlapCriteria(radius: 0.4))
        #expect((result.exposures, result.pairs, result.overexposed) == (1, 0, 0))
        #expect(try archive.preExposures()["a"]?.dose == 0)
    }

    @Test("Of three at one point and one time the names say which came first, and doses add up")
    func triple() throws {
        let archive = try Analysing()
        try archive.sample.add(
            "s", ["c", "a", "b"].enumerated().map { Exposure(hole: Int64($0), time: 7, name: $1) }, dose: 40,
            field: (0.3, 0.3))
        let result = try archive.analyse(OverlapCriteria(radius: 0.4))
        #expect((result.pairs, result.overexposed) == (3, 2))
        #expect(
            try archive.rows("SELECT earlier, later FROM overlap_pairs ORDER BY later, earlier")
                == [["a", "b"], ["a", "c"], ["b", "c"]])
        #expect(try archive.rows("SELECT name, earlier FROM overexposed ORDER BY name") == [["b", "a"], ["c", "a"]])
        #expect(try archive.preExposures().mapValues { $0.dose ?? -1 } == ["a": 0, "b": 40, "c": 80])
        #expect(try archive.preExposures()["c"]?.fieldShare == 1)
    }

    @Test("Coordinates far from zero give the pairs and doses of those near it")
    func farAway() throws {
        var found: [[String: PreExposure]] = []
        // A metre: 1e-10 um are left of a double's digits there, and 0.1 um of the R-tree's.
        for origin in [Vector2.zero, Vector2(1_048_576, -1_048_576)] {
            let archive = try Analysing()
            var random = RandomSource(seed: 1, stream: "far")
            try archive.sample.add(
                "s",
                (0..<100).map { index in
                    Exposure(
                        hole: Int64(index), stage: origin + Vector2(random.uniform(0, 4), random.uniform(0, 4)),
                        time: Double(index), name: "\(index)")
                }, dose: 40, field: (0.4, 0.3))
            #expect(try archive.analyse(OverlapCriteria(radius: 0.4)).pairs > 50)
            found.append(try archive.preExposures())
        }
        for (name, near) in found[0] {
            let far = try #require(found[1][name])
            #expect(abs((near.dose ?? -1) - (far.dose ?? -2)) < 1e-6)
            #expect(abs((near.fieldShare ?? -1) - (far.fieldShare ?? -2)) < 1e-8)
        }
    }

    @Test("A wide beam among narrow ones is found by all whose fields it reached, and only by them")
    func wide() throws {
        let archive = try Analysing()
        try archive.sample.add("s", [Exposure(time: 0, name: "wide")], beamDiameter: 20, dose: 1, field: (0.3, 0.3))
        try archive.sample.add(
            "s",
            (1...30).map {
                Exposure(hole: Int64($0), stage: Vector2(0.5 * Double($0), 0), time: Double($0), name: "\($0)")
            },
            beamDiameter: 0.4, dose: 40, field: (0.1, 0.1))
        try archive.analyse(OverlapCriteria(radius: 0.3))
        let found = try archive.preExposures()
        for number in 1...30 {
            let dose = try #require(found["\(number)"]?.dose)
            // The edge of the wide beam runs through the field of the 20th, near its middle.
            #expect(number == 20 ? abs(dose - 0.5) < 0.01 : dose == (number < 20 ? 1 : 0), "\(number)")
        }
    }

    @Test("Many exposures at one point take memory in proportion to their number, not to their pairs")
    func onePoint() throws {
        let exposures = 1500
        let archive = try Analysing()
        var random = RandomSource(seed: 1, stream: "point")
        try archive.sample.add(
            "s",
            (0..<exposures).map { index in
                // As read-backs jitter.
                Exposure(
                    hole: 1, area: 1, stage: Vector2(random.uniform(-0.003, 0.003), random.uniform(-0.003, 0.003)),
                    time: Double(index), name: "\(index)")
            }, beamDiameter: 0.8, dose: 0.5, field: (0.4, 0.3))
        func peak(_ criterion: [String], finding text: String) throws -> Int {
            let tool = try RunningTool(
                "epu-analyze", ["overlaps", "--k", "25", "--db", archive.archive] + criterion)
            var peak = 0
            while tool.isRunning {
                peak = max(peak, tool.peakKilobytes ?? 0)
                usleep(5000)
            }
            #expect(tool.output.contains(text), "\(tool.output)")
            return peak
        }
        // Of no two within a billionth of a um; then of all pairs the doses, of which those of the last two are kept.
        let few = try peak(["--radius", "1e-9"], finding: "all unique")
        try archive.execute("DELETE FROM placement_set")
        let many = try peak(["--min-pre-dose", "749"], finding: "drop 2 of 1500 micrographs")
        // 1.1 million pairs of 16 bytes would take 18 MB.
        #expect(few > 0)
        #expect(many < few + 9000, "\(few) KB, \(many) KB")
        #expect(try archive.rows("SELECT max(dose_e_per_a2) FROM pre_exposure") == [["749.5"]])
    }
}
