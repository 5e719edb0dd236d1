import EPUCore

extension LatticeSite {
    /// The ring of the square spiral on which the site lies: 0 in the centre.
    var ring: Int { max(abs(i), abs(j)) }
}

/// The order in which EPU numbers the holes that it finds: a square spiral from the centre, clockwise on the stage.
func squareSpiral(rings: Int) -> [LatticeSite] {
    let count = (2 * rings + 1) * (2 * rings + 1)
    var sites = [LatticeSite.zero]
    // Left, up, right, down, in lattice axes; each length is walked twice.
    let directions = [(-1, 0), (0, 1), (1, 0), (0, -1)]
    var here = LatticeSite.zero
    var turn = 0
    while sites.count < count {
        let (di, dj) = directions[turn % 4]
        for _ in 0...(turn / 2) where sites.count < count {
            here = here + LatticeSite(i: di, j: dj)
            sites.append(here)
        }
        turn += 1
    }
    return sites
}
