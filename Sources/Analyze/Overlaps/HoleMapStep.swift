import EPUShared
import Foundation

/// Whole steps of the foil's lattice between two sessions, by their hole maps, which list all holes of a square, shot or not:
/// the step that puts most of them on each other. Foils repeat, so a step counts only if no other fits nearly as well.
struct HoleMapStep {
    /// Of all steps, those with the most matches, um.
    private var votes: [FoilLattice.Site: Int] = [:]
    /// Matches that the true step would have, if each map listed all holes.
    private var possible = 0.0
    private let lattice: Matrix2
    private let fine: Vector2
    private let limit: Double

    /// Positions of a hole by two maps, in pitches: beyond this they may be of neighbours.
    private static let reach = 0.4
    private static let mostSquares = 12
    private static let mostHoles = 300
    /// Fewer tell nothing.
    private static let fewestHoles = 20.0
    /// Of the holes that should match, at the true step.
    private static let leastShare = 0.6

    /// - Parameters:
    ///   - own: holes of the later session by square, um; `others`: of the earlier one.
    ///   - lattice: lattice vectors to um.
    ///   - fine: the offset but for whole steps, um.
    ///   - limit: greatest offset that is sought, um.
    init(
        _ own: [Int64: [Vector2]], _ others: [Int64: [Vector2]], lattice: Matrix2, fine: Vector2, limit: Double
    ) {
        self.lattice = lattice
        self.fine = fine
        self.limit = limit
        guard let inverse = lattice.inverse else { return }
        let pitch = abs(lattice.determinant).squareRoot()
        // Neighbours of a step at the limit are to be counted, too.
        let reach = limit + (1.5 + Self.reach) * pitch
        for square in own.keys.filter({ others[$0] != nil }).sorted().prefix(Self.mostSquares) {
            guard let holes = own[square], let map = others[square] else { continue }
            var grid = PositionGrid(reach: reach)
            for hole in map { grid.append(hole) }
            let sample = Swift.stride(from: 0, to: holes.count, by: max(1, holes.count / Self.mostHoles))
            for index in sample {
                possible += min(1, Double(map.count) / Double(holes.count))
                grid.forEach(within: reach, of: holes[index]) { other, _ in
                    let phase = inverse * (holes[index] - map[other] - fine)
                    let step = FoilLattice.rounded(phase)
                    guard (lattice * (phase - step)).length <= Self.reach * pitch else { return }
                    votes[FoilLattice.Site(Int(step.x), Int(step.y)), default: 0] += 1
                }
            }
        }
    }

    /// Whether there are maps that could tell.
    var hasMaps: Bool { possible >= Self.fewestHoles }

    /// um; nil where none stands out.
    var clearest: Vector2? {
        guard hasMaps, let best = votes.max(by: { ($0.value, $1.key.i, $1.key.j) < ($1.value, $0.key.i, $0.key.j) }),
            Double(best.value) >= Self.leastShare * possible, (fine + lattice * best.key.vector).length <= limit
        else { return nil }
        let second = votes.filter { $0.key != best.key }.values.max() ?? 0
        return Self.isClear(best.value, over: second) ? lattice * best.key.vector : nil
    }

    /// Whether the maps are against an offset without a whole step.
    var excludesNone: Bool {
        hasMaps && Self.isClear(votes.values.max() ?? 0, over: votes[FoilLattice.Site(0, 0)] ?? 0)
    }

    private static func isClear(_ most: Int, over second: Int) -> Bool {
        Double(most) > 1.01 * Double(second) + 2
    }
}
