import EPUCore
import Foundation

/// The foil's lattice on the stage, from hole centres that were shot, where no stage stop has two holes that would show it
/// in beam shift: a first guess by the hole map, made better by the differences of the centres.
enum ShotLattice {
    /// Pitches, round by round: a difference over more pitches tells more, if the guess is good enough to count them.
    private static let reaches = [1.5, 3, 6]
    /// Of a difference from a lattice vector, in pitches.
    private static let tolerance = 0.2
    private static let fewestDifferences = 20
    /// Of the differences that must lie on the lattice.
    static let leastShare = 0.8

    /// - Parameters:
    ///   - centres: by square, um.
    ///   - pitch: by the hole map, um.
    ///   - angle: of the lattice by the hole map, radian.
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

    /// By least squares over the differences of up to `reach` um; and their share that lies on the lattice.
    static func improved(_ vectors: Matrix2, _ centres: [Int64: [Vector2]], reach: Double) -> (
        vectors: Matrix2, share: Double
    )? {
        guard let inverse = vectors.inverse else { return nil }
        var (all, onLattice) = (0, 0)
        var (ii, ij, jj) = (0.0, 0.0, 0.0)
        var (di, dj) = (Vector2.zero, Vector2.zero)
        for holes in centres.values {
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
