import EPUCore

/// Hierarchical clustering by complete linkage, cut to a number of clusters or where these would grow too wide: what lies in
/// one cluster is as little apart, from its one end to the other, as merging the nearest clusters step by step allows.
///
/// The partition is that of `scipy.cluster.hierarchy` (`complete`, `maxclust`), which EPU_group_AFIS uses; where several
/// merges are equally good, that of the first points is made first, and the number of clusters is still as asked.
///
/// Merges are found along chains of nearest neighbours (Murtagh, "A survey of recent advances in hierarchical
/// clustering algorithms", 1983; Muellner, arXiv:1109.2378): time and memory grow with the square of the points, 100 MB
/// for 5,000. `TinyGroups` makes fewer points of many.
struct CompleteLinkage {
    private enum Cut {
        case clusters(Int)
        case width(Double)
    }

    private let cut: Cut

    /// Clusters to a number of clusters.
    init(clusters: Int) { cut = .clusters(clusters) }

    /// Clusters until no merge is left within `width`: no two points of a cluster are farther apart than this, in units of the
    /// points.
    init(width: Double) { cut = .width(width) }

    /// - Parameter points: the points, at least as many as clusters are asked for.
    /// - Returns: for each point a number that only points of its cluster have.
    func membership(of points: [Vector2]) -> [Int] {
        // A merge is found after those below it; equal distances must not change that.
        let merges = Self.merges(points).enumerated()
            .sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }
        var root = Array(points.indices)
        func find(_ point: Int) -> Int {
            var point = point
            while root[point] != point {
                root[point] = root[root[point]]
                point = root[point]
            }
            return point
        }
        let made: Int
        switch cut {
        case .clusters(let clusters):
            precondition(clusters > 0 && clusters <= points.count)
            made = points.count - clusters
        // No merge is at a smaller distance than one before it.
        case .width(let width): made = merges.prefix { $0.element.distance <= width }.count
        }
        for (_, merge) in merges.prefix(made) { root[find(merge.second)] = find(merge.first) }
        return points.indices.map(find)
    }

    /// A merge of two clusters, each named by one of its points, with the greatest distance between their points.
    private struct Merge {
        let first: Int
        let second: Int
        let distance: Double
    }

    private static func merges(_ points: [Vector2]) -> [Merge] {
        var distances = PairDistances(points)
        var left = Array(points.indices)
        var chain: [Int] = []
        var merges: [Merge] = []
        while left.count > 1 {
            if chain.isEmpty { chain.append(left[0]) }
            let end = chain[chain.count - 1]
            let before = chain.count > 1 ? chain[chain.count - 2] : nil
            let nearest = distances.nearest(to: end, among: left, preferring: before)
            guard nearest.cluster == before else {
                chain.append(nearest.cluster)
                continue
            }
            // Each of the two is the other's nearest.
            chain.removeLast(2)
            let (kept, gone) = (min(end, nearest.cluster), max(end, nearest.cluster))
            merges.append(Merge(first: kept, second: gone, distance: nearest.distance))
            left.removeAll { $0 == gone }
            distances.merge(gone, into: kept, among: left)
        }
        return merges
    }
}

/// The distances of clusters, each named by its first point; at the start each point is one.
private struct PairDistances {
    private let count: Int
    /// The distances of the pairs (0, 1), (0, 2) ... (1, 2) ...
    private var values: [Double]

    init(_ points: [Vector2]) {
        count = points.count
        values = []
        values.reserveCapacity(count * (count - 1) / 2)
        for (index, point) in points.enumerated() {
            for other in points[(index + 1)...] { values.append(point.distance(to: other)) }
        }
    }

    private func place(_ a: Int, _ b: Int) -> Int {
        let (first, second) = a < b ? (a, b) : (b, a)
        return first * (2 * count - first - 1) / 2 + second - first - 1
    }

    /// The nearest other cluster. Of equally near ones it is the preferred one, or the first: if none were preferred, a chain
    /// could turn in a circle.
    func nearest(to cluster: Int, among others: [Int], preferring preferred: Int?) -> (cluster: Int, distance: Double) {
        var best = preferred ?? cluster
        var least = preferred.map { values[place(cluster, $0)] } ?? .infinity
        for other in others where other != cluster {
            let distance = values[place(cluster, other)]
            if distance < least || best == cluster { (best, least) = (other, distance) }
        }
        return (best, least)
    }

    /// Merges two clusters by complete linkage: the farther of the two distances is kept.
    mutating func merge(_ gone: Int, into kept: Int, among others: [Int]) {
        for other in others where other != kept {
            let place = place(kept, other)
            values[place] = max(values[place], values[self.place(gone, other)])
        }
    }
}
