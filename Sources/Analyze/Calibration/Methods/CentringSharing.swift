import EPUCore

/// Counts the points that share the constant of their component under a matrix, as `CentringConsensus` finds them: the search
/// asks for thousands of matrices, nearly all of which are no better than the best one before.
struct CentringSharing {
    private let components: [Component]
    private let tolerance: Double
    /// How many points lie in each stripe, for one coordinate; stripes that are far from each other may have one place.
    private var counts = [Int32](repeating: 0, count: Self.places)
    /// The place of each point's stripe.
    private var places: [Int]
    private var values: [Vector2] = []

    private struct Component {
        let shiftX, shiftY, x, y: [Double]

        init(_ points: [CentringPoint]) {
            (shiftX, shiftY) = (points.map(\.beamShift.x), points.map(\.beamShift.y))
            (x, y) = (points.map(\.offset.x), points.map(\.offset.y))
        }
    }

    private static let places = 1024
    /// The greatest number of a stripe, beyond which rounding might put near values into stripes that are not neighbours.
    private static let farthest = 1e8

    init(_ components: [[CentringPoint]], tolerance: Double) {
        self.components = components.map(Component.init)
        self.tolerance = tolerance
        places = [Int](repeating: 0, count: components.map(\.count).max() ?? 0)
    }

    /// The sum over components of the most points that lie within the tolerance of one of them; nil where it is no more than
    /// `least`.
    mutating func count(under matrix: Matrix2, ifMoreThan least: Int) -> Int? {
        // All that lies within the tolerance of a value lies in two stripes.
        var atMost = 0
        for component in components {
            atMost += crowd(component.shiftX, component.shiftY, component.x, matrix.m11, matrix.m12)
        }
        guard atMost > least else { return nil }
        atMost = 0
        for component in components {
            atMost += crowd(component.shiftX, component.shiftY, component.y, matrix.m21, matrix.m22)
        }
        guard atMost > least else { return nil }
        var count = 0
        for component in components { count += sharing(component, matrix) }
        return count > least ? count : nil
    }

    /// The most points in two stripes that are neighbours, or more, by one coordinate of matrix x shift - offset.
    private mutating func crowd(_ shiftX: [Double], _ shiftY: [Double], _ offset: [Double], _ a: Double, _ b: Double)
        -> Int
    {
        let scale = 1 / (2.001 * tolerance)
        return counts.withUnsafeMutableBufferPointer { counts in
            places.withUnsafeMutableBufferPointer { places in
                var known = 0
                defer { for index in 0..<known { counts[places[index]] = 0 } }
                for index in offset.indices {
                    let stripe = (a * shiftX[index] + b * shiftY[index] - offset[index]) * scale
                    guard abs(stripe) < Self.farthest else { return offset.count }
                    let place = Int(stripe + Self.farthest) & (Self.places - 1)
                    counts[place] += 1
                    places[index] = place
                    known = index + 1
                }
                var most: Int32 = 0
                for index in 0..<known {
                    most = max(most, counts[places[index]] + counts[(places[index] + 1) & (Self.places - 1)])
                }
                return Int(most)
            }
        }
    }

    /// The most points that lie within the tolerance of one of them.
    private mutating func sharing(_ points: Component, _ matrix: Matrix2) -> Int {
        values.removeAll(keepingCapacity: true)
        for index in points.x.indices {
            values.append(
                matrix * Vector2(points.shiftX[index], points.shiftY[index]) - Vector2(points.x[index], points.y[index])
            )
        }
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
