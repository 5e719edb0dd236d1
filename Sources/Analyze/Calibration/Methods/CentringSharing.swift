import EPUCore

/// Counts the points that share the constant of their component under a matrix, as `CentringConsensus` finds them: the search
/// asks for thousands of matrices, nearly all of which are no better than the best one before.
struct CentringSharing {
    private let components: [[CentringPoint]]
    private let tolerance: Double
    /// How many points lie in each stripe, for one coordinate; stripes that are far from each other may have one place.
    private var counts = [Int32](repeating: 0, count: Self.places)
    private var places: [Int] = []
    private var values: [Vector2] = []

    private static let places = 1024
    /// The greatest number of a stripe, beyond which rounding might put near values into stripes that are not neighbours.
    private static let farthest = 1e8

    init(_ components: [[CentringPoint]], tolerance: Double) {
        self.components = components
        self.tolerance = tolerance
    }

    /// The sum over components of the most points that lie within the tolerance of one of them; nil where it is no more than
    /// `least`.
    mutating func count(under matrix: Matrix2, ifMoreThan least: Int) -> Int? {
        // All that lies within the tolerance of a value lies in two stripes.
        var atMost = 0
        for points in components {
            let x = crowd(points) { matrix.m11 * $0.beamShift.x + matrix.m12 * $0.beamShift.y - $0.offset.x }
            let y = crowd(points) { matrix.m21 * $0.beamShift.x + matrix.m22 * $0.beamShift.y - $0.offset.y }
            atMost += min(x, y)
        }
        guard atMost > least else { return nil }
        var count = 0
        for points in components { count += sharing(points, matrix) }
        return count > least ? count : nil
    }

    /// The most points in two stripes that are neighbours, or more.
    @inline(__always)
    private mutating func crowd(_ points: [CentringPoint], _ coordinate: (CentringPoint) -> Double) -> Int {
        let scale = 1 / (2.001 * tolerance)
        places.removeAll(keepingCapacity: true)
        for point in points {
            let stripe = coordinate(point) * scale
            guard abs(stripe) < Self.farthest else {
                for place in places { counts[place] = 0 }
                return points.count
            }
            let place = Int(stripe + Self.farthest) & (Self.places - 1)
            counts[place] += 1
            places.append(place)
        }
        var most: Int32 = 0
        for place in places { most = max(most, counts[place] + counts[(place + 1) & (Self.places - 1)]) }
        for place in places { counts[place] = 0 }
        return Int(most)
    }

    /// The most points that lie within the tolerance of one of them.
    private mutating func sharing(_ points: [CentringPoint], _ matrix: Matrix2) -> Int {
        values.removeAll(keepingCapacity: true)
        for point in points { values.append(matrix * point.beamShift - point.offset) }
        values.sort { $0.x < $1.x }
        var (best, low, high) = (0, 0, 0)
        for value in values {
            while values[low].x < value.x - tolerance { low += 1 }
            while high < values.count, values[high].x <= value.x + tolerance { high += 1 }
            guard high - low > best else { continue }
            var near = 0
            for place in low..<high where values[place].distance(to: value) <= tolerance { near += 1 }
            best = max(best, near)
        }
        return best
    }
}
