import EPUCore

/// Points in clusters, whatever found them.
struct Clustering {
    /// The centres in the order of cluster ids.
    let centers: [Vector2]
    /// The cluster of each point.
    let membership: [Int]
    /// The sum over points of the squared distance to their centre, in squared units of the points.
    let squaredDistance: Double
}

extension Clustering {
    /// Makes clusters whose centres are the means of their points, numbered as in `ordered`.
    /// - Parameter membership: any numbers that are equal for points of one cluster.
    init(_ points: [Vector2], membership: [Int]) {
        var number: [Int: Int] = [:]
        var sums: [Vector2] = []
        var sizes: [Int] = []
        let numbered = zip(points, membership).map { point, name in
            let cluster = number[name] ?? sums.count
            if cluster == sums.count {
                number[name] = cluster
                sums.append(.zero)
                sizes.append(0)
            }
            sums[cluster] = sums[cluster] + point
            sizes[cluster] += 1
            return cluster
        }
        let centers = zip(sums, sizes).map { 1 / Double($1) * $0 }
        let squared = zip(points, numbered).reduce(0) { $0 + ($1.0 - centers[$1.1]).squaredLength }
        self = Clustering(centers: centers, membership: numbered, squaredDistance: squared).ordered(around: points.mean)
    }

    /// The same clusters, numbered by their centres' distance from `mean`, then by angle.
    func ordered(around mean: Vector2) -> Clustering {
        // Ring by ring: centres of one lattice ring differ in their last digits, which must not decide their order.
        let ringWidth = 1e-9 * (centers.map { ($0 - mean).length }.max() ?? 0)
        let places = centers.map { center in
            let place = center - mean
            return (ring: ringWidth > 0 ? (place.length / ringWidth / 16).rounded() : 0, angle: place.angle)
        }
        let order = centers.indices.sorted { places[$0] < places[$1] }
        var number = [Int](repeating: 0, count: centers.count)
        for (new, old) in order.enumerated() { number[old] = new }
        return Clustering(
            centers: order.map { centers[$0] }, membership: membership.map { number[$0] },
            squaredDistance: squaredDistance)
    }
}
