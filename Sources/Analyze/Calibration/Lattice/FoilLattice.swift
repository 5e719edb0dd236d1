import EPUCore
import Foundation

/// The foil's holes as they lie in beam shift: a lattice, found from the differences of holes shot from one stage stop.
struct FoilLattice: Sendable {
    enum Kind: String, Sendable {
        case square
        case hexagonal

        /// Sites that are one pitch away.
        var neighbours: [Site] {
            let square = [Site(1, 0), Site(0, 1), Site(-1, 0), Site(0, -1)]
            return self == .square ? square : square + [Site(1, -1), Site(-1, 1)]
        }

        /// The integer matrices that take the lattice to itself: 8 for a square, 12 for a hexagonal one. The first is the
        /// identity.
        var symmetries: [Matrix2] {
            let turn = self == .square ? Matrix2(0, -1, 1, 0) : Matrix2(0, -1, 1, 1)
            let mirror = self == .square ? Matrix2(1, 0, 0, -1) : Matrix2(1, 1, 0, -1)
            var rotations = [Matrix2.identity]
            while rotations.count < (self == .square ? 4 : 6) {
                rotations.append(turn * (rotations.last ?? .identity))
            }
            return rotations + rotations.map { $0 * mirror }
        }

        /// Area of a cell for a pitch of 1.
        var cellArea: Double { self == .square ? 1 : 3.0.squareRoot() / 2 }

        /// Squared distance of a site from the origin for a pitch of 1.
        func squaredLength(_ site: Site) -> Int {
            site.i * site.i + site.j * site.j + (self == .square ? 0 : site.i * site.j)
        }
    }

    struct Site: Hashable, Sendable {
        var i: Int
        var j: Int

        init(_ i: Int, _ j: Int) {
            self.i = i
            self.j = j
        }

        var vector: Vector2 { Vector2(Double(i), Double(j)) }
        static func - (a: Site, b: Site) -> Site { Site(a.i - b.i, a.j - b.j) }
    }

    /// The columns are the lattice vectors, beam-shift units: 90 or 60 degrees apart anticlockwise, the first one as near
    /// to the x axis as can be.
    let vectors: Matrix2
    let kind: Kind
    /// Rms distance of a hole's difference to another from a lattice vector, beam-shift units.
    let scatter: Double
    /// Differences that were looked at.
    let differences: Int

    /// Square root of the cell's area for a pitch of 1: the pitch, beam-shift units.
    var pitch: Double { (abs(vectors.determinant) / kind.cellArea).squareRoot() }

    /// The pitches that foils have, um.
    static let plausiblePitches = 0.1...100.0

    /// The scale that makes the pitch `um`, um per unit.
    func scale(pitch um: Double) -> Double { um / pitch }
}

// MARK: - Finding it

extension FoilLattice {
    /// Holes nearer than this are the same, or hit twice, beam-shift units: 0.3 um, half of the least pitch.
    static let sameHole = 0.012
    private static let mostStops = 60
    private static let mostHolesPerStop = 80

    /// Nil where no stop has two holes, all lie on one line, or they lie on no lattice.
    ///
    /// Squares whose foil is turned against each other blur the differences of all; then those of the square with the most
    /// holes tell, and the other squares' lattices are sought from its own (`PatchLattices`).
    init?(_ visits: HoleVisits) {
        let holes = Self.holes(visits)
        if let found = FoilLattice(holes: holes.map(\.places)), found.scatter < Self.blurred * found.pitch {
            self = found
            return
        }
        var counts: [Int: Int] = [:]
        for group in holes { counts[group.patch, default: 0] += group.places.count }
        let largest = counts.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
        let own = FoilLattice(holes: holes.filter { $0.patch == largest }.map(\.places))
        guard let found = own ?? FoilLattice(holes: holes.map(\.places)) else { return nil }
        self = found
    }

    /// Beyond this part of the pitch, holes' own errors (0.01 to 0.03 in real data) do not explain the scatter.
    private static let blurred = 0.06

