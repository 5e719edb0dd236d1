import EPUCore

/// The part of read-back errors that follows a move: a stage lags behind by its backlash.
extension StopErrors {
    /// The number of standard errors below which a lag is chance.
    private static let significance = 4.0
    /// The fewest moves along an axis from which a lag is found.
    private static let fewestMoves = 12

    /// The patch of each stop; for a stop of two templates, which has two patches, the last.
    static func patches(_ problem: LatticeProblem) -> [Int] {
        var patches = [Int](repeating: 0, count: problem.stops)
        for group in problem.groups { patches[group.stop] = group.patch }
        return patches
    }

    /// The sign of the last move to each stop, along x and along y, less the part that depends on the place in the square: a
    /// constant and a linear part, which origin and matrix have taken up (partial regression, Frisch and Waugh 1933).
    static func directions(_ problem: LatticeProblem) -> [Vector2] {
        var places = [Vector2](repeating: .zero, count: problem.stops)
        let patches = patches(problem)
        for group in problem.groups {
            guard let first = group.visits.first else { continue }
            places[group.stop] = problem.middle[group.patch] + problem.stage[first]
        }
        func sign(_ way: Double) -> Double { abs(way) < StageStopRun.tolerance ? 0 : way < 0 ? -1 : 1 }
        let signs = places.indices.map { index -> Vector2 in
            guard index > 0 else { return .zero }
            let way = places[index] - places[index - 1]
            return Vector2(sign(way.x), sign(way.y))
        }
        let members = Dictionary(grouping: signs.indices) { patches[$0] }
        let means = members.mapValues { members in
            (sign: members.map { signs[$0] }.mean, place: members.map { places[$0] }.mean)
        }
        func centred(_ index: Int) -> (sign: Vector2, place: Vector2) {
            let mean = means[patches[index]] ?? (.zero, .zero)
            return (signs[index] - mean.sign, places[index] - mean.place)
        }
        var fit = LinearFit()
        for index in signs.indices { fit.add(centred(index).place, to: centred(index).sign) }
        let linear = fit.matrix ?? Matrix2(scale: 0)
        return signs.indices.map { centred($0).sign - linear * centred($0).place }
    }

    /// The error that a read-back has in addition after a move towards greater x, and greater y, um; nil where the stops do not
    /// ask for it.
    func lag(_ rest: [Vector2], _ means: [Mean], _ used: [Int], _ directions: [Vector2]) -> Vector2? {
        var (sum, moves, kept) = (Vector2.zero, Vector2.zero, 0.0)
        for index in used {
            let variance = means[index].variance(stop: stop, hole: hole)
            guard rest[index].squaredLength <= Self.farthest(of: used.count) * variance else { continue }
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
