public import GRDB

/// Finds, for points in an order, the placements before each that lie near it.
///
/// The R-tree is searched for a run of points at once, as those that follow each other in time lie near each other: two sides are
/// joined, of which one is a tree of places and the other one of times (Brinkhoff, Kriegel and Seeger, "Efficient Processing of
/// Spatial Joins Using R-trees", SIGMOD 1993, join two trees of places).
public struct PositionJoin {
    /// A point, of which near placements with smaller numbers are sought.
    public struct Point: Sendable {
        public let number: Int
        /// um
        public let position: SIMD2<Double>
        /// Adds to the reach of what is sought, um; nil: that reach does not matter.
        public let fieldReach: Double?

        public init(number: Int, position: SIMD2<Double>, fieldReach: Double?) {
            self.number = number
            self.position = position
            self.fieldReach = fieldReach
        }
    }

    private var tree: PositionTree
    /// The distance within which placements are sought in any case, um.
    private let radius: Double
    private let greatestReach: Double
    private var near: [PositionTree.Entry] = []
    private var earlier: [Int] = []

    /// The greatest number of points that are searched for at once.
    private static let longestRun = 64

    /// - Parameters:
    ///   - slices: what of the R-tree is searched.
    ///   - radius: the distance within which placements are sought in any case, um.
    ///   - capacity: about how many placements will be read.
    ///   - number: the number of a placement, from 0 on; -1 where it is to be left out.
    /// - Throws: `Failure` where the index is damaged.
    public init(
        _ slices: [PositionTree.Slice], radius: Double, capacity: Int = 0, _ db: Database,
        number: @escaping (Int64) -> Int
    ) throws {
        tree = try PositionTree(slices, capacity: capacity, db, number: number)
        self.radius = radius
        greatestReach = slices.map(\.reach).max() ?? 0
    }

    /// Calls `body` for each point with the numbers, ascending, of the placements before it that may be near enough: those whose x
    /// and y are no farther away than `radius` or than the two reach together.
    public mutating func forEach(
        _ points: some Sequence<Point>, _ body: (_ point: Int, _ earlier: [Int]) throws -> Void
    ) throws {
        var run: [Point] = []
        for point in points {
            run.append(point)
            guard run.count == Self.longestRun else { continue }
            try join(run[...], body)
            run.removeAll(keepingCapacity: true)
        }
        if !run.isEmpty { try join(run[...], body) }
    }

    /// Searches for a run at once, or for its halves where the windows of both are smaller together, as where the stage has moved.
    private mutating func join(_ run: ArraySlice<Point>, _ body: (Int, [Int]) throws -> Void) throws {
        let window = window(of: run)
        if run.count > 1 {
            let middle = run.startIndex + run.count / 2
            let (first, second) = (run[..<middle], run[middle...])
            if area(self.window(of: first)) + area(self.window(of: second)) < area(window) {
                try join(first, body)
                return try join(second, body)
            }
        }
        near.removeAll(keepingCapacity: true)
        try tree.append(in: window, to: &near)
        for point in run {
            let own = PositionTree.Window(point.position, radius: radius, fieldReach: point.fieldReach)
            earlier.removeAll(keepingCapacity: true)
            // The point is a placement itself: an index that does not have it where it is may lack others, too.
            var hasItself = false
            for entry in near where Int(entry.number) <= point.number && own.meets(entry, tree.slices) {
                if Int(entry.number) == point.number { hasItself = true } else { earlier.append(Int(entry.number)) }
            }
            guard hasItself else { throw RTreeStore.isDamaged }
            earlier.sort()
            try body(point.number, earlier)
        }
    }

    private func window(of run: ArraySlice<Point>) -> PositionTree.Window {
        var window = PositionTree.Window(run[run.startIndex].position, radius: radius, fieldReach: nil)
        for point in run {
            window.lower = pointwiseMin(window.lower, point.position)
            window.upper = pointwiseMax(window.upper, point.position)
            if let reach = point.fieldReach { window.fieldReach = max(window.fieldReach ?? 0, reach) }
        }
        return window
    }

    /// The area that is searched around a window, um^2.
    private func area(_ window: PositionTree.Window) -> Double {
        let size = window.upper - window.lower + 2 * window.distance(greatestReach)
        return size.x * size.y
    }
}
