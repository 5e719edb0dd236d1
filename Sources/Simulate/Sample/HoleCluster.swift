import EPUShared

/// Holes that are shot from one stage stop, by beam shift.
struct HoleCluster: Sendable {
    struct Member: Sendable {
        /// Index of the hole in its grid square.
        let hole: Int
        /// 0 for the centre; then by distance from it on the lattice, whether or not nearer holes exist.
        let rank: Int
    }

    let centre: Int
    /// By rank.
    let members: [Member]
}

/// Divides the holes of a grid square among clusters, as EPU's fast acquisition ("AFIS") does: each hole once.
///
/// The centres lie on a square superlattice with the axes (a, b) and (-b, a), the largest whose cells stay within the
/// cluster radius; a hole goes to the nearest centre, and to the one of smaller coordinates where two are equally near.
struct Clustering: Sendable {
    private let axes: LatticeAxes
    private let radius: Double
    private let a: Int
    private let b: Int
    private let ranks: [LatticeSite: Int]

    /// Whether EPU would say that it clusters at all.
    var isClustered: Bool { a * a + b * b > 1 }

    init(axes: LatticeAxes, radius: Double) {
        self.axes = axes
        self.radius = radius
        let shortest = min(axes.i.length, axes.j.length)
        let reach = Int(2 * radius / shortest) + 2
        var best = (a: 1, b: 0)
        for a in 1...reach {
            for b in 0...a where a * a + b * b > best.a * best.a + best.b * best.b {
                if Self.reach(of: (a, b), axes: axes) <= radius { best = (a, b) }
            }
        }
        (a, b) = best
        ranks = Self.ranks(within: 2 * reach)
    }

    /// - Parameters:
    ///   - holes: indices into the square's holes.
    ///   - phase: where the superlattice lies: two squares do not start alike.
    func clusters(of holes: [Int], in square: GridSquare, phase: LatticeSite) -> [HoleCluster] {
        let cells = Dictionary(grouping: holes) {
            Self.nearestCentre(to: square.holes[$0].site - phase, a: a, b: b)
        }
        let spacing = Double(a * a + b * b).squareRoot() * axes.i.length
        let inOrder = cells.sorted { first, second in
            let (p, q) = (order(of: first.key, spacing: spacing), order(of: second.key, spacing: spacing))
            if p.row != q.row { return p.row < q.row }
            if p.along != q.along { return p.along < q.along }
            return (first.key.i, first.key.j) < (second.key.i, second.key.j)
        }
        return inOrder.flatMap { clusters(ofCell: $0.value, around: $0.key + phase, in: square) }
    }

    /// Rows of centres across the stage, walked to and fro.
    private func order(of centre: LatticeSite, spacing: Double) -> (row: Int, along: Double) {
        let place = axes.vector(centre)
        let row = Int((place.y / spacing).rounded())
        return (row, row % 2 == 0 ? place.x : -place.x)
    }

    /// One cluster, or several where a cell at the rim has lost its middle and reaches beyond the radius.
    private func clusters(ofCell holes: [Int], around middle: LatticeSite, in square: GridSquare) -> [HoleCluster] {
        var left = holes.sorted()
        var result: [HoleCluster] = []
        while let centre = left.min(by: { first, second in
            let (p, q) = (square.holes[first].site - middle, square.holes[second].site - middle)
            return p.squaredLength != q.squaredLength ? p.squaredLength < q.squaredLength : first < second
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
    private static func reach(of basis: (a: Int, b: Int), axes: LatticeAxes) -> Double {
        let extent = basis.a + basis.b
        var greatest = 0.0
        for i in -extent...extent {
            for j in -extent...extent {
                let site = LatticeSite(i: i, j: j)
                if nearestCentre(to: site, a: basis.a, b: basis.b) == .zero {
                    greatest = max(greatest, axes.vector(site).length)
                }
            }
        }
        return greatest
    }

    private static func nearestCentre(to site: LatticeSite, a: Int, b: Int) -> LatticeSite {
        let n = Double(a * a + b * b)
        let u = Int((Double(site.i * a + site.j * b) / n).rounded(.down))
        let v = Int((Double(site.j * a - site.i * b) / n).rounded(.down))
        var best = LatticeSite.zero
        var bestDistance = Int.max
        for p in u...(u + 1) {
            for q in v...(v + 1) {
                let centre = LatticeSite(i: p * a - q * b, j: p * b + q * a)
                let distance = (site - centre).squaredLength
                if distance < bestDistance || (distance == bestDistance && (centre.i, centre.j) < (best.i, best.j)) {
                    best = centre
                    bestDistance = distance
                }
            }
        }
        return best
    }

    private static func ranks(within extent: Int) -> [LatticeSite: Int] {
        var sites: [LatticeSite] = []
        for i in -extent...extent {
            for j in -extent...extent { sites.append(LatticeSite(i: i, j: j)) }
        }
        sites.sort { p, q in
            p.squaredLength != q.squaredLength ? p.squaredLength < q.squaredLength : (p.i, p.j) < (q.i, q.j)
        }
        return Dictionary(uniqueKeysWithValues: sites.enumerated().map { ($1, $0) })
    }
}
