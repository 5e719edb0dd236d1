import EPUCore

/// How the holes of a foil are arranged: the arithmetic of its lattice, in steps along two axes.
enum FoilPattern: String, CaseIterable, Sendable {
    /// Axes at a right angle, as on Quantifoil's R1.2/1.3.
    case square
    /// Axes 60 degrees apart and six neighbours to a hole: the closest packing of UltrAuFoil or HexAuFoil.
    case hexagonal

    /// The angle from the first axis to the second, radians.
    var axesAngle: Double {
        switch self {
        case .square: .pi / 2
        case .hexagonal: .pi / 3
        }
    }

    /// The squared length of a step, in pitches, on the lattice without shear or stretch.
    func squaredLength(_ step: LatticeSite) -> Int {
        switch self {
        case .square: step.squaredLength
        case .hexagonal: step.i * step.i + step.i * step.j + step.j * step.j
        }
    }

    /// The step turned by the angle between the axes, which takes the lattice to itself.
    func turned(_ step: LatticeSite) -> LatticeSite {
        switch self {
        case .square: LatticeSite(i: -step.j, j: step.i)
        case .hexagonal: LatticeSite(i: -step.j, j: step.i + step.j)
        }
    }

    /// The nearest neighbours of the origin.
    var neighbours: [LatticeSite] {
        let steps = [(1, 0), (0, 1), (-1, 0), (0, -1)] + (self == .hexagonal ? [(-1, 1), (1, -1)] : [])
        return steps.map { LatticeSite(i: $0.0, j: $0.1) }
    }

    /// The site nearest to a point that lies so many steps, and parts of steps, along each axis.
    func site(nearestToSteps i: Double, _ j: Double) -> LatticeSite {
        guard self == .hexagonal else { return LatticeSite(i: Int(i.rounded()), j: Int(j.rounded())) }
        // One of the corners of the cell: 60 degrees leave no obtuse triangle.
        let (left, low) = (i.rounded(.down), j.rounded(.down))
        var best = (site: LatticeSite.zero, distance: Double.infinity)
        for (u, v) in [(left, low), (left + 1, low), (left, low + 1), (left + 1, low + 1)] {
            let (x, y) = (i - u, j - v)
            let distance = x * x + x * y + y * y
            if distance < best.distance { best = (LatticeSite(i: Int(u), j: Int(v)), distance) }
        }
        return best.site
    }

    /// The site at a column and a row of the window that EPU searches, which is about as high as it is wide: every other
    /// row of a hexagonal foil is set off by half a pitch.
    func site(column: Int, row: Int) -> LatticeSite {
        switch self {
        case .square: LatticeSite(i: column, j: row)
        case .hexagonal: LatticeSite(i: column - Int((Double(row) / 2).rounded(.down)), j: row)
        }
    }
}

/// The order in which EPU gives ids to the holes of a grid square.
enum HoleNumbering: String, CaseIterable, Sendable {
    /// The ids run along a square spiral from the middle, as in all real sessions on square foils that were looked at.
    case spiral
    case random
}
