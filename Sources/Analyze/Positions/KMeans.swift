import EPUCore
import Foundation

/// K-means clustering: greedy k-means++ starts, Lloyd's iterations, the best of several initializations.
///
/// Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding" (2007); Lloyd, "Least squares quantization
/// in PCM" (1982). One iteration costs points x clusters.
struct KMeans {
    let clusters: Int
    var maximumIterations = 300
    var initializations = 10
    var seed: UInt64 = 1

    /// - Parameter points: the points, at least `clusters` of them.
    func cluster(_ points: [Vector2]) -> Clustering {
        precondition(clusters > 0 && clusters <= points.count)
        var random = RandomSource(seed: seed, stream: "k-means")
        var best: Clustering?
        for _ in 0..<max(1, initializations) {
            let result = lloyd(points, from: start(points, &random))
            if result.squaredDistance < best?.squaredDistance ?? .infinity { best = result }
        }
        return (best ?? Clustering(centers: [], membership: [], squaredDistance: 0)).ordered(around: points.mean)
    }

    /// Centres drawn with a probability that grows with the squared distance to those there are; of 2 + ln k candidates
    /// at a time the one that leaves the least is taken.
    private func start(_ points: [Vector2], _ random: inout RandomSource) -> [Vector2] {
        let candidates = 2 + Int(log(Double(clusters)))
        var centers = [points[random.index(below: points.count)]]
        var nearest = points.map { ($0 - centers[0]).squaredLength }
        while centers.count < clusters {
            let total = nearest.reduce(0, +)
            var best: (center: Vector2, nearest: [Double], total: Double)?
            for _ in 0..<candidates {
                let candidate = points[pick(nearest, total: total, &random)]
                let reduced = zip(points, nearest).map { min($1, ($0 - candidate).squaredLength) }
                let left = reduced.reduce(0, +)
                if left < best?.total ?? .infinity { best = (candidate, reduced, left) }
            }
            guard let best else { break }
            centers.append(best.center)
            nearest = best.nearest
        }
        return centers
    }

    /// An index drawn with the given weights; any index where all weights are 0.
    private func pick(_ weights: [Double], total: Double, _ random: inout RandomSource) -> Int {
        guard total > 0 else { return random.index(below: weights.count) }
        var rest = random.uniform(0, total)
        for (index, weight) in weights.enumerated() {
            rest -= weight
            if rest < 0 { return index }
        }
        return weights.lastIndex { $0 > 0 } ?? weights.count - 1
    }

    private func lloyd(_ points: [Vector2], from start: [Vector2]) -> Clustering {
        var centers = start
        var membership = [Int](repeating: -1, count: points.count)
        for _ in 0..<maximumIterations {
            guard assign(points, to: centers, &membership) else { break }
            var sums = [Vector2](repeating: .zero, count: centers.count)
            var counts = [Int](repeating: 0, count: centers.count)
            for (point, cluster) in zip(points, membership) {
                sums[cluster] = sums[cluster] + point
                counts[cluster] += 1
            }
            for cluster in centers.indices where counts[cluster] > 0 {
                centers[cluster] = 1 / Double(counts[cluster]) * sums[cluster]
            }
            // A centre that lost all its points starts again where the fit is worst.
            for cluster in centers.indices where counts[cluster] == 0 {
                let worst = points.indices.max {
                    (points[$0] - centers[membership[$0]]).squaredLength
                        < (points[$1] - centers[membership[$1]]).squaredLength
                }
                if let worst {
                    centers[cluster] = points[worst]
                    membership[worst] = cluster
                }
            }
        }
        let squared = zip(points, membership).reduce(0) { $0 + ($1.0 - centers[$1.1]).squaredLength }
        return Clustering(centers: centers, membership: membership, squaredDistance: squared)
    }

    /// Gives each point to its nearest centre (ties: the first); false if nothing changed.
    private func assign(_ points: [Vector2], to centers: [Vector2], _ membership: inout [Int]) -> Bool {
        var changed = false
        for (index, point) in points.enumerated() {
            var nearest = 0
            var least = Double.infinity
            for (cluster, center) in centers.enumerated() {
                let distance = (point - center).squaredLength
                if distance < least { (nearest, least) = (cluster, distance) }
            }
            if membership[index] != nearest {
                membership[index] = nearest
                changed = true
            }
        }
        return changed
    }
}
