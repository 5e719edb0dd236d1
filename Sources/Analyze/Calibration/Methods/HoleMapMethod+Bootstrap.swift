import EPUCore

extension HoleMapMethod {
    /// The standard errors of the matrix's elements, um per unit, and of the whole, as a part, by drawing stops with replacement
    /// (Efron 1979).
    func bootstrap(_ fit: Fit, _ weights: [Double]) -> (errors: Matrix2, relative: Double) {
        let stops = Set(segments.map(\.stop)).sorted()
        let place = Dictionary(uniqueKeysWithValues: stops.enumerated().map { ($1, $0) })
        let placeOfSegment = segments.map { place[$0.stop] ?? 0 }
        guard let inverse = fit.matrix.inverse else { return (Matrix2(scale: 0), 0) }
        var random = RandomSource(seed: 1, stream: "bootstrap of the hole map")
        var sums = Matrix2(scale: 0)
        var relative = 0.0
        var used = 0.0
        // Large sessions are certain enough with fewer.
        for _ in 0..<(segments.count > 500 ? 30 : 100) {
            var counts = [Double](repeating: 0, count: stops.count)
            for _ in stops { counts[random.index(below: stops.count)] += 1 }
            let drawn = placeOfSegment.map { counts[$0] }
            guard let other = self.fit(drawn, zip(drawn, weights).map { $0 * $1 }) else { continue }
            let error = other.matrix - fit.matrix
            sums.m11 += error.m11 * error.m11
            sums.m12 += error.m12 * error.m12
            sums.m21 += error.m21 * error.m21
            sums.m22 += error.m22 * error.m22
            relative += (error * inverse).squaredElements / 2
            used += 1
        }
        guard used > 0 else { return (Matrix2(scale: 0), 0) }
        return (
            Matrix2(
                (sums.m11 / used).squareRoot(), (sums.m12 / used).squareRoot(), (sums.m21 / used).squareRoot(),
                (sums.m22 / used).squareRoot()), (relative / used).squareRoot()
        )
    }
}
