import EPUCore

/// The part of read-back errors that follows a move: a stage lags behind by its backlash.
extension StopResiduals {
    /// The number of standard errors below which a lag is chance.
    private static let significance = 4.0
    /// The fewest moves along an axis from which a lag is found.
    private static let fewestMoves = 12

    /// The error that a read-back has in addition after a move towards greater x, and greater y, um; nil where the stops do not
    /// ask for it.
    static func lag(
        _ rest: [Vector2], _ means: [Mean], _ used: [Int], _ directions: [Vector2], stop: Double, hole: Double
    ) -> Vector2? {
        var (sum, moves, kept) = (Vector2.zero, Vector2.zero, 0.0)
        let farthest = farthest(of: used.count)
        for index in used {
            let variance = means[index].variance(stop: stop, hole: hole)
            guard rest[index].squaredLength <= farthest * variance else { continue }
            sum = sum + rest[index].scaled(by: directions[index])
            moves = moves + directions[index].scaled(by: directions[index])
            kept += variance
        }
        func significant(_ sum: Double, _ moves: Double) -> Double {
            guard moves >= Double(Self.fewestMoves), kept > 0 else { return 0 }
            let variance = kept / Double(used.count) / moves
            let lag = sum / moves
            return lag * lag > Self.significance * Self.significance * variance ? lag : 0
        }
        let lag = Vector2(significant(sum.x, moves.x), significant(sum.y, moves.y))
        return lag == .zero ? nil : lag
    }
}

extension Vector2 {
    /// The product of two vectors, component by component.
    func scaled(by other: Vector2) -> Vector2 { Vector2(x * other.x, y * other.y) }
}
