import EPUCore

extension ShotHoleFit {
    /// The squares that lie aside of a move by more than their holes leave to chance: what two sessions shot there is compared
    /// where the holes lie, not where the stage was said to be. Where most holes of a square lie beside those of the other session,
    /// nobody knows which are the same.
    func asides(_ squares: [PairedHoles], _ move: GridMove) -> [Int64: GridMove.Aside] {
        var found: [Int64: GridMove.Aside] = [:]
        for square in squares {
            guard square.aside <= square.pairs.count else {
                // It lies a half of the pitch aside at most, or a hole of one would be taken for the next one of the other.
                if square.aside >= Self.fewestPairs {
                    found[square.square] = GridMove.Aside(shift: .zero, error: pitch / 2, isLost: true)
                }
                continue
            }
            // Holes that both shot tell more than the lattice, which may be wrinkled between them.
            let same = square.pairs.filter { $0.weight == 1 }
            let pairs = same.count >= Self.fewestPairs ? same : square.pairs
            guard pairs.count >= Self.fewestPairs else { continue }
            let residuals = pairs.map { $0.to - move.place($0.from) }
            let shift = Vector2(residuals.map(\.x).median, residuals.map(\.y).median)
            let errors = [\RigidFit.Pair.stops.from, \RigidFit.Pair.stops.to].map { stop in
                Self.error(of: Dictionary(grouping: pairs.indices) { pairs[$0][keyPath: stop] }, residuals)
            }
            guard let first = errors[0], let second = errors[1] else { continue }
            let error = max(Self.leastError, first, second)
            if shift.length > max(Self.leastAside, Self.significance * error) {
                found[square.square] = GridMove.Aside(shift: shift, error: error)
            }
        }
        return found
    }

    /// The least distance that counts, um: less changes no answer.
    private static let leastAside = 0.05
    /// How many standard errors it must be.
    private static let significance = 4.0
    /// The least error, um, as of a move.
    private static let leastError = 0.01
    private static let fewestStops = 3

    /// The standard error, in x and in y, of a mean of holes whose stage stops each have an error of their own; nil where there
    /// are too few stops to tell.
    private static func error(of stops: [Int: [Int]], _ residuals: [Vector2]) -> Double? {
        guard stops.count >= fewestStops else { return nil }
        // In the order of stops, so that sums round alike in every run.
        let means = stops.sorted { $0.key < $1.key }.map { $0.value.map { residuals[$0] }.mean }
        let mean = means.mean
        let squares = means.reduce(0) { $0 + ($1 - mean).squaredLength } / 2
        return (squares / Double(means.count * (means.count - 1))).squareRoot()
    }
}
