import EPUCore

/// What one patch adds to the solution, and what the solution says of it.
extension LatticeSums {
    /// The patch's normal equations for G (two) and -W (two), without its constant and without its own vectors.
    ///
    /// With A, B, C the parts of the equations for n n, n S and S S, and p the likeness, G_p = (A + p)^-1 (right + p G - B (-W)).
    func reduced(_ likeness: Double) -> (normal: [[Double]], right: [(x: Double, y: Double)]) {
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
