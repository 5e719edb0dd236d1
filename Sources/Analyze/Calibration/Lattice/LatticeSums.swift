import EPUCore

/// Sums of a linear least-squares problem with four unknowns for each of the two beam-shift components, and for each patch a
/// constant and its own lattice vectors. Sums of stage stops can be added with any weight, so that a bootstrap does not see
/// the holes again.
///
/// Model of a hole at lattice site n of patch p, shot from the stage position S: beam shift = G_p n - W S + origin_p + error of
/// the stop + error of the hole, where the G_p scatter about the session's G.
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

    /// The same of one stop whose holes share an error, as a generalized least-squares fit weighs them: deviations from their
    /// mean count in full, the mean itself by (1 - share).
    /// - Parameter share: n s^2 / (n s^2 + h^2), with s the standard deviation of the stop's error and h that of a hole's.
    func sharingError(_ share: Double) -> LatticeSums {
        guard weight > 0, share > 0 else { return self }
        var sums = self
        let part = share / weight
        sums.zz.0 -= part * z[0] * z
        sums.zz.1 -= part * z[1] * z
        sums.zz.2 -= part * z[2] * z
        sums.zz.3 -= part * z[3] * z
        sums.zhx -= part * h.x * z
        sums.zhy -= part * h.y * z
        sums.weight = (1 - share) * weight
        sums.z = (1 - share) * z
        sums.h = (1 - share) * h
        return sums
    }

    var holes: Double { weight }

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
    /// - Parameters:
    ///   - likeness: of the patches' lattices: the variance of a hole's beam shift over that of an element of a patch's vectors
    ///     about the session's; infinite where all patches have one lattice.
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

    /// The same where the inverse is a similarity, w = w.x + i w.y as a complex number: six unknowns.
    /// - Returns: w, and the variance of each of its parts, for residuals of variance 1; nil where the sums do not tell them.
    static func similarity(_ patches: [LatticeSums], likeness: Double) -> (inverse: Vector2, variance: Double)? {
        // Of the unknowns of the x component, G11, G12, -W11, -W12, and of the y component, likewise; W11 = W22 = w.x,
        // W21 = -W12 = w.y.
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
}

// MARK: - One patch

extension LatticeSums {
    /// The patch's normal equations for G (two) and -W (two), without its constant and without its own vectors.
    ///
    /// With A, B, C the parts of the equations for n n, n S and S S, and p the likeness, G_p = (A + p)^-1 (right + p G - B (-W)).
    private func reduced(_ likeness: Double) -> (normal: [[Double]], right: [(x: Double, y: Double)]) {
        let (rows, right) = aroundMean
        guard likeness.isFinite else { return (rows, right) }
        guard
            let inverse = Matrix2(rows[0][0] + likeness, rows[0][1], rows[1][0], rows[1][1] + likeness).inverse
        else { return (rows, right) }
        let a = Matrix2(rows[0][0], rows[0][1], rows[1][0], rows[1][1])
        let b = Matrix2(rows[0][2], rows[0][3], rows[1][2], rows[1][3])
        let c = Matrix2(rows[2][2], rows[2][3], rows[3][2], rows[3][3])
        let drawn = likeness * inverse
        let (ofVectors, mixed) = (drawn * a, drawn * b)
        let ofInverse = c - b.transposed * (inverse * b)
        let sites = (Vector2(right[0].x, right[1].x), Vector2(right[0].y, right[1].y))
        let stages = (Vector2(right[2].x, right[3].x), Vector2(right[2].y, right[3].y))
        let upper = (drawn * sites.0, drawn * sites.1)
        let lower = (
            stages.0 - b.transposed * (inverse * sites.0), stages.1 - b.transposed * (inverse * sites.1)
        )
        return (
            [
                [ofVectors.m11, ofVectors.m12, mixed.m11, mixed.m12],
                [ofVectors.m21, ofVectors.m22, mixed.m21, mixed.m22],
                [mixed.m11, mixed.m21, ofInverse.m11, ofInverse.m12],
                [mixed.m12, mixed.m22, ofInverse.m21, ofInverse.m22],
            ],
            [
                (upper.0.x, upper.1.x), (upper.0.y, upper.1.y), (lower.0.x, lower.1.x), (lower.0.y, lower.1.y),
            ]
        )
    }

    /// The normal equations with the patch's constant taken out.
    private var aroundMean: (normal: [[Double]], right: [(x: Double, y: Double)]) {
        let rows = [zz.0, zz.1, zz.2, zz.3]
        var normal = [[Double]](repeating: [0, 0, 0, 0], count: 4)
        var right = [(x: Double, y: Double)](repeating: (0, 0), count: 4)
        for a in 0..<4 {
            let mean = z[a] / weight
            for b in 0..<4 { normal[a][b] = rows[a][b] - mean * z[b] }
            right[a] = (zhx[a] - mean * h.x, zhy[a] - mean * h.y)
        }
        return (normal, right)
    }

    /// The patch's lattice vectors, as columns, beam-shift units.
    func vectors(_ solution: Solution, likeness: Double) -> Matrix2 {
        guard likeness.isFinite, weight > 0 else { return solution.vectors }
        let (rows, right) = aroundMean
        guard
            let inverse = Matrix2(rows[0][0] + likeness, rows[0][1], rows[1][0], rows[1][1] + likeness).inverse
        else { return solution.vectors }
        let b = Matrix2(rows[0][2], rows[0][3], rows[1][2], rows[1][3])
        func row(_ sites: Vector2, _ vectors: Vector2, _ inverseRow: Vector2) -> Vector2 {
            inverse * (sites + likeness * vectors + b * inverseRow)
        }
        let (g, w) = (solution.vectors, solution.inverse)
        let x = row(Vector2(right[0].x, right[1].x), Vector2(g.m11, g.m12), Vector2(w.m11, w.m12))
        let y = row(Vector2(right[0].y, right[1].y), Vector2(g.m21, g.m22), Vector2(w.m21, w.m22))
        return Matrix2(x.x, x.y, y.x, y.y)
    }

    /// The mean of beam shift - G n + W S: the patch's origin.
    func origin(_ solution: Solution, vectors: Matrix2) -> Vector2 {
        guard weight > 0 else { return .zero }
        let mean = 1 / weight * z
        return 1 / weight * h - vectors * Vector2(mean[0], mean[1]) + solution.inverse * Vector2(mean[2], mean[3])
    }
}
