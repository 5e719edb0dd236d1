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
        /// The mean over both rows of the variances of the inverse's two columns, for residuals of variance 1.
        let inverseVariance: Vector2

        /// - Parameter unknowns: G and -W of the x component, then of the y component; the variances have the same order.
        fileprivate init(_ unknowns: [Double], _ variances: [Double]) {
            vectors = Matrix2(unknowns[0], unknowns[1], unknowns[4], unknowns[5])
            inverse = Matrix2(-unknowns[2], -unknowns[3], -unknowns[6], -unknowns[7])
            inverseVariance = Vector2((variances[2] + variances[6]) / 2, (variances[3] + variances[7]) / 2)
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
        var normal = [[Double]](repeating: [0, 0, 0, 0], count: 4)
        var right = [(x: Double, y: Double)](repeating: (0, 0), count: 4)
        for patch in patches where patch.weight > 0 {
            let (own, ownRight) = patch.reduced(likeness)
            for a in 0..<4 {
                for b in 0..<4 { normal[a][b] += own[a][b] }
                right[a].x += ownRight[a].x
                right[a].y += ownRight[a].y
            }
        }
        let ratios = [anchor.vectorDeviation, anchor.inverseDeviation].map { Anchor.holeDeviation / $0 }
        let known = [
            (anchor.vectors.m11, anchor.vectors.m21), (anchor.vectors.m12, anchor.vectors.m22),
            (-anchor.inverse.m11, -anchor.inverse.m21), (-anchor.inverse.m12, -anchor.inverse.m22),
        ]
        for a in 0..<4 {
            let weight = ratios[a / 2] * ratios[a / 2]
            normal[a][a] += weight
            right[a].x += weight * known[a].0
            right[a].y += weight * known[a].1
        }
        if let map { return solve(normal, right, map) }
        guard let x = SymmetricSystem(normal) else { return nil }
        let (first, second) = (x.solution(right.map(\.x)), x.solution(right.map(\.y)))
        let variances = x.variances
        return Solution(first + second, variances + variances)
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
            let (own, ownRight) = patch.reduced(likeness)
            for (component, unknowns) in places.enumerated() {
                for (a, (row, rowSign)) in unknowns.enumerated() {
                    right[row] += rowSign * (component == 0 ? ownRight[a].x : ownRight[a].y)
                    for (b, (column, sign)) in unknowns.enumerated() {
                        normal[row][column] += rowSign * sign * own[a][b]
                    }
                }
            }
        }
        guard let system = SymmetricSystem(normal) else { return nil }
        let x = system.solution(right)
        return (Vector2(x[4], x[5]), system.variances[4])
    }

    /// Solves with the map, which ties the two components of the beam shift together: eight unknowns.
    private static func solve(_ normal: [[Double]], _ right: [(x: Double, y: Double)], _ map: FoilMap) -> Solution? {
        var all = [[Double]](repeating: [Double](repeating: 0, count: 8), count: 8)
        for a in 0..<4 {
            for b in 0..<4 {
                all[a][b] = normal[a][b]
                all[a + 4][b + 4] = normal[a][b]
            }
        }
        for (row, deviation) in map.observations {
            let weight = (Anchor.holeDeviation / deviation) * (Anchor.holeDeviation / deviation)
            for a in 0..<8 { for b in 0..<8 { all[a][b] += weight * row[a] * row[b] } }
        }
        guard let x = SymmetricSystem(all) else { return nil }
        return Solution(x.solution(right.map(\.x) + right.map(\.y)), x.variances)
    }
}
