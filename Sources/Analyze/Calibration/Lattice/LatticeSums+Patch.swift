import EPUCore

/// Normal equations for G (two unknowns) and -W (two), for both components of the beam shift.
struct NormalEquations {
    var rows = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
    /// The right sides for the two components.
    var x = SIMD4<Double>.zero
    var y = SIMD4<Double>.zero

    mutating func add(_ other: NormalEquations) {
        rows.0 += other.rows.0
        rows.1 += other.rows.1
        rows.2 += other.rows.2
        rows.3 += other.rows.3
        x += other.x
        y += other.y
    }

    /// The elements, row by row.
    var elements: [Double] {
        let (a, b, c, d) = rows
        return [
            a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3], c[0], c[1], c[2], c[3], d[0], d[1], d[2], d[3],
        ]
    }

    /// The part of the equations that a likeness is added to.
    fileprivate func inverse(_ likeness: Double) -> Matrix2? {
        Matrix2(rows.0[0] + likeness, rows.0[1], rows.1[0], rows.1[1] + likeness).inverse
    }
}

extension [Double] {
    init(_ values: SIMD4<Double>) { self = [values[0], values[1], values[2], values[3]] }
}

/// What one patch adds to the solution, and what the solution says of it.
extension LatticeSums {
    /// The patch's normal equations, without its constant and without its own vectors.
    ///
    /// With A, B, C the parts of the equations for n n, n S and S S, and p the likeness, G_p = (A + p)^-1 (right + p G - B (-W)).
    func reduced(_ likeness: Double) -> NormalEquations {
        let own = aroundMean
        guard likeness.isFinite, let inverse = own.inverse(likeness) else { return own }
        let rows = own.rows
        let a = Matrix2(rows.0[0], rows.0[1], rows.1[0], rows.1[1])
        let b = Matrix2(rows.0[2], rows.0[3], rows.1[2], rows.1[3])
        let c = Matrix2(rows.2[2], rows.2[3], rows.3[2], rows.3[3])
        let drawn = likeness * inverse
        let (ofVectors, mixed) = (drawn * a, drawn * b)
        let ofInverse = c - b.transposed * (inverse * b)
        let sites = (Vector2(own.x[0], own.x[1]), Vector2(own.y[0], own.y[1]))
        let stages = (Vector2(own.x[2], own.x[3]), Vector2(own.y[2], own.y[3]))
        let upper = (drawn * sites.0, drawn * sites.1)
        let lower = (
            stages.0 - b.transposed * (inverse * sites.0), stages.1 - b.transposed * (inverse * sites.1)
        )
        return NormalEquations(
            rows: (
                SIMD4(ofVectors.m11, ofVectors.m12, mixed.m11, mixed.m12),
                SIMD4(ofVectors.m21, ofVectors.m22, mixed.m21, mixed.m22),
                SIMD4(mixed.m11, mixed.m21, ofInverse.m11, ofInverse.m12),
                SIMD4(mixed.m12, mixed.m22, ofInverse.m21, ofInverse.m22)
            ),
            x: SIMD4(upper.0.x, upper.0.y, lower.0.x, lower.0.y), y: SIMD4(upper.1.x, upper.1.y, lower.1.x, lower.1.y))
    }

    /// The normal equations with the patch's constant taken out.
    private var aroundMean: NormalEquations {
        let mean = z / weight
        return NormalEquations(
            rows: (zz.0 - mean[0] * z, zz.1 - mean[1] * z, zz.2 - mean[2] * z, zz.3 - mean[3] * z),
            x: zhx - mean * h.x, y: zhy - mean * h.y)
    }

    /// The patch's lattice vectors, as columns, beam-shift units.
    func vectors(_ solution: Solution, likeness: Double) -> Matrix2 {
        guard likeness.isFinite, weight > 0 else { return solution.vectors }
        let own = aroundMean
        guard let inverse = own.inverse(likeness) else { return solution.vectors }
        let b = Matrix2(own.rows.0[2], own.rows.0[3], own.rows.1[2], own.rows.1[3])
        func row(_ sites: Vector2, _ vectors: Vector2, _ inverseRow: Vector2) -> Vector2 {
            inverse * (sites + likeness * vectors + b * inverseRow)
        }
        let (g, w) = (solution.vectors, solution.inverse)
        let x = row(Vector2(own.x[0], own.x[1]), Vector2(g.m11, g.m12), Vector2(w.m11, w.m12))
        let y = row(Vector2(own.y[0], own.y[1]), Vector2(g.m21, g.m22), Vector2(w.m21, w.m22))
        return Matrix2(x.x, x.y, y.x, y.y)
    }

    /// The mean of beam shift - G n + W S: the patch's origin.
    func origin(_ solution: Solution, vectors: Matrix2) -> Vector2 {
        guard weight > 0 else { return .zero }
        let mean = 1 / weight * z
        return 1 / weight * h - vectors * Vector2(mean[0], mean[1]) + solution.inverse * Vector2(mean[2], mean[3])
    }
}
