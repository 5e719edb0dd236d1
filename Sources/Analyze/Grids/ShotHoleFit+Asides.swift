import EPUCore

/// Squares that lie aside of a move by more than their holes leave to chance, as the stage had lost its way: what two sessions shot
/// there is compared where the holes lie, not where the stage was said to be.
extension ShotHoleFit {
    /// The move of the squares that lie as most do, and those that lie aside of it: one after the other is left out, the farthest
    /// first, so that none of them turns or shifts the others. Most squares are always kept.
    func partingAsides(_ squares: [PairedHoles], _ first: GridMove) -> (move: GridMove, apart: Set<Int64>) {
        var (move, apart) = (first, Set<Int64>())
        let measured = squares.count { $0.pairs.count >= Self.fewestPairs }
        while 2 * (apart.count + 1) < measured {
            let kept = squares.filter { !apart.contains($0.square) }
            let worst = asides(kept, move).filter { !$0.value.isLost }
                .max { ($0.value.shift.length, $0.key) < ($1.value.shift.length, $1.key) }
            guard let worst else { break }
            let rest = kept.filter { $0.square != worst.key }.flatMap(\.pairs)
            guard rest.count >= Self.fewestPairs, let fit = RigidFit.robust(rest, isMirrored: first.isMirrored)
            else { break }
            apart.insert(worst.key)
            move = fit.move
        }
        return (move, apart)
    }

    /// The squares that lie aside of a move. Where most holes of a square lie beside those of the other session, nobody knows which
    /// are the same.
    func asides(_ squares: [PairedHoles], _ move: GridMove) -> [Int64: GridMove.Aside] {
        var found: [Int64: GridMove.Aside] = [:]
        for square in squares {
            if square.aside > square.pairs.count {
                if square.aside >= Self.fewestHoles { found[square.square] = .lost(pitch: pitch) }
            } else {
                found[square.square] = aside(square, move)
            }
        }
        return found
    }

    /// Where a square lies; nil: as the others do, or nobody can tell.
    private func aside(_ square: PairedHoles, _ move: GridMove) -> GridMove.Aside? {
        // Holes that both shot tell more than the lattice, which may be wrinkled between them.
        let same = square.pairs.filter { $0.weight == 1 }
        let pairs = same.count >= Self.fewestHoles ? same : square.pairs
        guard same.count >= Self.fewestHoles || pairs.count >= Self.fewestPairs else { return nil }
        let residuals = pairs.map { $0.to - move.place($0.from) }
        let shift = Vector2(residuals.map(\.x).median, residuals.map(\.y).median)
        let errors = [\RigidFit.Pair.stops.from, \RigidFit.Pair.stops.to].map { stop in
            Self.error(of: Dictionary(grouping: pairs.indices) { pairs[$0][keyPath: stop] }, residuals)
        }
        let error = max(Self.leastError, errors[0], errors[1])
        guard shift.length > max(Self.leastAside, Self.significance * error) else { return nil }
        return GridMove.Aside(shift: shift, error: error, middle: pairs.map(\.from).mean)
    }

    /// The least distance that counts, um: less changes no answer.
    private static let leastAside = 0.05
    /// How many standard errors it must be.
    private static let significance = 4.0
    /// The least error, um, as of a move.
    private static let leastError = 0.01
    /// The fewest holes that both shot, or that lie beside each other, of a square that is looked at.
    private static let fewestHoles = 3
    /// From so many stage stops on their scatter is measured. Fewer are taken to err by what the stages of real microscopes
    /// err by at most, um.
    private static let fewestStops = 3
    private static let stopError = 0.1

    /// The standard error, in x and in y, um, of a mean of holes whose stage stops each have an error of their own.
    private static func error(of stops: [Int: [Int]], _ residuals: [Vector2]) -> Double {
        guard stops.count >= fewestStops else { return stopError / Double(max(1, stops.count)).squareRoot() }
        // In the order of stops, so that sums round alike in every run.
        let means = stops.sorted { $0.key < $1.key }.map { $0.value.map { residuals[$0] }.mean }
        let mean = means.mean
        let squares = means.reduce(0) { $0 + ($1 - mean).squaredLength } / 2
        return (squares / Double(means.count * (means.count - 1))).squareRoot()
    }
}
