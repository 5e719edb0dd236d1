import EPUShared
import Foundation

/// Differences between holes of two sessions that lie near each other, folded into one cell of the foil's lattice: what is left
/// is the offset between the sessions, but for whole steps of the lattice.
struct FoldedDifferences {
    /// Of a hole of the later session, um.
    private var places: [Vector2] = []
    /// Its difference to one of the earlier session, in lattice vectors.
    private var phases: [Vector2] = []

    /// Pitches: farther away the error of the lattice adds up.
    private static let reach = 6.0
    private static let mostHoles = 200
    private static let mostPairs = 20_000

    init() {}

    var count: Int { phases.count }

    /// - Parameters:
    ///   - holes: of the later session, in one grid square, um.
    ///   - others: of the earlier one in the same square, um.
    ///   - inverse: um to lattice vectors.
    ///   - pitch: um.
    init(_ holes: [Vector2], _ others: [Vector2], _ inverse: Matrix2, pitch: Double) {
        var grid = PositionGrid(reach: Self.reach * pitch)
        for other in others { grid.append(other) }
        for index in stride(from: 0, to: holes.count, by: max(1, holes.count / Self.mostHoles)) {
            grid.forEach(within: Self.reach * pitch, of: holes[index]) { other, _ in
                guard phases.count < Self.mostPairs else { return }
                places.append(holes[index])
                phases.append(inverse * (holes[index] - others[other]))
            }
        }
    }

    mutating func add(_ more: FoldedDifferences) {
        places += more.places
        phases += more.phases
    }

    /// Circular mean, in lattice vectors from -0.5 to 0.5, and the length of the mean unit vector, 0 to 1; nil without any.
    var mean: (phase: Vector2, resultant: Double)? {
        guard !phases.isEmpty else { return nil }
        func direction(_ component: KeyPath<Vector2, Double>) -> (angle: Double, length: Double) {
            let sum = phases.reduce(Vector2.zero) { sum, phase in
                let angle = 2 * .pi * phase[keyPath: component]
                return sum + Vector2(cos(angle), sin(angle))
            }
            return (sum.angle / (2 * .pi), sum.length / Double(phases.count))
        }
        let (x, y) = (direction(\.x), direction(\.y))
        return (Vector2(x.angle, y.angle), min(1, x.length, y.length))
    }

    /// The farthest that a turn moves one of the holes, um. The turn is found by least squares: a turn by w about the middle
    /// moves a hole at x by w (-x.y, x.x).
    /// - Parameters:
    ///   - lattice: lattice vectors to um.
    ///   - phase: the mean.
    func greatestMove(_ lattice: Matrix2, around phase: Vector2) -> Double {
        let middle = places.mean
        var moved = 0.0
        var squares = 0.0
        for (place, own) in zip(places, phases) {
            moved += (place - middle).cross(lattice * Self.remainder(own - phase))
            squares += (place - middle).squaredLength
        }
        guard squares > 0 else { return 0 }
        return abs(moved / squares) * (places.map { $0.distance(to: middle) }.max() ?? 0)
    }

    /// Without whole steps: -0.5 to 0.5.
    static func remainder(_ phase: Vector2) -> Vector2 { phase - FoilLattice.rounded(phase) }
}
