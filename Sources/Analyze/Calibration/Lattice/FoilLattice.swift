import EPUCore

/// The foil's holes as they lie in beam shift: a lattice, found from the differences of holes shot from one stage stop.
struct FoilLattice: Sendable {
    enum Kind: String, Sendable {
        case square
        case hexagonal

        /// The sites that are one pitch away from the origin.
        var neighbours: [Site] {
            let square = [Site(1, 0), Site(0, 1), Site(-1, 0), Site(0, -1)]
            return self == .square ? square : square + [Site(1, -1), Site(-1, 1)]
        }

        /// The integer matrices that take the lattice to itself: 8 for a square, 12 for a hexagonal one. The first is the
        /// identity.
        var symmetries: [Matrix2] {
            let turn = self == .square ? Matrix2(0, -1, 1, 0) : Matrix2(0, -1, 1, 1)
            let mirror = self == .square ? Matrix2(1, 0, 0, -1) : Matrix2(1, 1, 0, -1)
            var rotations = [Matrix2.identity]
            while rotations.count < (self == .square ? 4 : 6) {
                rotations.append(turn * (rotations.last ?? .identity))
            }
            return rotations + rotations.map { $0 * mirror }
        }

        /// The area of a cell for a pitch of 1.
        var cellArea: Double { self == .square ? 1 : 3.0.squareRoot() / 2 }

        /// The squared distance of a site from the origin for a pitch of 1.
        func squaredLength(_ site: Site) -> Int {
            site.i * site.i + site.j * site.j + (self == .square ? 0 : site.i * site.j)
        }
    }

    struct Site: Hashable, Sendable {
        var i: Int
        var j: Int

        init(_ i: Int, _ j: Int) {
            self.i = i
            self.j = j
        }

        var vector: Vector2 { Vector2(Double(i), Double(j)) }
        static func - (a: Site, b: Site) -> Site { Site(a.i - b.i, a.j - b.j) }
    }

    /// The lattice vectors as columns, beam-shift units: 90 or 60 degrees apart anticlockwise, the first one as near to the x
    /// axis as can be.
    let vectors: Matrix2
    let kind: Kind
    /// The rms distance of the difference of two holes from a lattice vector, beam-shift units.
    let scatter: Double
    /// The number of differences that were looked at.
    let differences: Int

    /// The pitch, beam-shift units: the square root of the cell's area over that for a pitch of 1.
    var pitch: Double { (abs(vectors.determinant) / kind.cellArea).squareRoot() }

    /// The pitches that foils have, um.
    static let plausiblePitches = 0.1...100.0

    /// The scale that makes the pitch `um`, in um per unit.
    func scale(pitch um: Double) -> Double { um / pitch }
}
