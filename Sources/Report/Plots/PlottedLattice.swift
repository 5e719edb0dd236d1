import EPUCore

/// The lattice on which foil holes lie, as plots show it: in beam-shift units or, after `seen(through:)`, in um on the stage.
struct PlottedLattice {
    let a: Vector2
    let b: Vector2
    let isHexagonal: Bool

    /// Makes the lattice; nil if the two vectors are not finite or lie on one line.
    init?(a: Vector2, b: Vector2, isHexagonal: Bool) {
        let area = a.x * b.y - a.y * b.x
        guard area != 0, area.isFinite else { return nil }
        self.a = a
        self.b = b
        self.isHexagonal = isHexagonal
    }

    func seen(through matrix: Matrix2) -> PlottedLattice? {
        PlottedLattice(a: matrix * a, b: matrix * b, isHexagonal: isHexagonal)
    }

    /// The length of the shorter vector.
    var pitch: Double { min(a.length, b.length) }

    /// The angle between the vectors, degrees, 0 to 180.
    var angleDegrees: Double {
        abs(Matrix2(a.x, -a.y, a.y, a.x).inverse.map { ($0 * b).angle } ?? 0) * 180 / .pi
    }

    /// The vector from site (0, 0) to a site.
    func offset(of site: LatticeSite) -> Vector2 { Double(site.i) * a + Double(site.j) * b }

    /// The place of site (0, 0), as the weighted mean of what each place says; nil without places.
    func origin(fitting places: [(place: Vector2, site: LatticeSite, weight: Double)]) -> Vector2? {
        let weight = places.reduce(0) { $0 + $1.weight }
        guard weight > 0 else { return nil }
        return 1 / weight * places.reduce(.zero) { $0 + $1.weight * ($1.place - offset(of: $1.site)) }
    }

    /// The rows of the lattice in each of its two directions, or three if it is hexagonal. Each goes from the first site to the
    /// last, and half a step beyond.
    func lines(through sites: some Collection<LatticeSite>, origin: Vector2) -> [[Vector2]] {
        directions.flatMap { step in
            // Sites of one row have the same cross product with the step.
            let rows = Dictionary(grouping: Set(sites)) { $0.i &* step.j &- $0.j &* step.i }
            return rows.sorted { $0.key < $1.key }.map { row in
                let along = row.value.sorted { ($0.i &* step.i &+ $0.j &* step.j) < ($1.i &* step.i &+ $1.j &* step.j) }
                let half = 0.5 * offset(of: step)
                return [
                    origin + offset(of: along[0]) - half, origin + offset(of: along[along.count - 1]) + half,
                ]
            }
        }
    }

    private var directions: [LatticeSite] {
        let two = [LatticeSite(i: 1, j: 0), LatticeSite(i: 0, j: 1)]
        guard isHexagonal else { return two }
        // The third direction is the shorter diagonal.
        return two + [LatticeSite(i: 1, j: (a + b).length < (a - b).length ? 1 : -1)]
    }
}
