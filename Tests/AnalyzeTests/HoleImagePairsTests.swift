import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_analyze

@Suite("The stage's error by pairs of hole images")
struct HoleImagePairsTests {
    /// Holes 50 um apart, each imaged before and after a move, and then shot: with read-backs that err by known amounts.
    private static func session(
        _ errors: [(first: Vector2, second: Vector2)]
    ) -> ([CentredHoleImage], [SessionExposure]) {
        var images: [CentredHoleImage] = []
        var exposures: [SessionExposure] = []
        for (number, error) in errors.enumerated() {
            let hole = Vector2(50 * Double(number), 3)
            let start = hole + Vector2(0.9, -0.4)
            func image(_ stage: Vector2, _ error: Vector2, _ time: Int) -> CentredHoleImage {
                CentredHoleImage(
                    id: Int64(2 * number + time), foilHole: Int64(number),
                    acquired: Timestamp(ticks: Int64(100 * number + time)), stage: stage + error, offset: hole - stage,
                    radius: 0.6)
            }
            images += [image(start, error.first, 0), image(hole + Vector2(0.02, 0.01), error.second, 10)]
            var exposure = SessionExposure(
                exposureID: Int64(number + 1), sessionID: 1, foilHole: Int64(number), area: 1,
                stage: hole + Vector2(0.02, 0.01) + error.second, beamShift: .zero)
            exposure.acquired = Timestamp(ticks: Int64(100 * number + 20))
            exposures.append(exposure)
        }
        return (images, exposures)
    }

    @Test("Two read-backs of one hole differ by their errors: rms in x and in y, and stop by stop")
    func differences() throws {
        let (images, exposures) = Self.session([
            (Vector2(0.03, 0), Vector2(-0.01, 0.05)), (Vector2(0, 0.02), Vector2(0.04, 0)),
            (Vector2(-0.02, -0.02), Vector2(0.01, 0.04)),
        ])
        let pairs = HoleImagePairs(images, HoleVisits(exposures), exposures)
        let summary = try #require(pairs.summary)
        #expect(summary.pairs == 3)
        // Differences of (-0.04, 0.05), (0.04, -0.02) and (0.03, 0.06).
        #expect(abs(summary.xUm - ((0.0016 + 0.0016 + 0.0009) / 3).squareRoot()) < 1e-9)
        #expect(abs(summary.yUm - ((0.0025 + 0.0004 + 0.0036) / 3).squareRoot()) < 1e-9)
        #expect(pairs.ofStop.count == 3)
        #expect(try #require(pairs.ofStop[2]).distance(to: Vector2(0.03, 0.06)) < 1e-9)
        // Normal errors of one read-back, and no pair at all.
        #expect(
            abs(summary.errorUm - ((summary.xUm * summary.xUm + summary.yUm * summary.yUm) / 4).squareRoot()) < 1e-12)
        #expect(HoleImagePairs([], HoleVisits(exposures), exposures).summary == nil)
    }

    @Test("Another hole that EPU took for it is no pair, and neither is an image of another place")
    func others() {
        let (images, exposures) = Self.session([
            (.zero, Vector2(0.05, 0)), (.zero, Vector2(1.9, 0)), (.zero, Vector2(0.02, 0)),
        ])
        let pairs = HoleImagePairs(images, HoleVisits(exposures), exposures)
        #expect(pairs.differences.count == 2)
        #expect(pairs.ofStop.keys.sorted() == [0, 2])
        // The stage was elsewhere between the pair and the exposure.
        var moved = exposures
        moved.swapAt(0, 1)
        for index in moved.indices { moved[index].acquired = Timestamp(ticks: Int64(1000 + index)) }
        let late = HoleImagePairs(images, HoleVisits(moved), moved)
        #expect(late.ofStop.isEmpty)
    }

    @Test(
        "A read-back's error is found to half of what two errors of one size differ by, on average",
        arguments: [0.03, 0.1])
    func expectation(sigma: Double) throws {
        var random = RandomSource(seed: 9, stream: "pairs")
        func error() -> Vector2 { sigma * Vector2(random.plainNormal(), random.plainNormal()) }
        let errors = (0..<400).map { _ in (first: error(), second: error()) }
        let (images, exposures) = Self.session(errors)
        let pairs = HoleImagePairs(images, HoleVisits(exposures), exposures)
        let found = try #require(pairs.stageError)
        #expect(abs(found / sigma - 1) < 0.1)
        let left = try pairs.ofStop.keys.map { stop in
            (errors[stop].second - (try #require(pairs.expectedError(ofStop: stop)))).squaredLength / 2
        }
        let remaining = (left.reduce(0, +) / Double(left.count)).squareRoot()
        #expect(abs(remaining / (sigma / 2.0.squareRoot()) - 1) < 0.1)
        let stops = pairs.stops(errors.count)
        #expect(stops.allSatisfy { abs(($0.error ?? 0) - found / 2.0.squareRoot()) < 1e-12 && $0.correction != nil })
    }

    @Test("A pair that differs by more than the session's errors do says nothing of its stop, nor of the stage")
    func farPair() throws {
        let near = (0..<12).map { _ in (first: Vector2(0.03, 0), second: Vector2(0, 0.03)) }
        let (images, exposures) = Self.session(near + [(first: .zero, second: Vector2(0.45, 0))])
        let pairs = HoleImagePairs(images, HoleVisits(exposures), exposures)
        #expect(pairs.ofStop.count == 13)
        #expect(pairs.expectedError(ofStop: 12) == nil)
        #expect(try #require(pairs.expectedError(ofStop: 0)).distance(to: Vector2(-0.015, 0.015)) < 1e-9)
        #expect(pairs.summary?.pairs == 12)
        #expect(abs((pairs.stageError ?? 0) - 0.03 / 2.0.squareRoot()) < 1e-9)
        let stops = pairs.stops(13)
        #expect(stops[12].correction == nil && stops[12].error == pairs.stageError)
    }

    @Test("A pair counts only as long as no image shows the stage elsewhere before its exposures")
    func moved() throws {
        let (images, exposures) = Self.session([(.zero, Vector2(0.05, 0)), (.zero, Vector2(0.02, 0))])
        let away = CentredHoleImage(
            id: 99, foilHole: 7, acquired: Timestamp(ticks: 15), stage: Vector2(20, 20), offset: .zero, radius: 0.6)
        let with = (images + [away]).sorted { $0.acquired < $1.acquired }
        #expect(HoleImagePairs(with, HoleVisits(exposures), exposures).ofStop.keys.sorted() == [1])
    }
}
