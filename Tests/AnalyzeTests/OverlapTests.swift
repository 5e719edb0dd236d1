import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_analyze

private typealias Exposure = SampleArchive.Exposure

@Suite("Overlaps")
struct OverlapTests {
    private let analysing: Analysing
    private var folder: TemporaryFolder { analysing.folder }
    private var sample: SampleArchive { analysing.sample }

    init() throws { analysing = try Analysing() }

    private func analyse(
        _ matrix: Matrix2 = Matrix2(scale: 25), radius: Double, countNeighbours: Bool = false, across: Bool = false
    ) throws -> OverlapResult {
        try analysing.analyse(
            OverlapCriteria(radius: radius, countNeighbours: countNeighbours), matrix, across: across)
    }

    private func rows(_ sql: String) throws -> [[String]] { try analysing.rows(sql) }

    @Test("An exposure repeated in the same hole is overexposed; the earlier one is kept")
    func repeated() throws {
        try sample.add(
            "s",
            [
                Exposure(stage: Vector2(10, 10), time: 100, name: "later"),
                Exposure(stage: Vector2(10.1, 10), time: 0, name: "earlier"),
                Exposure(hole: 2, stage: Vector2(20, 20), time: 50, name: "elsewhere"),
            ])
        let result = try analyse(radius: 0.4)
        #expect(result.overexposed == 1)
        #expect(
            try rows("SELECT earlier, later, round(distance_um, 9), cause FROM overlap_pairs")
                == [["earlier", "later", "0.1", "same-area"]])
        #expect(try rows("SELECT session, name, earlier FROM overexposed") == [["s", "later", "earlier"]])
    }

    @Test("Equal times are told apart by the name")
    func ties() throws {
        try sample.add("s", [Exposure(area: 1, time: 0, name: "b"), Exposure(hole: 2, area: 1, time: 0, name: "a")])
        _ = try analyse(radius: 0.4)
        #expect(try rows("SELECT earlier, later FROM overlap_pairs") == [["a", "b"]])
    }

    @Test("A distance that is the radius counts, the next greater number does not")
    func edge() throws {
        try sample.add(
            "s",
            [
                Exposure(hole: 1, stage: Vector2(0, 0), time: 0, name: "first"),
                Exposure(hole: 2, stage: Vector2(0.25, 0), time: 1, name: "at the radius"),
                Exposure(hole: 3, stage: Vector2(0, 0.25.nextUp), time: 2, name: "beyond"),
            ])
        _ = try analyse(radius: 0.25)
        #expect(try rows("SELECT earlier, later FROM overlap_pairs") == [["first", "at the radius"]])
    }

    @Test(
        "In a chain each one but the first is overexposed once, by the nearest earlier one",
        arguments: [
            [0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0],
        ])
    func chain(order: [Int]) throws {
        // A-B and B-C lie within the radius, A-C does not.
        let places = [Vector2(0, 0), Vector2(0.3, 0), Vector2(0.55, 0)]
        try sample.add(
            "s",
            order.enumerated().map { time, place in
                Exposure(hole: Int64(place), stage: places[place], time: Double(time), name: "\(place)")
            })
        _ = try analyse(radius: 0.4)
        let expected = order.enumerated().compactMap { time, place -> [String]? in
            let earlier = order[..<time].filter { places[$0].distance(to: places[place]) <= 0.4 }
                .min { places[$0].distance(to: places[place]) < places[$1].distance(to: places[place]) }
            return earlier.map { ["\(place)", "\($0)"] }
        }
        #expect(try rows("SELECT name, earlier FROM overexposed ORDER BY later_id") == expected)
    }

    @Test("Areas of one visit overlap by design: they count only with --count-neighbours")
    func byDesign() throws {
        try sample.add(
            "s", [Exposure(area: 1, time: 0), Exposure(area: 2, beamShift: Vector2(0.02, 0), time: 5)])
        let strict = try analyse(radius: 0.6)
        #expect((strict.pairs, strict.overexposed) == (1, 0))
        #expect(strict.causes == ["by-design": 1])
        #expect(strict.text.contains("nothing to drop of 2 micrographs: all unique within 0.6 um\n"))
        let all = try analyse(radius: 0.6, countNeighbours: true)
        #expect((all.pairs, all.overexposed) == (1, 1))
        #expect(all.text.contains(": drop 1 of 2 micrographs (50.0 %): "))
    }

    @Test(
        "Why two exposures overlap",
        arguments: [
            // Another hole from the same stop: the stage did not move.
            (Exposure(hole: 2, area: 1, stage: Vector2(0.05, 0), time: 60), OverlapCause.unmovedStage),
            // Another hole from another stop, on the same place.
            (Exposure(hole: 2, area: 1, stage: Vector2(5, 0), beamShift: Vector2(-0.2, 0), time: 60), .wrongCentre),
            // Another hole from another stop, beside it.
            (Exposure(hole: 2, area: 1, stage: Vector2(5.3, 0), beamShift: Vector2(-0.2, 0), time: 60), .neighbour),
            // The same area of the same hole, from the same stop and from another.
            (Exposure(hole: 1, area: 1, time: 60), .sameArea),
            (Exposure(hole: 1, area: 1, stage: Vector2(5, 0), beamShift: Vector2(-0.2, 0), time: 60), .sameArea),
            // Another area of the same hole, in the same visit and in another.
            (Exposure(hole: 1, area: 2, beamShift: Vector2(0.01, 0), time: 60), .byDesign),
            (Exposure(hole: 1, area: 2, stage: Vector2(5, 0), beamShift: Vector2(-0.2, 0), time: 60), .neighbour),
        ])
    func cause(second: SampleArchive.Exposure, cause: OverlapCause) throws {
        try sample.add("s", [Exposure(hole: 1, area: 1, time: 0), second])
        #expect(try analyse(radius: 0.4).causes == [cause.rawValue: 1])
    }

    @Test("A session is compared with earlier ones of its grid, unless it is to be judged within itself")
    func acrossSessions() throws {
        try sample.add("first", grid: "g", [Exposure(time: 0, square: 1)])
        try sample.add("second", grid: "g", [Exposure(hole: 7, time: 1000, square: 1)])
        #expect(try analyse(radius: 0.4, across: true).causes == ["across-sessions": 1])
        let options = ["overlaps", "--db", folder["a.db"], "--k", "25", "--radius", "0.4"]
        let within = try ToolRun.run("epu-analyze", options + ["--within-session"])
        #expect(within.output.components(separatedBy: "all unique within 0.4 um").count == 2, "the first session's")
        #expect(within.output.contains("not compared with first (2025-01-08): this analysis keeps within the session"))
        #expect(
            within.output.contains(
                "none of 1 overexposed as far as could be compared; what first had exposed before is not known"))
        for word in [[], ["--across-sessions"]] {
            let across = try ToolRun.run("epu-analyze", options + word)
            #expect(across.output.contains("all unique within 0.4 um"), "nothing was exposed before the first session")
            #expect(across.output.contains("drop 1 of 1 micrograph (100.0 %)"))
        }
        let both = try ToolRun.run("epu-analyze", options + ["--within-session", "--across-sessions"])
        #expect(both.status == 64)
    }

    @Test(
        "The R-tree finds what comparing all with all finds",
        arguments: [
            (Matrix2(scale: 25), Vector2.zero), (Matrix2(21.767, 11.130, 10.799, -21.682), Vector2(-900, 700)),
            // Far from zero 32-bit floats are coarse: 1e7 um has a step of 1 um.
            (Matrix2(3, 40, -20, 7), Vector2(1e7, -1e7)),
        ])
    func bruteForce(matrix: Matrix2, origin: Vector2) throws {
        var random = RandomSource(seed: 3, stream: "test")
        let exposures = (0..<700).map { index in
            Exposure(
                hole: Int64(index), stage: origin + Vector2(12 * random.uniform(0, 1), 12 * random.uniform(0, 1)),
                beamShift: Vector2(random.uniform(0, 1) - 0.5, random.uniform(0, 1) - 0.5), time: Double(index),
                name: "\(index)")
        }
        try sample.add("s", exposures)
        let positions = exposures.map { $0.stage + matrix * $0.beamShift }
        for radius in [0.05, 0.3, 1.0] {
            _ = try analyse(matrix, radius: radius)
            var expected: Set<String> = []
            for later in positions.indices {
                for earlier in 0..<later where positions[earlier].distance(to: positions[later]) <= radius {
                    expected.insert("\(earlier) \(later)")
                }
            }
            let found = try rows(
                """
                SELECT earlier || ' ' || later FROM all_overlap_pairs JOIN analysis USING (analysis_id)
                WHERE radius_um = \(radius)
                """
            ).map { $0[0] }
            #expect(found.count == expected.count)
            #expect(Set(found) == expected)
        }
    }

    @Test("Another radius places nothing again; another k is stored beside the first; the same again replaces itself")
    func reuse() throws {
        try sample.add("s", (0..<20).map { Exposure(hole: Int64($0), stage: Vector2(Double($0), 0), time: Double($0)) })
        _ = try analyse(radius: 0.4)
        let before = try rows("SELECT * FROM placement_index")
        // Boxes without volume would make every search a scan.
        #expect(try rows("SELECT count(*) FROM placement_index WHERE min_set = max_set") == [["0"]])
        _ = try analyse(radius: 1.2)
        #expect(try rows("SELECT * FROM placement_index") == before)
        _ = try analyse(Matrix2(scale: 24), radius: 0.4)
        #expect(try rows("SELECT count(*) FROM placement_index") == [["40"]])
        #expect(try rows("SELECT count(*) FROM calibration") == [["2"]])
        #expect(try analyse(radius: 1.2).pairs == 19)
        #expect(try rows("SELECT count(*), max(pairs) FROM analysis") == [["3", "19"]])
        #expect(try rows("SELECT count(*) FROM overlap") == [["19"]])
    }

    @Test("A session that grew is searched whole, and only the new exposures are placed")
    func grown() throws {
        try sample.add("s", [Exposure(time: 10, name: "b")])
        #expect(try analyse(radius: 0.4).overexposed == 0)
        // It came late, but was taken first.
        try sample.add("s", [Exposure(hole: 2, stage: Vector2(0.1, 0), time: 0, name: "a")])
        let result = try analyse(radius: 0.4)
        #expect(result.exposures == 2)
        #expect(try rows("SELECT name FROM overexposed") == [["b"]])
        #expect(try rows("SELECT count(*) FROM placement") == [["2"]])
    }

    @Test("What came after an analysis is in none of its lists, also where another analysis placed it since")
    func notJudgedLater() throws {
        try sample.add("s", [Exposure(time: 10, name: "a")])
        let first = try analyse(radius: 0.2).analysisID
        try sample.add("s", [Exposure(hole: 2, time: 20, name: "b")])
        let second = try analyse(radius: 0.4).analysisID
        func keep(_ analysis: Int64) throws -> (names: String, output: String) {
            let run = try ToolRun.run(
                "epu-report", ["lists", "--db", folder["a.db"], "--out", folder["out"], "--analysis", "\(analysis)"])
            return (try folder.text("out/s/duplicates_keepfiles_jpg.txt"), run.output + run.errors)
        }
        let (names, output) = try keep(first)
        #expect(names == "/data/s/a.jpg\n")
        #expect(output.contains("1 exposure came after analysis \(first) and was not judged"))
        #expect(try !keep(second).output.contains("not judged"))
    }

    @Test("The default radius is 0.9 times half the commonest beam diameter; of equals the smaller")
    func radius() throws {
        try sample.add("s", [Exposure(time: 0), Exposure(hole: 2, time: 1)], beamDiameter: 0.95)
        try sample.add("s", [Exposure(hole: 3, time: 2), Exposure(hole: 4, time: 3)], beamDiameter: 0.8)
        try sample.add("s", [Exposure(hole: 5, time: 4)], beamDiameter: nil)
        func radius() throws -> Double {
            try sample.archive.read { try DefaultRadius(of: 1, assuming: nil, $0)?.radius } ?? 0
        }
        #expect(abs(try radius() - 0.36) < 1e-12)
        try sample.add("s", [Exposure(hole: 6, time: 5)], beamDiameter: 0.95 + 1e-12)
        #expect(abs(try radius() - 0.4275) < 1e-9)
    }

    @Test(
        "Within the default radius more than half of a real session's field was hit, whatever the direction; within a whole one not",
        arguments: [(0.95, 0.3567, 0.3567), (0.83, 0.3041, 0.2160), (0.4901, 0.3041, 0.2160)])
    func partOfBeam(diameter: Double, width: Double, height: Double) {
        let field = CameraField(width: width, height: height)
        /// The least and the greatest share of the field that a beam covers whose centre lies on this part of its radius.
        func shares(_ part: Double) -> (least: Double, greatest: Double) {
            let shares = (0...90).map { degrees in
                let angle = Double(degrees) * .pi / 180
                let center = part * diameter / 2 * Vector2(cos(angle), sin(angle))
                return field.share(coveredBy: Disc(center: center, radius: diameter / 2))
            }
            return (shares.min() ?? 0, shares.max() ?? 1)
        }
        #expect(shares(DefaultRadius.partOfBeam).least > 0.5)
        #expect(shares(DefaultRadius.partOfBeam).greatest < 0.66)
        #expect(shares(1).greatest < 0.5)
    }

    @Test("Exposures that could not be read are counted as not judged")
    func notJudged() throws {
        try sample.add("s", [Exposure(time: 0)])
        try sample.archive.write { db in
            try db.execute(
                sql: """
                    INSERT INTO source_file (session_root_id, path, stem, kind, status, problem)
                    VALUES (1, 'x.xml', 'x', 'exposure', 'malformed', 'no XML')
                    """)
        }
        #expect(try analyse(radius: 0.4).notJudged == 1)
    }
}

