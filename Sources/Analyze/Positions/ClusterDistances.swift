import EPUCore

/// How far the centres of beam-shift clusters are from each other, and the k that follows from the foil's pitch.
struct ClusterDistances {
    /// The distance of each two centres as a square matrix, beam-shift units.
    let matrix: [[Double]]

    init(centers: [Vector2]) {
        matrix = centers.map { a in centers.map { a.distance(to: $0) } }
    }

    /// The distances of all pairs, beam-shift units.
    private var pairs: [Double] { matrix.enumerated().flatMap { row, values in values[..<row] } }

    var least: Double? { pairs.min() }
    var greatest: Double? { pairs.max() }

    /// The median over clusters of the distance to the nearest other one, beam-shift units.
    var typicalNearest: Double? {
        guard matrix.count > 1 else { return nil }
        let nearest = matrix.enumerated().map { row, values in
            values.enumerated().filter { $0.offset != row }.map(\.element).min() ?? 0
        }.sorted()
        let middle = nearest.count / 2
        return nearest.count % 2 == 1 ? nearest[middle] : (nearest[middle - 1] + nearest[middle]) / 2
    }

    /// The scale that follows if neighbouring clusters are neighbouring holes, um per beam-shift unit.
    func scale(holeSpacingUm: Double, distance: Double?) -> Double? {
        distance.flatMap { $0 > 0 ? holeSpacingUm / $0 : nil }
    }
}

/// Whether a k may be right, um per unit: microscopes that were measured lie between 24 and 26.
func isPlausibleScale(_ k: Double) -> Bool { (15...40).contains(abs(k)) }
