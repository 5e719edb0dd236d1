import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_analyze

private typealias Exposure = SampleArchive.Exposure
private typealias Stop = SampleArchive.Stop

@Suite("Positions that are known to an error, and the certainty of pairs")
struct CertaintyTests {
    private let analysing: Analysing
    private var sample: SampleArchive { analysing.sample }

    init() throws { analysing = try Analysing() }

    private func analyse(_ calibration: Int64, _ criteria: OverlapCriteria) throws -> OverlapResult {
        try sample.archive.write { db in
            let stored = try StoredCalibration.stored(calibration, db)
            let session = try SessionRow.select(db, names: []).first { $0.sessionID == stored.sessionID }
            let scope = try GridScope(of: #require(session), isAcross: false, db)
            return try OverlapAnalysis(
                scope: scope, calibrations: [stored], criteria: criteria, acrossSessions: false
            ).run(at: .now, db)
        }
    }

    private func numbers(_ sql: String) throws -> [[Double?]] {
        try sample.archive.read { db in
            try Row.fetchAll(db, sql: sql).map { row in (0..<row.count).map { row[$0] } }
        }
    }

    private func isNear(_ a: Double?, _ b: Double?) -> Bool {
        guard let a, let b else { return a == nil && b == nil }
        return abs(a - b) < 1e-9
    }

    /// Two places 0.25 um apart, and one far away, each from a stop of its own.
    private func pair(_ first: Stop, _ second: Stop) throws -> Int64 {
        try sample.add(
            "s",
            [
                Exposure(hole: 1, time: 0, name: "a"), Exposure(hole: 2, stage: Vector2(50, 0), time: 60, name: "far"),
                Exposure(hole: 3, stage: Vector2(0.25, 0), time: 120, name: "b"),
            ])
        return try sample.calibrate("s", stops: [first, Stop(error: 0.02), second])
    }

    @Test(
        "A position is read-back - correction + matrix x beam shift; its error is the stop's and what the matrix adds")
    func positions() throws {
        let shifts = [Vector2(0.1, 0), Vector2(-0.1, 0.2), Vector2(0, -0.2)]
        try sample.add(
            "s",
            shifts.enumerated().map { index, shift in
                Exposure(
                    hole: Int64(index), stage: Vector2(index < 2 ? 10 : 40, 5), beamShift: shift,
                    time: Double(index), name: "\(index)")
            })
        let matrix = Matrix2(20, 10, 10, -20)
        let errors = Matrix2(0.1, 0.2, 0.3, 0.4)
        let id = try sample.calibrate(
            "s", matrix, errors: errors,
            stops: [Stop(2, correction: Vector2(0.06, -0.02), error: 0.03), Stop(1, error: nil)])
        let result = try analyse(id, OverlapCriteria(radius: 0.3))
        let found = try numbers("SELECT x_um, y_um, error_um FROM placement ORDER BY exposure_id")
        // The mean beam shift is 0.
        func error(_ shift: Vector2) -> Double {
            let x = pow(errors.m11 * shift.x, 2) + pow(errors.m12 * shift.y, 2)
            let y = pow(errors.m21 * shift.x, 2) + pow(errors.m22 * shift.y, 2)
            return (0.03 * 0.03 + (x + y) / 2).squareRoot()
        }
        let expected: [[Double?]] = [
            [10 - 0.06 + 2, 5 + 0.02 + 1, error(shifts[0])], [10 - 0.06 - 2 + 2, 5 + 0.02 - 1 - 4, error(shifts[1])],
            [40 - 2, 5 + 4, nil],
        ]
        #expect(found.count == 3 && zip(found.joined(), expected.joined()).allSatisfy { isNear($0, $1) })
        // Two of three are known.
        let median = (error(shifts[0]) + error(shifts[1])) / 2
        #expect(isNear(result.positionErrorUm, median))
    }

    @Test("A pair of two stops has the errors of both, and counts by its probability: 0.25 um apart, radius 0.3")
    func probability() throws {
        let id = try pair(Stop(error: 0.06), Stop(correction: Vector2(0.05, 0), error: 0.08))
        // Found 0.2 um apart, sigma 0.1: a Rice distribution, scipy.stats.rice.cdf(3, 2) = 0.785638.
        let half = try analyse(id, OverlapCriteria(radius: 0.3))
        #expect((half.overexposed, half.uncertain, half.possible) == (1, 1, 0))
        #expect(
            half.text.hasPrefix(
                "s: drop 1 of 3 micrographs (33.3 %): 1 wrong-centre\n  1 of them uncertain: below 95 %\n")
        )
        let stored = try numbers(
            "SELECT p.distance_um, p.probability, o.probability FROM overlap_pairs p, overexposed o")
        #expect(stored.count == 1 && isNear(stored[0][0], 0.2))
        #expect(stored[0].dropFirst().allSatisfy { abs(($0 ?? 0) - 0.785637911837) < 1e-9 })
        let strict = try analyse(id, OverlapCriteria(radius: 0.3, certainty: 0.9))
        #expect((strict.overexposed, strict.uncertain, strict.possible, strict.pairs) == (0, 0, 1, 0))
        #expect(
            strict.text.contains(
                "none of 3 overexposed as far as could be compared; 1 other may be overexposed (probability 5 to 90 %)")
        )
        #expect(strict.text.contains("radius 0.3 um, certainty 0.9"))
        #expect(
            try analysing.rows("SELECT analysis_id, name, earlier, round(distance_um, 9) FROM all_possibly_overexposed")
                == [["\(strict.analysisID)", "b", "a", "0.2"]])
        // Asking again gives what is there.
        #expect(try analyse(id, OverlapCriteria(radius: 0.3)).analysisID == half.analysisID)
        #expect(
            try analysing.rows("SELECT criteria FROM analyses ORDER BY analysis_id").map { $0[0] }
                == ["radius 0.3 um, within the session", "radius 0.3 um, certainty 0.9, within the session"])
    }

    @Test("Beyond the radius a pair may be within it, and counts where little certainty is asked for")
    func beyond() throws {
        let id = try pair(Stop(error: 0.06), Stop(error: 0.08))
        // Found 0.25 um apart, radius 0.2.
        let expected = DistanceProbability.within(0.2, distance: 0.25, sigma: 0.1)
        #expect(expected > 0.2 && expected < 0.3)
        let half = try analyse(id, OverlapCriteria(radius: 0.2))
        #expect((half.overexposed, half.possible) == (0, 1))
        #expect(isNear(try numbers("SELECT probability FROM all_possibly_overexposed")[0][0], expected))
        let lax = try analyse(id, OverlapCriteria(radius: 0.2, certainty: 0.2))
        #expect((lax.overexposed, lax.possible) == (1, 0))
        // Below 5 % nothing is told, however little is asked for.
        let never = try analyse(id, OverlapCriteria(radius: 0.06))
        #expect(never.possible == 0)
        let all = try analyse(id, OverlapCriteria(radius: 0.06, certainty: 0.001))
        #expect(all.overexposed == 1)
    }

    @Test("From one stop only the matrix can be wrong between two; without an error of a stop the distance decides")
    func sameStop() throws {
        try sample.add(
            "s",
            [
                Exposure(hole: 1, beamShift: Vector2(0.1, 0), time: 0, name: "a"),
                Exposure(hole: 2, beamShift: Vector2(0.112, 0), time: 10, name: "b"),
                Exposure(hole: 3, stage: Vector2(0.5, 0), beamShift: Vector2(0.092, 0), time: 20, name: "c"),
            ])
        let id = try sample.calibrate(
            "s", errors: Matrix2(2, 2, 2, 2), stops: [Stop(2, error: 0.5), Stop(1, correction: Vector2(0, 0))])
        _ = try analyse(id, OverlapCriteria(radius: 0.31))
        let pairs = try numbers("SELECT later_id, earlier_id, distance_um, probability FROM overlap ORDER BY 1, 2")
        // a and b lie 0.3 um apart with an error of 2 x 0.012 in x and in y; c lies 0.3 um from a, to what error nobody knows.
        let expected: [[Double?]] = [
            [2, 1, 0.3, DistanceProbability.within(0.31, distance: 0.3, sigma: 0.024)], [3, 1, 0.3, nil],
            [3, 2, 0, nil],
        ]
        #expect(pairs.count == 3 && zip(pairs.joined(), expected.joined()).allSatisfy { isNear($0, $1) })
    }

    @Test("Where a dose is asked for a pair counts that added to it, however probable the distance of another")
    func dose() throws {
        // The second beam ends 0.15 um short of the third one's field.
        try sample.add(
            "s",
            [(0.0, "a"), (0.25, "b"), (0.0, "c")].enumerated().map { index, place in
                Exposure(
                    hole: Int64(index), stage: Vector2(place.0, 0), time: Double(60 * index), name: place.1)
            }, beamDiameter: 0.1, dose: 40, field: (0.1, 0.1))
        let id = try sample.calibrate("s", stops: (0..<3).map { _ in Stop(error: 0.001) })
        let result = try analyse(id, OverlapCriteria(radius: 0.3, minPreDose: 5))
        #expect((result.overexposed, result.pairs, result.possible) == (1, 1, 0))
        #expect(try analysing.rows("SELECT earlier, later FROM overlap_pairs") == [["a", "c"]])
        #expect(try analyse(id, OverlapCriteria(radius: 0.3)).pairs == 3)
    }

    @Test("How well a stop that lies aside is known nobody can say: its pairs count by their distance")
    func aside() throws {
        let id = try pair(Stop(error: 0), Stop(error: nil, aside: 0.2))
        let result = try analyse(id, OverlapCriteria(radius: 0.3))
        #expect((result.pairs, result.possible) == (1, 0))
        #expect(try numbers("SELECT error_um IS NULL FROM placement ORDER BY exposure_id").map { $0[0] } == [0, 0, 1])
        #expect(try analysing.rows("SELECT probability IS NULL FROM overlap") == [["1"]])
    }

    @Test("With small errors the certainty of a half is the distance: as brute force finds", arguments: [1e-6, nil])
    func smallErrors(error: Double?) throws {
        var random = RandomSource(seed: 3, stream: "certainty")
        let places = (0..<120).map { _ in Vector2(random.uniform(0, 6), random.uniform(0, 6)) }
        try sample.add(
            "s",
            places.enumerated().map { Exposure(hole: Int64($0), stage: $1, time: Double($0), name: "\($0)") })
        let id = try sample.calibrate("s", stops: places.map { _ in Stop(error: error) })
        let result = try analyse(id, OverlapCriteria(radius: 0.4))
        let expected = places.indices.filter { later in
            places[..<later].contains { $0.distance(to: places[later]) <= 0.4 }
        }
        #expect(expected.count > 20 && result.overexposed == expected.count)
        #expect((result.uncertain, result.possible) == (0, 0))
    }

    @Test("A matrix that a person gave takes no corrections, whatever a calibration says of the stops")
    func given() throws {
        _ = try pair(Stop(error: 0.06), Stop(correction: Vector2(0.25, 0), error: 0.08))
        let result = try analysing.analyse(OverlapCriteria(radius: 0.3))
        #expect(result.overexposed == 1 && result.positionErrorUm == nil)
        #expect(try numbers("SELECT distance_um, probability FROM overlap") == [[0.25, nil]])
        #expect(try numbers("SELECT count(error_um) FROM placement") == [[0]])
    }

    @Test("A calibration that keeps its matrix but corrects its stops in another way places all exposures again")
    func stale() throws {
        let id = try pair(Stop(error: 0.01), Stop(error: 0.01))
        let before = try analyse(id, OverlapCriteria(radius: 0.2))
        try analysing.execute("UPDATE stage_stop SET correction_x_um = 0.1, correction_y_um = 0 WHERE stop = 2")
        let after = try analyse(id, OverlapCriteria(radius: 0.2))
        #expect((before.overexposed, after.overexposed) == (0, 1))
        // The text that tells whether a result still holds is the same in every run of the tool.
        let bases = try analysing.rows("SELECT basis FROM analysis").map { $0[0] }
        #expect(bases.allSatisfy { $0.wholeMatch(of: /1 3\/0\/0\/0 1 good [0-9a-f]+/) != nil }, "\(bases)")
        #expect(after.analysisID != before.analysisID)
        try analysing.execute("UPDATE stage_stop SET error_um = 0.1 WHERE stop = 2")
        #expect(try analyse(id, OverlapCriteria(radius: 0.2)).uncertain == 1)
        // As it was: what was found then still stands.
        try analysing.execute("UPDATE stage_stop SET correction_x_um = NULL, correction_y_um = NULL, error_um = 0.01")
        #expect(try analyse(id, OverlapCriteria(radius: 0.2)).overexposed == 0)
    }

    @Test("An exposure that came late into a stop ends no other: the stop begins where its first exposure is")
    func runs() throws {
        try sample.add("s", (0..<6).map { Exposure(hole: Int64($0), stage: Vector2(9, 9), time: Double($0)) })
        try sample.calibrate(
            "s",
            stops: [Stop(2, correction: Vector2(1, 0)), Stop(3, correction: Vector2(2, 0)), Stop(1, error: 0.5)])
        try sample.archive.read { db in
            let stops = try StopCorrections([(1, [1, 99, 2, 3, 4, 5, 6, 7])], db)
            // The second exposure of the first stop was there before the late one: two are its own.
            #expect([1, 99, 2, 3, 4, 5, 6, 7].map { stops.correction(of: $0).x } == [1, 1, 0, 2, 2, 2, 0, 0])
            #expect(stops.index(of: 6).map { stops.stops[$0].error } == 0.5)
            #expect(stops.index(of: 7) == nil)
        }
    }

    @Test("Where positions are too uncertain for the radius nothing is called clean, and the least radius is told")
    func undecidable() throws {
        let id = try pair(Stop(error: 0.2), Stop(error: 0.2))
        try analysing.execute("UPDATE stage_stop SET error_um = 0.2")
        let result = try analyse(id, OverlapCriteria(radius: 0.1))
        // sqrt(2) x 0.2 x sqrt(2 ln 2) = 0.333
        let text =
            "positions are known to 0.2 um only, so that overlaps within 0.1 um cannot be decided: use --radius 0.34 or more"
        #expect(
            result.overexposed == 0
                && result.text.contains("none of 3 overexposed as far as could be compared; \(text)"))
        let unknowns = try sample.archive.read { try Unknowns(of: result.analysisID, judging: 1, notJudged: 0, $0) }
        #expect(!unknowns.isClean && unknowns.ofJudged == text && unknowns.countText(0, of: 3) == "not known")
        #expect(unknowns.countText(2, of: 3) == "at least 2" && unknowns.share(0, of: 3) == nil)
        let enough = try analyse(id, OverlapCriteria(radius: 0.34))
        #expect(!enough.text.contains("cannot be decided"))
        #expect(
            try analyse(id, OverlapCriteria(radius: 0.34, certainty: 0.9)).text.contains("use --radius 0.61 or more"))
    }
}
