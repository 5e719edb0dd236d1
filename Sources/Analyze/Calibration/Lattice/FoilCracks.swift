import EPUCore

/// Finds squares whose foil lies in two pieces, one turned against the other by a crack: each piece is a patch of its own.
///
/// The lattice that is seen from each stop has an angle. Where those of a square fall apart into two heaps, far beyond their
/// scatter, its stops are told apart by them.
enum FoilCracks {
    /// The least turn of two pieces against each other, degrees; a smaller turn may as well be one lattice that is stretched.
    private static let leastTurn = 1.5
    /// The least ratio of the heaps' distance to the scatter within them. Normal angles, cut at their median, come to 2.6.
    private static let leastSeparation = 5.0
    /// The fewest stops on each side of a crack.
    private static let fewestStops = 2
    /// The fewest holes of a stop that show an angle. A stop whose holes tell less of it than this part shows none either, for
    /// example where they lie on one line: the rest is the mean angle of all squares, so that such stops would look like a piece
    /// of their own.
    private static let fewestHoles = 4
    /// The least part of a stop's angle that its own holes tell.
    private static let leastOwnPart = 0.9

    /// A stop's part in one patch, with the angle of its holes' lattice, degrees.
    private struct Piece {
        let stop: Int
        let stage: Vector2
        let angle: Double?
    }

    static func split(_ visits: HoleVisits, _ lattice: FoilLattice) -> HoleVisits {
        let groups = LatticeProblem.groups(visits.visits.map(\.stop), visits.visits.map(\.patch))
        // Each stop is a patch of its own here, so that its own lattice is found.
        let alone = groups.enumerated().map { index, group in
            LatticeProblem.Group(stop: group.stop, patch: index, visits: group.visits)
        }
        let own = PatchLattices(
            alone, beamShift: visits.visits.map(\.beamShift), patches: alone.count, start: lattice)
        guard let inverse = lattice.vectors.inverse, !own.isOne(pitch: lattice.pitch) else { return visits }
        var pieces: [Int: [Piece]] = [:]
        for (index, group) in groups.enumerated() {
            let showsAngle = group.visits.count >= fewestHoles && own.ownPart[index] >= leastOwnPart
            pieces[group.patch, default: []].append(
                Piece(
                    stop: group.stop, stage: visits.stops[group.stop].stage,
                    angle: showsAngle ? (own.vectors[index] * inverse).angleDegrees : nil))
        }
        var result = visits
        for (patch, pieces) in pieces.sorted(by: { $0.key < $1.key }) {
            guard let border = border(pieces.compactMap(\.angle)) else { continue }
            let known = pieces.filter { $0.angle != nil }
            result.moveToNewPatch(
                stops: Set(
                    pieces.filter { piece in
                        // A stop that shows no angle lies on the piece of the nearest stop that does.
                        let near = known.min { $0.stage.distance(to: piece.stage) < $1.stage.distance(to: piece.stage) }
                        return (piece.angle ?? near?.angle ?? border) > border
                    }.map(\.stop)), of: patch)
        }
        return result
    }

    /// The angle between the two heaps of some angles, degrees; nil where they are one heap.
    private static func border(_ angles: [Double]) -> Double? {
        let sorted = angles.sorted()
        guard sorted.count >= 2 * fewestStops else { return nil }
        func sums(_ part: ArraySlice<Double>) -> (mean: Double, squares: Double) {
            let mean = part.reduce(0, +) / Double(part.count)
            return (mean, part.reduce(0) { $0 + ($1 - mean) * ($1 - mean) })
        }
        var best: (border: Double, turn: Double, squares: Double)?
        for cut in fewestStops...(sorted.count - fewestStops) {
            let (low, high) = (sums(sorted[..<cut]), sums(sorted[cut...]))
            let squares = low.squares + high.squares
            if squares < best?.squares ?? .infinity {
                best = ((sorted[cut - 1] + sorted[cut]) / 2, high.mean - low.mean, squares)
            }
        }
        guard let best, best.turn >= leastTurn else { return nil }
        let scatter = (best.squares / Double(max(1, sorted.count - 2))).squareRoot()
        return best.turn >= leastSeparation * scatter ? best.border : nil
    }
}
