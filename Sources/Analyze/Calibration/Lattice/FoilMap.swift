import EPUCore

/// The foil's lattice as the hole map has it: from all holes of a square, shot or not, and so very precise, but seen at
/// low magnification. What the map's calibration gets wrong is above all the scale.
///
/// With L the lattice in the map, the true one is M G = (1 + K)^-1 L, with a small K; so G - W L = -W K L holds to first
/// order, which are four linear observations of the unknowns G and W = M^-1.
struct FoilMap: Sendable {
    /// The expected sizes of K's parts: scale (2 to 4 % was seen), rotation, stretch and shear.
    private static let scaleError = 0.03
    /// The expected size of rotation, stretch and shear, as a part.
    private static let shapeError = 0.005

    /// What each observation adds to the normal equations of (G11, G12, -W11, -W12, G21, G22, -W21, -W22), row by row.
    let observations: [[Double]]

    /// Finds the observations; nil where the holes show no lattice that agrees with the fit's to some per cent.
    /// - Parameters:
    ///   - steps: the steps from hole to hole in the map.
    ///   - fit: the fit of the lattice, which says which steps of the map are its vectors.
    init?(_ steps: MapSteps, near fit: LatticeFit) {
        let expected = fit.matrix * fit.vectors
        let pitch = abs(expected.determinant).squareRoot()
        var vectors = expected
        for reach in [1.6, 3, 6, 12, 20] {
            guard let better = steps.fitted(vectors, from: 0.3 * pitch, to: reach * pitch) else { return nil }
            vectors = better
        }
        guard vectors.difference(from: expected) < 0.08, let toSites = vectors.inverse else { return nil }
        let (m, i) = (fit.matrix, toSites)
        // K_ab is the sum over c of M_ac (sum over d of G_cd L^-1_db - W_cb), up to the sign.
        func part(_ a: Int, _ b: Int) -> [Double] {
            (0..<2).flatMap { c -> [Double] in
                let factor = c == 0 ? (a == 0 ? m.m11 : m.m21) : (a == 0 ? m.m12 : m.m22)
                let column = b == 0 ? (i.m11, i.m21) : (i.m12, i.m22)
                return [factor * column.0, factor * column.1, b == 0 ? factor : 0, b == 1 ? factor : 0]
            }
        }
        let (k11, k12, k21, k22) = (part(0, 0), part(0, 1), part(1, 0), part(1, 1))
        let rows = [
            (zip(k11, k22).map { ($0 + $1) / 2 }, Self.scaleError),
            (zip(k21, k12).map { ($0 - $1) / 2 }, Self.shapeError),
            (zip(k11, k22).map { ($0 - $1) / 2 }, Self.shapeError),
            (zip(k12, k21).map { ($0 + $1) / 2 }, Self.shapeError),
        ]
        // The coefficients of a row are expected to add up to 0, with that standard deviation.
        observations = rows.map { row, deviation in
            let weight = (LatticeSums.Anchor.holeDeviation / deviation) * (LatticeSums.Anchor.holeDeviation / deviation)
            return row.flatMap { a in row.map { b in weight * a * b } }
        }
    }
}
