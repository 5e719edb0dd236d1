import EPUCore

/// One of the ways in which a foil can lie on another so that their lattices agree: four turns of a square foil and four of it
/// upside down, six and six of a hexagonal one.
struct TurnCandidate {
    let turnDegrees: Double
    let isMirrored: Bool
    /// How much the one lattice must be stretched and sheared to be the other: the root of the sum of squares of what is left
    /// when the turn is taken off, without a unit. No foil is exactly square, so this speaks against the wrong turns.
    let strain: Double

    /// - Parameters: the lattice vectors of a square of the session, and of one of the judged session, as columns, um.
    static func all(from own: Matrix2, to judged: Matrix2, kind: FoilLattice.Kind) -> [TurnCandidate] {
        guard let inverse = own.inverse else { return [] }
        return kind.symmetries.map { symmetry in
            let whole = judged * symmetry * inverse
            let (turn, isMirrored) = (whole.angleDegrees, whole.isMirrored)
            let back = Matrix2(scale: 1, angleDegrees: isMirrored ? turn : -turn, isMirrored: isMirrored)
            // A reflection is its own inverse.
            let rest = back * whole - .identity
            let squares = rest.elements.reduce(0) { $0 + $1 * $1 }
            return TurnCandidate(turnDegrees: turn, isMirrored: isMirrored, strain: squares.squareRoot())
        }
    }
}
