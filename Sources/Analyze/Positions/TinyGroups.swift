import EPUCore
import EPUDrawing

/// Groups of points that lie close together: many points become a few thousand, each the mean of those in one cell of a fine
/// grid.
struct TinyGroups {
    /// The mean of the points in each occupied cell.
    let means: [Vector2]
    /// An index into `means` for each point.
    let membership: [Int]
    /// The side of a cell, in units of the points.
    let side: Double

    /// Joins points on the finest grid, to about a tenth, that has at most `limit` occupied cells.
    init(_ points: [Vector2], limit: Int) {
        let width = points.range(of: \.x).extent
        let height = points.range(of: \.y).extent
        let largest = max(width, height)
        // One cell of this side holds all. 2^-40 of it is less than the last digit that EPU writes.
        var coarse = largest > 0 ? 2 * largest : 1
        var fine = coarse * 0x1p-40
        while coarse > 1.1 * fine {
            let middle = (coarse * fine).squareRoot()
            if Set(points.map { Cell($0, side: middle) }).count <= limit { coarse = middle } else { fine = middle }
        }
        side = coarse
        var number: [Cell: Int] = [:]
        var sums: [Vector2] = []
        var sizes: [Double] = []
        membership = points.map { point in
            let cell = Cell(point, side: coarse)
            let group = number[cell] ?? sums.count
            if group == sums.count {
                number[cell] = group
                sums.append(.zero)
                sizes.append(0)
            }
            sums[group] = sums[group] + point
            sizes[group] += 1
            return group
        }
        means = zip(sums, sizes).map { 1 / $1 * $0 }
    }

    /// The greatest distance of a point from the mean of its cell.
    func radius(of points: [Vector2]) -> Double {
        zip(points, membership).reduce(0) { max($0, $1.0.distance(to: means[$1.1])) }
    }

    private struct Cell: Hashable {
        let x: Double
        let y: Double

        init(_ point: Vector2, side: Double) {
            x = (point.x / side).rounded(.down)
            y = (point.y / side).rounded(.down)
        }
    }
}

extension ClosedRange<Double> {
    fileprivate var extent: Double { upperBound - lowerBound }
}
