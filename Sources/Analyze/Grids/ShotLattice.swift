import EPUCore
import Foundation

/// Finds the foil's lattice on the stage, from hole centres that were shot, where no stage stop has two holes that would show it
/// in beam shift: a first guess by the hole map, improved by the differences of the centres.
enum ShotLattice {
    /// The greatest difference that is used in each round, pitches: more pitches tell more, if the guess is good enough to count
    /// them.
    private static let reaches = [1.5, 3, 6]
    /// How far a difference may lie from a lattice vector, in pitches.
    private static let tolerance = 0.2
    /// The fewest differences on a lattice that show it.
    private static let fewestDifferences = 20
    /// The least share of the differences that must lie on the lattice.
    static let leastShare = 0.8

    /// - Parameters:
    ///   - centres: the hole centres, by square, um.
    ///   - pitch: the pitch in the hole map, um.
    ///   - angle: the direction of the lattice in the hole map, radian.
    /// - Returns: the lattice vectors as columns, um; nil where the centres lie on none.
    static func found(_ centres: [Int64: [Vector2]], pitch: Double, angle: Double) -> (
        vectors: Matrix2, kind: FoilLattice.Kind
    )? {
        let kinds: [(FoilLattice.Kind, Double)] = [(.square, .pi / 2), (.hexagonal, .pi / 3)]
        return kinds.compactMap { kind, between -> (vectors: Matrix2, kind: FoilLattice.Kind, share: Double)? in
            var vectors = Matrix2(
                columns: pitch * Vector2(cos(angle), sin(angle)),
                pitch * Vector2(cos(angle + between), sin(angle + between)))
            var share = 0.0
            for reach in reaches {
                guard let better = improved(vectors, centres, reach: reach * pitch) else { return nil }
                (vectors, share) = better
            }
            return (vectors, kind, share)
        }.filter { $0.share >= leastShare }.max { $0.share < $1.share }.map { ($0.vectors, $0.kind) }
    }

    /// The lattice vectors by least squares over the differences of up to `reach` um, and the share of these on the lattice.
    static func improved(_ vectors: Matrix2, _ centres: [Int64: [Vector2]], reach: Double) -> (
        vectors: Matrix2, share: Double
    )? {
        guard let inverse = vectors.inverse else { return nil }
        var (all, onLattice) = (0, 0)
        var (ii, ij, jj) = (0.0, 0.0, 0.0)
        var (di, dj) = (Vector2.zero, Vector2.zero)
        // In the order of ids, so that sums round alike in every run.
        for (_, holes) in centres.sorted(by: { $0.key < $1.key }) {
            var grid = PositionGrid(reach: reach)
            for hole in holes {
                grid.forEach(within: reach, of: hole) { other, distance in
                    let difference = hole - grid.points[other]
                    let phase = inverse * difference
                    let site = FoilLattice.rounded(phase)
                    // A hole that was shot again tells nothing.
                    guard site != .zero else { return }
                    all += 1
                    guard phase.distance(to: site) <= tolerance else { return }
                    onLattice += 1
                    ii += site.x * site.x
                    ij += site.x * site.y
                    jj += site.y * site.y
                    di = di + site.x * difference
                    dj = dj + site.y * difference
                }
                grid.append(hole)
            }
        }
        let determinant = ii * jj - ij * ij
        guard onLattice >= fewestDifferences, determinant > 0 else { return nil }
        let first = 1 / determinant * (jj * di - ij * dj)
        let second = 1 / determinant * (ii * dj - ij * di)
        return (Matrix2(columns: first, second), Double(onLattice) / Double(all))
    }
}
