import EPUCore
import Testing

@testable import epu_analyze

@Suite("How many holes share a constant under a matrix")
struct CentringSharingTests {
    private static let tolerance = 0.002

    /// Points of two components, of which some follow a matrix and some do not.
    private func points(seed: UInt64, following part: Double, _ matrix: Matrix2) -> [[CentringPoint]] {
        var random = RandomSource(seed: seed, stream: "sharing")
        return (0..<2).map { component in
            (0..<60).map { _ in
                let shift = Vector2(random.uniform(-0.5, 0.5), random.uniform(-0.5, 0.5))
                let follows = random.uniform(0, 1) < part
                let error = follows ? 0.003 : 0.2
                return CentringPoint(
                    beamShift: shift,
                    offset: matrix * shift + Vector2(random.uniform(-error, error), random.uniform(-error, error)),
                    component: component)
            }
        }
    }

    /// The same by comparing each point with each.
    private func plainCount(_ components: [[CentringPoint]], _ matrix: Matrix2) -> Int {
        components.reduce(0) { sum, points in
            let values = points.map { matrix * $0.beamShift - $0.offset }
            return sum + (values.map { one in values.count { one.distance(to: $0) <= Self.tolerance } }.max() ?? 0)
        }
    }

    @Test("As many as comparing each with each finds, and nothing where that is no more than was asked for")
    func counts() {
        let matrix = Matrix2(21.767, 11.130, 10.799, -21.682)
        for seed in 1...20 as ClosedRange<UInt64> {
            let components = points(seed: seed, following: Double(seed) / 20, matrix)
            var sharing = CentringSharing(components, tolerance: Self.tolerance)
            for factor in [1, 1.0001, 1.001, 1.1, -1] {
                let expected = plainCount(components, factor * matrix)
                #expect(expected > 0)
                #expect(sharing.count(under: factor * matrix, ifMoreThan: 0) == expected)
                #expect(sharing.count(under: factor * matrix, ifMoreThan: expected - 1) == expected)
                #expect(sharing.count(under: factor * matrix, ifMoreThan: expected) == nil)
            }
        }
    }

    @Test("Values that are too great for stripes are counted, too")
    func farAway() {
        let far = Vector2(3e7, -3e7)
        let points = [Vector2.zero, Vector2(0.0015, 0), Vector2(0, 1)].map {
            CentringPoint(beamShift: .zero, offset: far + $0, component: 0)
        }
        var sharing = CentringSharing([points], tolerance: Self.tolerance)
        #expect(sharing.count(under: .identity, ifMoreThan: 0) == 2)
    }

    @Test("Without points none share anything")
    func empty() {
        var sharing = CentringSharing([], tolerance: Self.tolerance)
        #expect(sharing.count(under: .identity, ifMoreThan: 0) == nil)
    }
}
