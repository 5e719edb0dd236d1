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

    /// The coefficients of (G11, G12, -W11, -W12, G21, G22, -W21, -W22), expected to add up to 0, with the standard deviation.
    let observations: [(row: [Double], deviation: Double)]

    /// Finds the observations; nil where the holes show no lattice that agrees with the fit's to some per cent.
    /// - Parameters:
    ///   - holes: stage positions in the map, square by square, um.
    ///   - fit: the fit of the lattice, which says which steps of the map are its vectors.
    init?(_ holes: [[Vector2]], near fit: LatticeFit) {
        let expected = fit.matrix * fit.vectors
        let pitch = abs(expected.determinant).squareRoot()
        let differences = holes.flatMap { square in
            square.indices.flatMap { a in
                square[..<a].map { square[a] - $0 }.filter { $0.length > 0.3 * pitch && $0.length < 20 * pitch }
            }
        }
        var vectors = expected
        for reach in [1.6, 3, 6, 12, 20] {
            let near = differences.filter { $0.length < reach * pitch }
            guard near.count >= 8, let better = FoilLattice.fitted(vectors, to: near) else { return nil }
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
        observations = [
            (zip(k11, k22).map { ($0 + $1) / 2 }, Self.scaleError),
            (zip(k21, k12).map { ($0 - $1) / 2 }, Self.shapeError),
            (zip(k11, k22).map { ($0 - $1) / 2 }, Self.shapeError),
            (zip(k12, k21).map { ($0 + $1) / 2 }, Self.shapeError),
        ]
    }
}
