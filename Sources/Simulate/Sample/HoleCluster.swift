import EPUCore

/// Holes that are shot from one stage stop, by beam shift.
struct HoleCluster: Sendable {
    struct Member: Sendable {
        /// Index of the hole in its grid square.
        let hole: Int
        /// The rank of the hole in its cluster: 0 for the centre, then by distance from it on the lattice, whether or not
        /// nearer holes exist.
        let rank: Int
    }

    let centre: Int
    /// The holes of the cluster, by rank.
    let members: [Member]
}

/// Divides the holes of a grid square among clusters, as EPU's fast acquisition ("AFIS") does: each hole once.
///
/// The centres lie on a superlattice of the foil's own kind: its first axis is (a, b), its second that one turned, (-b, a)
/// on a square foil and (-b, a + b) on a hexagonal one; it is the largest whose cells stay within the cluster radius. A
/// hole goes to the nearest centre, and to the one of smaller coordinates where two are equally near.
struct Clustering: Sendable {
    private let pattern: FoilPattern
    private let axes: LatticeAxes
    private let radius: Double
    /// The superlattice's first axis.
    private let basis: LatticeSite
    private let ranks: [LatticeSite: Int]

    /// Whether EPU would say that it clusters at all.
    var isClustered: Bool { pattern.squaredLength(basis) > 1 }

    init(pattern: FoilPattern, axes: LatticeAxes, radius: Double) {
        self.pattern = pattern
        self.axes = axes
        self.radius = radius
        let shortest = min(axes.i.length, axes.j.length)
        let reach = Int(2 * radius / shortest) + 2
        var best = LatticeSite(i: 1, j: 0)
        for a in 1...reach {
            for b in 0...a {
                let basis = LatticeSite(i: a, j: b)
                guard pattern.squaredLength(basis) > pattern.squaredLength(best) else { continue }
                if Self.reach(of: basis, pattern: pattern, axes: axes) <= radius { best = basis }
            }
        }
        basis = best
        ranks = Self.ranks(within: 2 * reach, pattern: pattern)
    }

    /// - Parameters:
    ///   - holes: Indices into the square's holes.
    ///   - phase: The place of the superlattice, which differs from square to square.
    func clusters(of holes: [Int], in square: GridSquare, phase: LatticeSite) -> [HoleCluster] {
        let cells = Dictionary(grouping: holes) {
            Self.nearestCentre(to: square.holes[$0].site - phase, basis: basis, pattern: pattern)
        }
        let spacing = Double(pattern.squaredLength(basis)).squareRoot() * axes.i.length
        let inOrder = cells.sorted { first, second in
            let (p, q) = (order(of: first.key, spacing: spacing), order(of: second.key, spacing: spacing))
            if p.row != q.row { return p.row < q.row }
            if p.along != q.along { return p.along < q.along }
            return (first.key.i, first.key.j) < (second.key.i, second.key.j)
        }
        return inOrder.flatMap { clusters(ofCell: $0.value, around: $0.key + phase, in: square) }
    }

    /// The place of a centre in the order of shooting: rows across the stage, walked to and fro.
    private func order(of centre: LatticeSite, spacing: Double) -> (row: Int, along: Double) {
        let place = axes.vector(centre)
        let row = Int((place.y / spacing).rounded())
        return (row, row % 2 == 0 ? place.x : -place.x)
    }

    /// The clusters of one cell: one, or several where a cell at the rim has lost its middle and reaches beyond the radius.
    private func clusters(ofCell holes: [Int], around middle: LatticeSite, in square: GridSquare) -> [HoleCluster] {
        var left = holes.sorted()
        var result: [HoleCluster] = []
        while let centre = left.min(by: { first, second in
            let (p, q) = (square.holes[first].site - middle, square.holes[second].site - middle)
            let (a, b) = (pattern.squaredLength(p), pattern.squaredLength(q))
            return a != b ? a < b : first < second
        }) {
            let origin = square.holes[centre].site
            let inReach = left.filter { axes.vector(square.holes[$0].site - origin).length <= max(radius, 1e-9) }
            let members = inReach.map { hole in
                HoleCluster.Member(hole: hole, rank: ranks[square.holes[hole].site - origin] ?? 0)
            }
            result.append(HoleCluster(centre: centre, members: members.sorted { $0.rank < $1.rank }))
            let taken = Set(inReach)
            left.removeAll { taken.contains($0) }
        }
        return result
    }

    /// The greatest distance, in um, from a centre of the superlattice to a hole of its cell.
    private static func reach(of basis: LatticeSite, pattern: FoilPattern, axes: LatticeAxes) -> Double {
        let extent = basis.i + basis.j
        var greatest = 0.0
        for i in -extent...extent {
            for j in -extent...extent {
                let site = LatticeSite(i: i, j: j)
                if nearestCentre(to: site, basis: basis, pattern: pattern) == .zero {
                    greatest = max(greatest, axes.vector(site).length)
                }
            }
        }
        return greatest
    }

    private static func nearestCentre(to site: LatticeSite, basis: LatticeSite, pattern: FoilPattern) -> LatticeSite {
        // The nearest is a corner of the superlattice's cell that holds the site: its axes are 60 or 90 degrees apart.
        let second = pattern.turned(basis)
        let n = Double(basis.i * second.j - basis.j * second.i)
        let u = Int((Double(site.i * second.j - site.j * second.i) / n).rounded(.down))
        let v = Int((Double(site.j * basis.i - site.i * basis.j) / n).rounded(.down))
        var best = LatticeSite.zero
        var bestDistance = Int.max
        for p in u...(u + 1) {
            for q in v...(v + 1) {
                let centre = LatticeSite(i: p * basis.i + q * second.i, j: p * basis.j + q * second.j)
                let distance = pattern.squaredLength(site - centre)
                if distance < bestDistance || (distance == bestDistance && (centre.i, centre.j) < (best.i, best.j)) {
                    best = centre
                    bestDistance = distance
                }
            }
        }
        return best
    }

    private static func ranks(within extent: Int, pattern: FoilPattern) -> [LatticeSite: Int] {
        var sites: [LatticeSite] = []
        for i in -extent...extent {
            for j in -extent...extent { sites.append(LatticeSite(i: i, j: j)) }
        }
        sites.sort { p, q in
            let (a, b) = (pattern.squaredLength(p), pattern.squaredLength(q))
            return a != b ? a < b : (p.i, p.j) < (q.i, q.j)
        }
        return Dictionary(uniqueKeysWithValues: sites.enumerated().map { ($1, $0) })
    }
}
