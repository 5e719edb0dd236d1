import EPUCore

/// Finding the lattice from the holes of single stage stops.
extension FoilLattice {
    /// Holes nearer to each other than this are the same, or one that was hit twice, beam-shift units: 0.3 um, half of the least
    /// pitch.
    static let sameHole = 0.012
    /// The greatest number of stops that are searched, those with the most holes first, and of holes of each.
    private static let mostStops = 60
    private static let mostHolesPerStop = 80

    /// Finds the lattice; nil where no stop has two holes, all lie on one line, or they lie on no lattice.
    ///
    /// Where the foil of some squares is turned against that of others, the differences of all are blurred. Then only those of
    /// the square with the most holes are used, and the other squares' lattices are sought from its own (`PatchLattices`).
    init?(_ visits: HoleVisits) {
        let holes = Self.holes(visits)
        if let found = FoilLattice(holes: holes.map(\.places)), found.scatter < Self.blurred * found.pitch {
            self = found
            return
        }
        var counts: [Int: Int] = [:]
        for group in holes { counts[group.patch, default: 0] += group.places.count }
        let largest = counts.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
        let own = FoilLattice(holes: holes.filter { $0.patch == largest }.map(\.places))
        guard let found = own ?? FoilLattice(holes: holes.map(\.places)) else { return nil }
        self = found
    }

    /// The greatest scatter, as a part of the pitch, that holes' own errors (0.01 to 0.03 in real data) explain.
    private static let blurred = 0.06

    /// - Parameter holes: the holes of each stop, beam-shift units.
    private init?(holes: [[Vector2]]) {
        let differences = Self.differences(holes)
        guard let nearest = Self.typicalNearest(holes) else { return nil }
        let heaps = Self.heaps(differences.filter { $0.length < 2.4 * nearest }, width: 0.16 * nearest)
        guard let basis = Self.coarsestBasis(heaps) else { return nil }
        var vectors = Self.reduced(basis)
        for reach in [2.4, 5, 10, .infinity] {
            guard let fitted = Self.fitted(vectors, to: differences.filter { $0.length < reach * nearest }) else {
                return nil
            }
            vectors = fitted
        }
        vectors = Self.canonical(Self.reduced(vectors))
        guard let inverse = vectors.inverse else { return nil }
        let residuals = differences.map { ($0 - vectors * Self.rounded(inverse * $0)).squaredLength }.sorted()
        // The nearest nine tenths count: holes that were hit beside their centre are not the foil's doing.
        let kept = residuals.prefix(max(1, residuals.count * 9 / 10))
        self.vectors = vectors
        self.differences = differences.count
        scatter = (kept.reduce(0, +) / Double(kept.count)).squareRoot()
        let cosine =
            vectors.firstColumn.dot(vectors.secondColumn)
            / (vectors.firstColumn.length * vectors.secondColumn.length)
        // The angles are 90 and 60 degrees; the microscope's anisotropy and a foil's shear turn them by some degrees.
        kind = cosine > 0.28 ? .hexagonal : .square
        guard scatter < 0.15 * pitch else { return nil }
    }

    /// The holes by stop, for the stops with the most of them; of a stop with very many holes, those around its middle.
    private static func holes(_ visits: HoleVisits) -> [(patch: Int, places: [Vector2])] {
        var holes = [[Int: [Vector2]]](repeating: [:], count: visits.stops.count)
        // Holes of two templates in one stop have no common origin.
        for visit in visits.visits { holes[visit.stop][visit.patch, default: []].append(visit.beamShift) }
        let groups = holes.flatMap { $0.sorted { $0.key < $1.key } }.filter { $0.value.count > 1 }
        let largest = groups.enumerated().sorted {
            ($1.element.value.count, $0.offset) < ($0.element.value.count, $1.offset)
        }
        return largest.prefix(mostStops).map { _, group in
            let mean = group.value.mean
            let inner = group.value.enumerated().sorted {
                ($0.element.distance(to: mean), $0.offset) < ($1.element.distance(to: mean), $1.offset)
            }
            return (group.key, inner.prefix(mostHolesPerStop).map(\.element))
        }
    }

    /// The differences between holes of one stop, each pair once, with x > 0 or, where x = 0, y > 0.
    private static func differences(_ holes: [[Vector2]]) -> [Vector2] {
        holes.flatMap { group in
            group.indices.flatMap { a in
                group[..<a].compactMap { other in
                    let difference = group[a] - other
                    guard difference.length > sameHole else { return nil }
                    return difference.x < 0 || (difference.x == 0 && difference.y < 0) ? -difference : difference
                }
            }
        }
    }

    /// The median distance of a hole to its nearest neighbour, beam-shift units.
    private static func typicalNearest(_ holes: [[Vector2]]) -> Double? {
        let nearest = holes.flatMap { group in
            group.compactMap { hole in
                group.map { hole.distance(to: $0) }.filter { $0 > sameHole }.min()
            }
        }
        return nearest.isEmpty ? nil : nearest.median
    }
}
