import EPUCore

/// The matrix that follows if a square's holes are numbered along the spiral: then each hole's site is known up to the id of
/// the centre, and beam shift = G n - W S + origin is linear.
struct SpiralSeed {
    let matrix: Matrix2

    private static let mostPatches = 3
    /// The most holes of a square before the first one that was exposed.
    private static let mostUnexposed: Int64 = 1000
    /// The fewest holes of a square from which the spiral is found.
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
        // The anchor is loose: it only keeps the problem solvable.
        let anchor = LatticeSums.Anchor(
            vectors: Matrix2(scale: 0), inverse: Matrix2(scale: 0), vectorDeviation: 10 * problem.lattice.pitch,
            inverseDeviation: 10 * typical.m11)
        var best: (matrix: Matrix2, residual: Double)?
        let spiral = (0...Int(2 * Self.mostUnexposed)).map { SquareSpiral.site($0).vector }
        let holes = run.map {
            (
                place: Int(problem.hole[$0] - least), stage: problem.stage[$0], shift: problem.beamShift[$0]
            )
        }
        // What needs no site is the same wherever the spiral begins.
        let stages = holes.reduce(into: StageSums()) { sums, hole in
            let stage = SIMD2(hole.stage.x, hole.stage.y)
            sums.add(
                stage: stage, squares: stage * stage, mixed: stage.x * stage.y,
                beamShift: SIMD2(hole.shift.x, hole.shift.y))
        }
        for centre in max(0, least - Self.mostUnexposed)...least {
            let first = Int(least - centre)
            var ofSites = SiteSums()
            for hole in holes {
                let site = spiral[first + hole.place]
                ofSites.add(
                    site: SIMD2(site.x, site.y), stage: SIMD2(hole.stage.x, hole.stage.y),
                    beamShift: SIMD2(hole.shift.x, hole.shift.y))
            }
            let sums = LatticeSums(ofSites, stages)
            guard let solution = LatticeSums.solve([sums], anchor: anchor) else { continue }
            let origin = sums.origin(solution, vectors: solution.vectors)
            var squares = 0.0
            for hole in holes {
                let expected = solution.vectors * spiral[first + hole.place] - solution.inverse * hole.stage + origin
                squares += (hole.shift - expected).squaredLength
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
