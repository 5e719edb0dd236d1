import EPUCore

/// What the ids of foil holes tell: EPU numbers the holes of a grid square along a square spiral from its centre, so that
/// successive ids are neighbours, but where the square's edge is cut (63 of 63 and 272 of 272 in real sessions).
struct HoleNumbering: Sendable {
    /// Visits to holes of successive ids from different stops of one patch: only these depend on the matrix.
    let pairs: [(first: Int, second: Int)]

    init(_ problem: LatticeProblem) {
        struct Key: Hashable {
            let patch: Int
            let hole: Int64
        }
        var firstVisit: [Key: Int] = [:]
        for index in problem.stop.indices {
            let key = Key(patch: problem.patch[index], hole: problem.hole[index])
            if firstVisit[key] == nil { firstVisit[key] = index }
        }
        pairs = problem.stop.indices.compactMap { index in
            guard firstVisit[Key(patch: problem.patch[index], hole: problem.hole[index])] == index,
                let next = firstVisit[Key(patch: problem.patch[index], hole: problem.hole[index] &+ 1)],
                problem.stop[next] != problem.stop[index]
            else { return nil }
            return (index, next)
        }
    }

    /// Pairs that lie on neighbouring sites.
    func hits(_ fit: LatticeFit, _ problem: LatticeProblem) -> Int {
        let steps = Set(problem.lattice.kind.neighbours)
        return pairs.count { steps.contains(fit.sites[$0.second] - fit.sites[$0.first]) }
    }
}

/// The matrix that follows if a square's holes are numbered along the spiral: then each hole's site is known up to the id of
/// the centre, and beam shift = G n - W S + origin is linear.
struct SpiralSeed {
    let matrix: Matrix2

    private static let mostPatches = 3
    /// Holes of a square before the first one that was exposed.
    private static let mostUnexposed: Int64 = 1000
    private static let leastHoles = 8

    /// The matrices of the patches with the most holes; empty where the ids follow no spiral.
    static func all(_ problem: LatticeProblem) -> [SpiralSeed] {
        let members = Dictionary(grouping: problem.stop.indices) { problem.patch[$0] }
        let largest = members.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        return largest.prefix(mostPatches).compactMap { SpiralSeed(problem, $0.value) }
    }

    private init?(_ problem: LatticeProblem, _ members: [Int]) {
        guard let least = members.map({ problem.hole[$0] }).min(), least >= 0 else { return nil }
        // Another search for holes gave other ids.
        let run = members.filter { problem.hole[$0] &- least < Self.mostUnexposed }
        guard run.count >= Self.leastHoles, Set(run.map { problem.stop[$0] }).count > 1 else { return nil }
        let typical = Matrix2(scale: 1 / Calibration.typicalScale)
        // Loose: it only keeps the problem solvable.
        let anchor = LatticeSums.Anchor(
            vectors: Matrix2(scale: 0), inverse: Matrix2(scale: 0), vectorDeviation: 10 * problem.lattice.pitch,
            inverseDeviation: 10 * typical.m11)
        var best: (matrix: Matrix2, residual: Double)?
        for centre in max(0, least - Self.mostUnexposed)...least {
            var sums = LatticeSums()
            let sites = run.map { SquareSpiral.site(Int(problem.hole[$0] - centre)).vector }
            for (index, site) in zip(run, sites) {
                sums.add(site: site, stage: problem.stage[index], beamShift: problem.beamShift[index])
            }
            guard let solution = LatticeSums.solve([sums], anchor: anchor) else { continue }
            let origin = sums.origin(solution, vectors: solution.vectors)
            let squares = zip(run, sites).reduce(0) { sum, hole in
                let expected = solution.vectors * hole.1 - solution.inverse * problem.stage[hole.0] + origin
                return sum + (problem.beamShift[hole.0] - expected).squaredLength
            }
            let residual = (squares / Double(run.count)).squareRoot()
            guard residual < best?.residual ?? .infinity, let matrix = solution.inverse.inverse else { continue }
            best = (matrix, residual)
        }
        // The spiral's own lattice is the foil's, or the ids do not follow it.
        guard let best, best.residual < 0.12 * problem.lattice.pitch, Calibration.isPlausible(best.matrix) else {
            return nil
        }
        matrix = best.matrix
    }
}

/// Sites in the order of the square spiral: left, up, right, down, each length walked twice.
enum SquareSpiral {
    static func site(_ index: Int) -> FoilLattice.Site {
        guard index > 0 else { return FoilLattice.Site(0, 0) }
        // Ring r has 8 r sites and begins after (2 r - 1)^2.
        var ring = Int(((Double(index).squareRoot()) + 1) / 2)
        while (2 * ring - 1) * (2 * ring - 1) > index { ring -= 1 }
        while (2 * ring + 1) * (2 * ring + 1) <= index { ring += 1 }
        let place = index - (2 * ring - 1) * (2 * ring - 1)
        let (side, step) = (place / (2 * ring), place % (2 * ring))
        // A ring is entered from the right of the one before: x = -ring is its first side.
        switch side {
        case 0: return FoilLattice.Site(-ring, -ring + 1 + step)
        case 1: return FoilLattice.Site(-ring + 1 + step, ring)
        case 2: return FoilLattice.Site(ring, ring - 1 - step)
        default: return FoilLattice.Site(ring - 1 - step, -ring)
        }
    }
}
