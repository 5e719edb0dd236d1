import EPUShared

/// Sums of a linear least-squares problem with four unknowns for each of the two beam-shift components, and a constant
/// for each patch. Sums of stage stops can be added with any weight, so that a bootstrap does not see the holes again.
///
/// Model of a hole at lattice site n, shot from the stage position S: beam shift = G n - W S + origin.
struct LatticeSums {
    private var weight = 0.0
    /// (n_i, n_j, S_x, S_y)
    private var z = SIMD4<Double>.zero
    private var zz = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
    private var h = Vector2.zero
    private var zhx = SIMD4<Double>.zero
    private var zhy = SIMD4<Double>.zero

    /// - Parameters:
    ///   - site: of the lattice.
    ///   - stage: um, from the middle of the patch.
    mutating func add(site: Vector2, stage: Vector2, beamShift: Vector2) {
        let row = SIMD4(site.x, site.y, stage.x, stage.y)
        weight += 1
        z += row
        zz.0 += row[0] * row
        zz.1 += row[1] * row
        zz.2 += row[2] * row
        zz.3 += row[3] * row
        h = h + beamShift
        zhx += beamShift.x * row
        zhy += beamShift.y * row
    }

    mutating func add(_ other: LatticeSums, times factor: Double) {
        weight += factor * other.weight
        z += factor * other.z
        zz.0 += factor * other.zz.0
        zz.1 += factor * other.zz.1
        zz.2 += factor * other.zz.2
        zz.3 += factor * other.zz.3
        h = h + factor * other.h
        zhx += factor * other.zhx
        zhy += factor * other.zhy
    }

    /// What makes the problem solvable where stops or holes are few: the solution stays near a known one, as a
    /// measurement with these standard deviations would keep it.
    struct Anchor {
        let vectors: Matrix2
        let inverse: Matrix2
        /// Beam-shift units.
        let vectorDeviation: Double
        /// Beam-shift units per um.
        let inverseDeviation: Double
        /// Of the holes' beam shifts, beam-shift units.
        static let holeDeviation = 0.0016
    }

    struct Solution {
        let vectors: Matrix2
        let inverse: Matrix2
        /// Mean over both rows of the variances of the inverse's two columns, for residuals of variance 1.
        let inverseVariance: Vector2

        /// - Parameter unknowns: G and -W of the x component, then of the y component, and their variances.
        fileprivate init(_ unknowns: [Double], _ variances: [Double]) {
            vectors = Matrix2(unknowns[0], unknowns[1], unknowns[4], unknowns[5])
            inverse = Matrix2(-unknowns[2], -unknowns[3], -unknowns[6], -unknowns[7])
            inverseVariance = Vector2((variances[2] + variances[6]) / 2, (variances[3] + variances[7]) / 2)
        }
    }

    /// Nil where the sums say nothing of some unknown and the anchor neither.
    /// - Parameter map: what the hole map says of the foil's lattice.
    static func solve(_ patches: [LatticeSums], anchor: Anchor, map: FoilMap? = nil) -> Solution? {
        var normal = [[Double]](repeating: [0, 0, 0, 0], count: 4)
        var right = [(x: Double, y: Double)](repeating: (0, 0), count: 4)
        for patch in patches where patch.weight > 0 {
            let rows = [patch.zz.0, patch.zz.1, patch.zz.2, patch.zz.3]
            for a in 0..<4 {
                let mean = patch.z[a] / patch.weight
                for b in 0..<4 { normal[a][b] += rows[a][b] - mean * patch.z[b] }
                right[a].x += patch.zhx[a] - mean * patch.h.x
                right[a].y += patch.zhy[a] - mean * patch.h.y
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

    /// The map ties the two components of the beam shift together: eight unknowns.
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

    /// The mean of beam shift - G n + W S: the patch's origin.
    func origin(_ solution: Solution) -> Vector2 {
        guard weight > 0 else { return .zero }
        let mean = 1 / weight * z
        return 1 / weight * h - solution.vectors * Vector2(mean[0], mean[1])
            + solution.inverse * Vector2(mean[2], mean[3])
    }
}

/// A symmetric positive definite system of linear equations, by Cholesky's decomposition.
struct SymmetricSystem {
    private let lower: [[Double]]

    /// Nil where the matrix is singular, to rounding.
    init?(_ matrix: [[Double]]) {
        let count = matrix.count
        var lower = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
        for row in 0..<count {
            for column in 0...row {
                var sum = matrix[row][column]
                for k in 0..<column { sum -= lower[row][k] * lower[column][k] }
                if row == column {
                    guard sum > 1e-12 * abs(matrix[row][row]), sum > 0 else { return nil }
                    lower[row][row] = sum.squareRoot()
                } else {
                    lower[row][column] = sum / lower[column][column]
                }
            }
        }
        self.lower = lower
    }

    /// The diagonal of the inverse.
    var variances: [Double] {
        lower.indices.map { place in solution(lower.indices.map { $0 == place ? 1 : 0 })[place] }
    }

    func solution(_ right: [Double]) -> [Double] {
        var x = right
        for row in lower.indices {
            for k in 0..<row { x[row] -= lower[row][k] * x[k] }
            x[row] /= lower[row][row]
        }
        for row in lower.indices.reversed() {
            for k in (row + 1)..<max(row + 1, lower.count) { x[row] -= lower[k][row] * x[k] }
            x[row] /= lower[row][row]
        }
        return x
    }
}
