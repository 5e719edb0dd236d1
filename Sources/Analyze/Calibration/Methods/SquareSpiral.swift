import EPUCore

/// The sites in the order of the square spiral: left, up, right, down, each length walked twice.
enum SquareSpiral {
    static func site(_ index: Int) -> FoilLattice.Site {
        guard index > 0 else { return FoilLattice.Site(0, 0) }
        // Ring r has 8 r sites and begins after (2 r - 1)^2.
        var ring = Int(((Double(index).squareRoot()) + 1) / 2)
        while (2 * ring - 1) * (2 * ring - 1) > index { ring -= 1 }
        while (2 * ring + 1) * (2 * ring + 1) <= index { ring += 1 }
        let place = index - (2 * ring - 1) * (2 * ring - 1)
        let (side, step) = (place / (2 * ring), place % (2 * ring))
        // A ring is entered from the right of the one before: x = -ring is its first side.
        switch side {
        case 0: return FoilLattice.Site(-ring, -ring + 1 + step)
        case 1: return FoilLattice.Site(-ring + 1 + step, ring)
        case 2: return FoilLattice.Site(ring, ring - 1 - step)
        default: return FoilLattice.Site(ring - 1 - step, -ring)
        }
    }
}