@Suite("Stage stops and visits")
struct VisitsTests {
    private func visits(_ exposures: [(hole: Int64, area: Int64, x: Double)]) -> Visits {
        Visits(
            exposures.enumerated().map { index, exposure in
                SessionExposure(
                    exposureID: Int64(index), sessionID: 1, foilHole: exposure.hole, area: exposure.area,
                    stage: Vector2(exposure.x, 0), beamShift: .zero)
            })
    }

    @Test("A stop ends where the stage leaves its first position by 0.3 um; a return is a new stop")
    func stops() {
        #expect(
            visits([(1, 1, 0), (2, 1, 0.29), (3, 1, 0.31), (4, 1, 0.6), (5, 1, 0)]).stop.elementsEqual([0, 0, 1, 1, 2]))
    }

    @Test("An area that comes again begins a new visit, and so does another stop")
    func visit() {
        #expect(visits([(1, 1, 0), (1, 2, 0), (1, 1, 0), (1, 2, 0), (1, 1, 9)]).visit.elementsEqual([0, 0, 1, 1, 2]))
        #expect(visits([(1, 1, 0), (2, 1, 0), (1, 2, 0)]).visit.elementsEqual([0, 1, 0]))
    }

    @Test("A hole of very many areas has visits and passes as one of a few")
    func manyAreas() {
        let once = (1...300).map { (hole: Int64(1), area: Int64($0), x: 0.0) }
        // Areas that come again soon and late, before and after the run is long, and at another stop.
        let areas: [(hole: Int64, area: Int64, x: Double)] =
            once + once.prefix(100) + [(1, 100, 0), (1, 301, 9), (1, 7, 9)]
        let found = visits(areas)
        var (visit, pass): ([Int], [Int]) = ([], [])
        var (ofVisit, ofPass): (Set<Int64>, Set<Int64>) = ([], [])
        var (visits, passes, x) = (0, 0, 0.0)
        for area in areas {
            if area.x != x || ofVisit.contains(area.area) { (visits, ofVisit) = (visits + 1, []) }
            if ofPass.contains(area.area) { (passes, ofPass) = (passes + 1, []) }
            x = area.x
            ofVisit.insert(area.area)
            ofPass.insert(area.area)
            visit.append(visits)
            pass.append(passes)
        }
        #expect(found.visit.elementsEqual(visit) && found.pass.elementsEqual(pass))
        #expect(visits == 3 && passes == 2)
    }
}
