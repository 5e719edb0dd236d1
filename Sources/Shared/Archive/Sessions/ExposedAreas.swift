import EPUCore

/// The foil holes that a session exposed, and the areas in them.
///
/// Both are in the exposures' names, which an index has: the exposures themselves are wide rows.
struct ExposedAreas {
    private struct Area: Comparable {
        let foilHole: Int64
        let area: Int64

        static func < (a: Area, b: Area) -> Bool { (a.foilHole, a.area) < (b.foilHole, b.area) }
    }

    private var exposed: [Area] = []

    mutating func add(_ name: String) {
        guard let (hole, area) = ExposureName.holeAndArea(of: name) else { return }
        exposed.append(Area(foilHole: hole, area: area))
    }

    /// The numbers of different foil holes and of different areas; an area that was shot twice counts once. O(n log n).
    var counts: (foilHoles: Int, areas: Int) {
        var (foilHoles, areas) = (0, 0)
        var last: Area?
        for area in exposed.sorted() {
            if area.foilHole != last?.foilHole { foilHoles += 1 }
            if area != last { areas += 1 }
            last = area
        }
        return (foilHoles, areas)
    }
}