    /// - Parameter holes: of each stop, beam-shift units.
    private init?(holes: [[Vector2]]) {
        let differences = Self.differences(holes)
        guard let nearest = Self.typicalNearest(holes) else { return nil }
        let heaps = Self.heaps(differences.filter { $0.length < 2.4 * nearest }, width: 0.16 * nearest)
        guard let basis = Self.coarsestBasis(heaps) else { return nil }
        var vectors = Self.reduced(basis)
        for reach in [2.4, 5, 10, .infinity] {
            guard let fitted = Self.fitted(vectors, to: differences.filter { $0.length < reach * nearest }) else {
                return nil
            }
            vectors = fitted
        }
        vectors = Self.canonical(Self.reduced(vectors))
        guard let inverse = vectors.inverse else { return nil }
        let residuals = differences.map { ($0 - vectors * Self.rounded(inverse * $0)).squaredLength }.sorted()
        // Of the best nine tenths: holes that were hit beside their centre are not the foil's doing.
        let kept = residuals.prefix(max(1, residuals.count * 9 / 10))
        self.vectors = vectors
        self.differences = differences.count
        scatter = (kept.reduce(0, +) / Double(kept.count)).squareRoot()
        let cosine =
            vectors.firstColumn.dot(vectors.secondColumn)
            / (vectors.firstColumn.length * vectors.secondColumn.length)
        // 90 and 60 degrees; the microscope's anisotropy and a foil's shear turn them by some degrees.
        kind = cosine > 0.28 ? .hexagonal : .square
        guard scatter < 0.15 * pitch else { return nil }
    }

    /// Holes by stop, for the stops with the most of them; of a stop with very many those around its middle.
    private static func holes(_ visits: HoleVisits) -> [(patch: Int, places: [Vector2])] {
        var holes = [[Int: [Vector2]]](repeating: [:], count: visits.stops.count)
        // Holes of two templates in one stop have no common origin.
        for visit in visits.visits { holes[visit.stop][visit.patch, default: []].append(visit.beamShift) }
        let groups = holes.flatMap { $0.sorted { $0.key < $1.key } }.filter { $0.value.count > 1 }
        let largest = groups.enumerated().sorted {
            ($1.element.value.count, $0.offset) < ($0.element.value.count, $1.offset)
        }
        return largest.prefix(mostStops).map { _, group in
            let mean = group.value.mean
            let inner = group.value.enumerated().sorted {
                ($0.element.distance(to: mean), $0.offset) < ($1.element.distance(to: mean), $1.offset)
            }
            return (group.key, inner.prefix(mostHolesPerStop).map(\.element))
        }
    }

    /// Between holes of one stop, each pair once, with x > 0 or, where x = 0, y > 0.
    private static func differences(_ holes: [[Vector2]]) -> [Vector2] {
        holes.flatMap { group in
            group.indices.flatMap { a in
                group[..<a].compactMap { other in
                    let difference = group[a] - other
                    guard difference.length > sameHole else { return nil }
                    return difference.x < 0 || (difference.x == 0 && difference.y < 0) ? -difference : difference
                }
            }
        }
    }

    /// Median distance of a hole to its nearest neighbour, beam-shift units.
    private static func typicalNearest(_ holes: [[Vector2]]) -> Double? {
        let nearest = holes.flatMap { group in
            group.compactMap { hole in
                group.map { hole.distance(to: $0) }.filter { $0 > sameHole }.min()
            }
        }
        return nearest.isEmpty ? nil : nearest.median
    }

    /// Differences that are one lattice vector but for the scatter.
    private struct Heap {
        var sum: Vector2
        var count: Int
        var mean: Vector2 { 1 / Double(count) * sum }
    }

    private static func heaps(_ differences: [Vector2], width: Double) -> [Heap] {
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
        // A hundredth: a stop that was disturbed must not refine the lattice.
        return heaps.filter { $0.count * 100 >= total }.sorted { $0.mean.length < $1.mean.length }
    }

    /// The basis with the largest cell that explains nearly all heaps.
    private static func coarsestBasis(_ heaps: [Heap]) -> Matrix2? {
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

    /// Two shortest vectors (Gauss's reduction).
    private static func reduced(_ basis: Matrix2) -> Matrix2 {
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

    /// Anticlockwise, not obtuse, the first vector nearest to the x axis.
    private static func canonical(_ basis: Matrix2) -> Matrix2 {
        let (a, b) = (basis.firstColumn, basis.secondColumn)
        let cosine = a.dot(b) / (a.length * b.length)
        // Of a hexagonal lattice three pairs of vectors are the shortest.
        let third = cosine > 0.28 ? [a - b] : cosine < -0.28 ? [a + b] : []
        let shortest = ([a, b] + third).flatMap { [$0, -$0] }
        let first = shortest.min { (abs($0.angle), $0.y) < (abs($1.angle), $1.y) } ?? a
        let following = shortest.filter { first.cross($0) > 0.3 * first.length * $0.length }
        let second = following.max { first.dot($0) / $0.length < first.dot($1) / $1.length } ?? b
        // In a square lattice the one at a right angle is the only one; in a hexagonal one the nearest, at 60 degrees.
        return Matrix2(columns: first, second)
    }

    /// Least squares of vectors that lie near sites, nil where they lie on one line.
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

    static func rounded(_ place: Vector2) -> Vector2 { Vector2(place.x.rounded(), place.y.rounded()) }
}
