import EPUCore
import Foundation

/// The turn and the shift that take places of one session to those of another, by least squares.
///
/// The angle that makes the sum of |to - R from|^2 least, both about their means, is atan2(sum of cross products, sum of dot
/// products) (Procrustes in the plane: Kabsch 1976, Acta Cryst. A32, 922). Places of one stage stop share its error, so
/// standard errors come from the sums of residuals over stops, not over holes (a sandwich estimate by clusters: Liang & Zeger
/// 1986, Biometrika 73, 13).
struct RigidFit {
    struct Pair {
        /// The place in the session's own coordinates, um.
        let from: Vector2
        /// The place in those of the judged session, um.
        let to: Vector2
        var weight = 1.0
        /// The stage stops from which both were shot.
        var stops = (from: 0, to: 0)
    }

    let move: GridMove
    /// The residual of each pair, um.
    let residuals: [Vector2]

    /// The least error, um: below this the errors of the calibrations matter.
    private static let leastError = 0.01

    /// Fits the pairs; nil where there are fewer than two places.
    /// - Parameter isMirrored: whether the session's y is mirrored first.
    init?(_ pairs: [Pair], isMirrored: Bool) {
        let weight = pairs.reduce(0) { $0 + $1.weight }
        guard weight > 0 else { return nil }
        let centre = 1 / weight * pairs.reduce(.zero) { $0 + $1.weight * $1.from }
        let target = 1 / weight * pairs.reduce(.zero) { $0 + $1.weight * $1.to }
        var (dot, cross, spread) = (0.0, 0.0, 0.0)
        for pair in pairs {
            let way = pair.from - centre
            let from = isMirrored ? Vector2(way.x, -way.y) : way
            dot += pair.weight * from.dot(pair.to - target)
            cross += pair.weight * from.cross(pair.to - target)
            spread += pair.weight * from.squaredLength
        }
        guard spread > 0, dot != 0 || cross != 0 else { return nil }
        let turn = atan2(cross, dot)
        let bare = GridMove(
            turnDegrees: turn * 180 / .pi, isMirrored: isMirrored, centre: centre, target: target)
        residuals = pairs.map { $0.to - bare.place($0.from) }
        var (shiftVariance, turnVariance) = (0.0, 0.0)
        for stop in [\RigidFit.Pair.stops.from, \RigidFit.Pair.stops.to] {
            var sums: [Int: (shift: Vector2, turn: Double)] = [:]
            for (pair, residual) in zip(pairs, residuals) {
                let moved = bare.place(pair.from) - target
                let sum = sums[pair[keyPath: stop]] ?? (.zero, 0)
                sums[pair[keyPath: stop]] = (
                    sum.shift + pair.weight * residual, sum.turn + pair.weight * moved.cross(residual)
                )
            }
            // Turn and shift take up a part of the residuals, which this correction adds again.
            let groups = Double(sums.count)
            let correction = groups > 2 ? groups / (groups - 2) : 4
            // In the order of stops, so that sums round alike in every run.
            let ordered = sums.sorted { $0.key < $1.key }.map(\.value)
            let shift = ordered.reduce(0) { $0 + $1.shift.squaredLength } / 2
            let turned = ordered.reduce(0) { $0 + $1.turn * $1.turn }
            shiftVariance = max(shiftVariance, correction * shift / (weight * weight))
            turnVariance = max(turnVariance, correction * turned / (spread * spread))
        }
        let reach = (spread / weight).squareRoot()
        let least = Self.leastError / reach
        move = GridMove(
            turnDegrees: bare.turnDegrees, isMirrored: isMirrored, centre: centre, target: target,
            error: Vector2(Self.leastError, shiftVariance.squareRoot()).length,
            turnErrorDegrees: Vector2(least, turnVariance.squareRoot()).length * 180 / .pi)
    }

    /// The fit without pairs that lie far from the others, where that leaves most.
    static func robust(_ pairs: [Pair], isMirrored: Bool) -> RigidFit? {
        var kept = pairs
        var fit = RigidFit(kept, isMirrored: isMirrored)
        for _ in 0..<3 {
            guard let before = fit else { return nil }
            let lengths = pairs.map { ($0.to - before.move.place($0.from)).length }
            // The median length of normal errors is 1.18 of their standard deviation in x and in y.
            let limit = max(0.05, 3.5 / 1.18 * lengths.median)
            kept = zip(pairs, lengths).filter { $0.1 <= limit }.map(\.0)
            guard 2 * kept.count > pairs.count else { return before }
            fit = RigidFit(kept, isMirrored: isMirrored)
        }
        return fit
    }
}
