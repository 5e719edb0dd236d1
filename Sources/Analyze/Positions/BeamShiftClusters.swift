import EPUCore

/// Exposures grouped by the distance of their beam shifts, for holes that lie on no lattice: no two of a cluster are farther
/// apart than the tolerance.
///
/// A session that grows moves nothing: what has a group stays with it, a later exposure joins the group of which it is
/// within the tolerance of all members, and the rest is clustered by complete linkage.
struct BeamShiftClusters {
    /// The tolerance in beam-shift units, some 2 um: as far apart as the beam is without AFIS, where all exposures are one group.
    static let tolerance = (Calibration.reachWithoutAFIS / Calibration.typicalScale).rounded(decimals: 3)

    /// Indices of the points of each cluster, in their order.
    let members: [[Int]]

    /// The greatest number of points that are clustered exactly. Time and memory of complete linkage grow with the square of the
    /// points: more than these are joined first.
    static let greatestExactCount = 5000

    /// - Parameters:
    ///   - points: beam shifts in time order.
    ///   - groups: the group of each point; nil for one that has none.
    ///   - limit: the greatest number of points that are compared pair by pair.
    init(_ points: [Vector2], groups: [Int?], exactly limit: Int = Self.greatestExactCount) {
        var known: [Int: Group] = [:]
        for (index, group) in groups.enumerated() {
            if let group { known[group, default: Group()].add(index, points[index]) }
        }
        var fresh: [Int] = []
        for index in points.indices where groups[index] == nil {
            let distances = known.compactMap { number, group in
                group.reach(from: points[index], points, within: Self.tolerance).map { (distance: $0, number: number) }
            }
            if let nearest = distances.min(by: { ($0.distance, $0.number) < ($1.distance, $1.number) }) {
                known[nearest.number]?.add(index, points[index])
            } else {
                fresh.append(index)
            }
        }
        let names = Self.clusters(fresh.map { points[$0] }, exactly: limit)
        let new = Dictionary(grouping: fresh.indices) { names[$0] }.values.map { $0.map { fresh[$0] } }
        members = (known.values.map { $0.members.sorted() } + new).sorted { $0[0] < $1[0] }
    }

    private struct Group {
        private(set) var members: [Int] = []
        private var sum = Vector2.zero

        mutating func add(_ index: Int, _ point: Vector2) {
            members.append(index)
            sum = sum + point
        }

        /// The distance to the farthest member; nil where that is beyond `tolerance`.
        func reach(from point: Vector2, _ points: [Vector2], within tolerance: Double) -> Double? {
            // If all points are within a distance, so is their mean.
            guard (1 / Double(members.count) * sum).distance(to: point) <= tolerance else { return nil }
            var farthest = 0.0
            for member in members {
                farthest = max(farthest, points[member].distance(to: point))
                if farthest > tolerance { return nil }
            }
            return farthest
        }
    }

    /// For each point a number that only points of its cluster have.
    private static func clusters(_ points: [Vector2], exactly limit: Int) -> [Int] {
        guard points.count > limit else {
            return points.isEmpty ? [] : CompleteLinkage(width: tolerance).membership(of: points)
        }
        let groups = TinyGroups(points, limit: limit)
        // Points of two groups may be so much farther apart than the groups' means.
        let width = tolerance - 2 * groups.radius(of: points)
        let ofGroup = CompleteLinkage(width: width).membership(of: groups.means)
        return groups.membership.map { ofGroup[$0] }
    }
}
