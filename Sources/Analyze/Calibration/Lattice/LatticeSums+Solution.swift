import EPUCore

/// The least-squares solution of all patches together.
extension LatticeSums {
    /// What makes the problem solvable where stops or holes are few: the solution stays near a known one, as a
    /// measurement with these standard deviations would keep it.
    struct Anchor {
        let vectors: Matrix2
        let inverse: Matrix2
        /// The standard deviation of the lattice vectors, beam-shift units.
        let vectorDeviation: Double
        /// The standard deviation of the inverse's elements, beam-shift units per um.
        let inverseDeviation: Double
        /// The standard deviation of the holes' beam shifts, beam-shift units.
        static let holeDeviation = 0.0016
    }

    struct Solution {
        let vectors: Matrix2
        let inverse: Matrix2
        private let system: SymmetricSystem
        /// The places of the two elements of -W in the system, row by row.
        private let places: [(x: Int, y: Int)]

        /// - Parameter unknowns: G and -W of the x component, then of the y component.
        fileprivate init(_ unknowns: [Double], _ system: SymmetricSystem, _ places: [(x: Int, y: Int)]) {
            vectors = Matrix2(unknowns[0], unknowns[1], unknowns[4], unknowns[5])
            inverse = Matrix2(-unknowns[2], -unknowns[3], -unknowns[6], -unknowns[7])
            self.system = system
            self.places = places
        }

        /// The mean over both rows of the variances of the inverse's two columns, for residuals of variance 1.
        var inverseVariance: Vector2 {
            let (first, second) = (places[0], places[1])
            return Vector2(
                (system.variance(first.x) + system.variance(second.x)) / 2,
                (system.variance(first.y) + system.variance(second.y)) / 2)
        }
    }

    /// Solves for all patches; nil where neither the sums nor the anchor say anything of some unknown.
    /// - Parameters:
    ///   - likeness: how alike the patches' lattices are: the variance of a hole's beam shift over that of an element of a
    ///     patch's vectors about the session's; infinite where all patches have one lattice.
    ///   - map: what the hole map says of the foil's lattice.
    static func solve(
        _ patches: [LatticeSums], anchor: Anchor, likeness: Double = .infinity, map: FoilMap? = nil
    ) -> Solution? {
        var all = NormalEquations()
        for patch in patches where patch.weight > 0 { all.add(patch.reduced(likeness)) }
        let ofVectors = Anchor.holeDeviation / anchor.vectorDeviation
        let ofInverse = Anchor.holeDeviation / anchor.inverseDeviation
        let weights = SIMD4(
            ofVectors * ofVectors, ofVectors * ofVectors, ofInverse * ofInverse, ofInverse * ofInverse)
        all.rows.0[0] += weights[0]
        all.rows.1[1] += weights[1]
        all.rows.2[2] += weights[2]
        all.rows.3[3] += weights[3]
        let (vectors, inverse) = (anchor.vectors, anchor.inverse)
        all.x += weights * SIMD4(vectors.m11, vectors.m12, -inverse.m11, -inverse.m12)
        all.y += weights * SIMD4(vectors.m21, vectors.m22, -inverse.m21, -inverse.m22)
        if let map { return solve(all, map) }
        guard let system = SymmetricSystem(all.elements, count: 4) else { return nil }
        return Solution(
            system.solution([Double](all.x)) + system.solution([Double](all.y)), system, [(2, 3), (2, 3)])
    }

    /// Solves for all patches where the inverse is a similarity, w = w.x + i w.y as a complex number: six unknowns.
    /// - Returns: w, and the variance of each of its parts, for residuals of variance 1; nil where the sums do not tell them.
    static func similarity(_ patches: [LatticeSums], likeness: Double) -> (inverse: Vector2, variance: Double)? {
        // The unknowns of the x component are G11, G12, -W11, -W12, and those of the y component likewise; W11 = W22 = w.x, W21 =
        // -W12 = w.y.
        let places = [[(0, 1.0), (1, 1.0), (4, -1.0), (5, 1.0)], [(2, 1.0), (3, 1.0), (5, -1.0), (4, -1.0)]]
        var normal = [[Double]](repeating: [Double](repeating: 0, count: 6), count: 6)
        var right = [Double](repeating: 0, count: 6)
        for patch in patches where patch.weight > 0 {
            let own = patch.reduced(likeness)
            let elements = own.elements
            for (component, unknowns) in places.enumerated() {
                for (a, (row, rowSign)) in unknowns.enumerated() {
                    right[row] += rowSign * (component == 0 ? own.x[a] : own.y[a])
                    for (b, (column, sign)) in unknowns.enumerated() {
                        normal[row][column] += rowSign * sign * elements[4 * a + b]
                    }
                }
            }
        }
        guard let system = SymmetricSystem(normal) else { return nil }
        let x = system.solution(right)
        return (Vector2(x[4], x[5]), system.variance(4))
    }

    /// Solves with the map, which ties the two components of the beam shift together: eight unknowns.
    private static func solve(_ normal: NormalEquations, _ map: FoilMap) -> Solution? {
        var all = [Double](repeating: 0, count: 64)
        let elements = normal.elements
        for a in 0..<4 {
            for b in 0..<4 {
                all[8 * a + b] = elements[4 * a + b]
                all[8 * (a + 4) + b + 4] = elements[4 * a + b]
            }
        }
        for observation in map.observations { for place in 0..<64 { all[place] += observation[place] } }
        guard let system = SymmetricSystem(all, count: 8) else { return nil }
        return Solution(system.solution([Double](normal.x) + [Double](normal.y)), system, [(2, 3), (6, 7)])
    }
}
