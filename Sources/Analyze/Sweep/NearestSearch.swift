import EPUCore

/// A search for the distances to earlier exposures, in memory.
struct NearestSearch {
    let relations: ExposureRelations
    /// The distance up to which is searched, um.
    let reach: Double
    let countNeighbours: Bool
    /// The grid of cells, used again for each scale.
    private var grid: PositionGrid

    init(_ relations: ExposureRelations, reach: Double, countNeighbours: Bool) {
        self.relations = relations
        self.reach = reach
        self.countNeighbours = countNeighbours
        grid = PositionGrid(reach: reach)
    }

    /// The greatest number of distances by design that are kept: there may be very many at one place, and the first tell enough.
    private static let mostByDesign = 1_000_000

    mutating func distances(scaledBy factor: Double) -> RadiusSweep.Distances {
        let (positions, centres) = relations.scaled(by: factor)
        grid.removeAll(reach: reach)
        var distances: [Double] = []
        var byDesign: [Double] = []
        for (index, position) in positions.enumerated() {
            var nearest = NearestExposure()
            grid.forEach(within: reach, of: position) { earlier, distance in
                let isByDesign = relations.rules.isByDesign(earlier: earlier, later: index, centres)
                if isByDesign, byDesign.count < Self.mostByDesign { byDesign.append(distance) }
                if let greatest = relations.greatestDistance(earlier, index, distance) {
                    nearest.add(greatest, isByDesign: isByDesign)
                }
            }
            let least = countNeighbours ? nearest.distance : nearest.unplannedDistance
            if let least, least <= reach { distances.append(least) }
            grid.append(position)
        }
        return RadiusSweep.Distances(nearest: distances.sorted(), byDesign: byDesign.sorted())
    }
}
