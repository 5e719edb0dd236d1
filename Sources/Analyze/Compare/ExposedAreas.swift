import EPUShared

/// The foil holes that a session exposed, and the areas in them.
///
/// Both are in the exposures' names, which an index has: the exposures themselves are wide rows.
struct ExposedAreas {
    private struct Area: Hashable {
        let foilHole: Int64
        let area: Int64
    }

    private var foilHoles: Set<Int64> = []
    private var areas: Set<Area> = []

    mutating func add(_ name: String) {
        guard let (hole, area) = ExposureName.holeAndArea(of: name) else { return }
        foilHoles.insert(hole)
        areas.insert(Area(foilHole: hole, area: area))
    }

    var holeCount: Int { foilHoles.count }

    /// Mean over the exposed holes; an area that was shot twice counts once. Nil: there is none.
    var perHole: Double? { foilHoles.isEmpty ? nil : Double(areas.count) / Double(foilHoles.count) }
}
