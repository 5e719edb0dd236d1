import EPUCore
import Foundation

/// Shifts that put the holes of one square on those of another: a lattice repeats, so that many do, but most holes match at few.
struct StepVotes {
    /// The shifts, um, with the number of holes that match, those with the most first.
    private(set) var shifts: [(shift: Vector2, votes: Int)] = []

    /// The distance, in pitches, within which the shift is found, except for whole steps.
    private static let fineReach = 2.5
    /// How far a hole may lie from a site, in pitches.
    private static let tolerance = 0.4
    /// The most shifts, of whole steps, that are kept.
    private static let mostAlike = 60
    /// The least resultant of the phases: it is 0 for phases that lie anywhere, 0.8 for those within a fifth of the pitch.
    private static let leastResultant = 0.4

    /// - Parameters:
    ///   - holes: the holes of one square, moved to about where the others lie, um.
    ///   - others: the holes of the other square, um.
    ///   - lattice: takes lattice vectors to um.
    ///   - reach: the greatest shift that is sought, um.
    ///   - most: the number of shifts that are kept; those that are as good as the last of them are kept, too.
    init(_ holes: [Vector2], on others: [Vector2], lattice: Matrix2, reach: Double, most: Int) {
        guard let inverse = lattice.inverse, let fine = Self.fine(holes, others, lattice, inverse) else { return }
        let pitch = abs(lattice.determinant).squareRoot()
        var grid = PositionGrid(reach: reach)
        for other in others { grid.append(other) }
        var votes: [FoilLattice.Site: Int] = [:]
        for hole in holes {
            grid.forEach(within: reach, of: hole) { other, _ in
                let phase = inverse * (grid.points[other] - hole - fine)
                let step = FoilLattice.rounded(phase)
                guard (lattice * (phase - step)).length <= Self.tolerance * pitch else { return }
                votes[FoilLattice.Site(Int(step.x), Int(step.y)), default: 0] += 1
            }
        }
        let ranked = votes.sorted { ($1.value, $0.key.i, $0.key.j) < ($0.value, $1.key.i, $1.key.j) }
        // A small map fits into a large one in many places alike.
        let last = ranked.prefix(most).last?.value ?? 0
        let kept = ranked.prefix { $0.value >= last }
        shifts = kept.prefix(Self.mostAlike).map { (fine + lattice * $0.key.vector, $0.value) }
    }

    /// The shift except for whole steps, um: the circular mean of differences in lattice vectors. Nil: there is none.
    private static func fine(_ holes: [Vector2], _ others: [Vector2], _ lattice: Matrix2, _ inverse: Matrix2)
        -> Vector2?
    {
        let reach = fineReach * abs(lattice.determinant).squareRoot()
        var grid = PositionGrid(reach: reach)
        for other in others { grid.append(other) }
        var (x, y) = (Vector2.zero, Vector2.zero)
        var count = 0
        for hole in holes {
            grid.forEach(within: reach, of: hole) { other, _ in
                let phase = 2 * .pi * (inverse * (grid.points[other] - hole))
                x = x + Vector2(cos(phase.x), sin(phase.x))
                y = y + Vector2(cos(phase.y), sin(phase.y))
                count += 1
            }
        }
        guard count > 0, min(x.length, y.length) > leastResultant * Double(count) else { return nil }
        return lattice * Vector2(x.angle / (2 * .pi), y.angle / (2 * .pi))
    }
}
