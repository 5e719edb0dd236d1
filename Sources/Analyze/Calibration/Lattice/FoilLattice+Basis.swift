import EPUCore

/// The lattice vectors that explain differences of holes.
extension FoilLattice {
    /// A heap of differences that are one lattice vector, except for the scatter.
    struct Heap {
        var sum: Vector2
        var count: Int
        var mean: Vector2 { 1 / Double(count) * sum }
    }

    static func heaps(_ differences: [Vector2], width: Double) -> [Heap] {
        var heaps: [Heap] = []
        for difference in differences {
            // A vector and its opposite are the same step.
            let place = heaps.indices.first {
                min(heaps[$0].mean.distance(to: difference), heaps[$0].mean.distance(to: -difference)) < width
            }
            if let place {
                let isOpposite = heaps[place].mean.distance(to: difference) >= width
                heaps[place].sum = heaps[place].sum + (isOpposite ? -difference : difference)
                heaps[place].count += 1
            } else if heaps.count < 200 {
                heaps.append(Heap(sum: difference, count: 1))
            }
        }
        let total = heaps.reduce(0) { $0 + $1.count }
        // The limit is a hundredth of all: a stop that was disturbed must not refine the lattice.
        return heaps.filter { $0.count * 100 >= total }.sorted { $0.mean.length < $1.mean.length }
    }

    /// The basis with the largest cell that explains nearly all heaps.
    static func coarsestBasis(_ heaps: [Heap]) -> Matrix2? {
        let total = heaps.reduce(0) { $0 + $1.count }
        var best: (basis: Matrix2, explained: Double)?
        for a in heaps.indices.prefix(12) {
            for b in heaps.indices.prefix(12) where b > a {
                let basis = Matrix2(columns: heaps[a].mean, heaps[b].mean)
                let flatness = abs(basis.determinant) / (heaps[a].mean.length * heaps[b].mean.length)
                guard flatness > 0.4, let inverse = basis.inverse else { continue }
                let explained = heaps.reduce(0) { sum, heap in
                    let place = inverse * heap.mean
                    let error = basis * (place - rounded(place))
                    return sum + (error.length < 0.2 * heaps[a].mean.length ? heap.count : 0)
                }
                let share = Double(explained) / Double(total)
                guard share > 0.9 else { continue }
                if let current = best {
                    let isCoarser = abs(basis.determinant) > 1.2 * abs(current.basis.determinant)
                    let isAsCoarse = abs(basis.determinant) > 0.8 * abs(current.basis.determinant)
                    guard isCoarser || (isAsCoarse && share > current.explained) else { continue }
                }
                best = (basis, share)
            }
        }
        return best?.basis
    }

    /// The two shortest vectors of the lattice (Gauss's reduction).
    static func reduced(_ basis: Matrix2) -> Matrix2 {
        var (a, b) = (basis.firstColumn, basis.secondColumn)
        for _ in 0..<50 {
            if b.squaredLength < a.squaredLength { swap(&a, &b) }
            guard a.squaredLength > 0 else { break }
            let steps = (a.dot(b) / a.squaredLength).rounded()
            guard steps != 0 else { break }
            b = b - steps * a
        }
        return Matrix2(columns: a, b)
    }

    /// The same lattice with vectors that turn anticlockwise, at no obtuse angle, the first vector nearest to the x axis.
    static func canonical(_ basis: Matrix2) -> Matrix2 {
        let (a, b) = (basis.firstColumn, basis.secondColumn)
        let cosine = a.dot(b) / (a.length * b.length)
        // In a hexagonal lattice three pairs of vectors are the shortest.
        let third = cosine > 0.28 ? [a - b] : cosine < -0.28 ? [a + b] : []
        let shortest = ([a, b] + third).flatMap { [$0, -$0] }
        let first = shortest.min { (abs($0.angle), $0.y) < (abs($1.angle), $1.y) } ?? a
        let following = shortest.filter { first.cross($0) > 0.3 * first.length * $0.length }
        let second = following.max { first.dot($0) / $0.length < first.dot($1) / $1.length } ?? b
        // In a square lattice the one at a right angle is the only one; in a hexagonal one the nearest, at 60 degrees.
        return Matrix2(columns: first, second)
    }

    /// The lattice vectors by least squares of vectors that lie near sites; nil where they lie on one line.
    static func fitted(_ basis: Matrix2, to differences: [Vector2]) -> Matrix2? {
        guard let inverse = basis.inverse else { return nil }
        var fit = LinearFit()
        for difference in differences {
            let place = inverse * difference
            let site = rounded(place)
            guard (basis * (place - site)).length < 0.3 * basis.firstColumn.length else { continue }
            fit.add(site, to: difference)
        }
        return fit.matrix
    }

    static func rounded(_ place: Vector2) -> Vector2 { Vector2(rounded(place.x), rounded(place.y)) }

    /// The same as `value.rounded()`, which is a call of the C library, except that zero has no sign.
    static func rounded(_ value: Double) -> Double {
        // What is added leaves no room for a fraction, as long as the sum is no smaller than 2^52.
        let nearest = (value + 0x1.8p52) - 0x1.8p52
        // Where two integers are as near, or none, or the value is too great, the library decides.
        let isSure = (value - nearest).magnitude < 0.5 && value.magnitude < 0x1p51
        return isSure ? nearest : roundedByLibrary(value)
    }

    /// The call stands apart, as the compiler would otherwise make it each time, and then take one of the two results.
    @inline(never)
    private static func roundedByLibrary(_ value: Double) -> Double { value.rounded() }
}
