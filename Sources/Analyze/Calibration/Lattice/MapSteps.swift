import EPUCore

/// The steps between the holes of each square in the hole map, which each matrix that is looked at is compared with.
struct MapSteps: Sendable {
    /// The steps, um, and their lengths: of each two holes of a square once, in the order of the holes.
    private var steps: [Vector2] = []
    private var lengths: [Double] = []

    /// The fewest steps from which a lattice is fitted.
    private static let fewest = 8

    /// - Parameter holes: stage positions in the map, square by square, um.
    init(_ holes: [[Vector2]]) {
        let count = holes.reduce(0) { $0 + $1.count * ($1.count - 1) / 2 }
        steps.reserveCapacity(count)
        lengths.reserveCapacity(count)
        for square in holes {
            for a in square.indices {
                for b in 0..<a {
                    let step = square[a] - square[b]
                    steps.append(step)
                    lengths.append(step.length)
                }
            }
        }
    }

    /// The lattice vectors by least squares of the steps that are longer than `least` and shorter than `limit`, um, and lie near
    /// sites; nil where there are too few, or they lie on one line.
    func fitted(_ basis: Matrix2, from least: Double, to limit: Double) -> Matrix2? {
        guard let inverse = basis.inverse else { return nil }
        let greatest = 0.3 * basis.firstColumn.length
        var near = 0
        var (normal, moment) = (Matrix2(scale: 0), Matrix2(scale: 0))
        for index in lengths.indices where lengths[index] < limit && lengths[index] > least {
            near += 1
            let step = steps[index]
            let place = inverse * step
            let site = FoilLattice.rounded(place)
            guard (basis * (place - site)).length < greatest else { continue }
            normal.m11 += site.x * site.x
            normal.m12 += site.x * site.y
            normal.m22 += site.y * site.y
            moment.m11 += step.x * site.x
            moment.m12 += step.x * site.y
            moment.m21 += step.y * site.x
            moment.m22 += step.y * site.y
        }
        normal.m21 = normal.m12
        guard near >= Self.fewest else { return nil }
        return normal.inverse.map { moment * $0 }
    }
}
