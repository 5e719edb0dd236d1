/// Finds points within a distance, by cells of a square grid; lengths are um.
///
/// Adding and finding take constant time in even data. The cells that hold points are in a hash table with linear
/// probing (Knuth, The Art of Computer Programming, vol. 3, 6.4, algorithm L), and the points of a cell are a list, the
/// last one first. At most 2^31 points.
public struct PositionGrid: Sendable {
    private var cellsPerMicrometre: Double
    /// For each cell its last point, which also tells where the cell lies; `none` where its points were removed, `unused` where
    /// there is no cell.
    private var slots = [Int32](repeating: unused, count: 16)
    private var usedSlots = 0
    /// For each point, the point before it in its cell, or `none`.
    private var previous: [Int32] = []
    public private(set) var points: [Vector2] = []

    private static let none: Int32 = -1
    private static let unused: Int32 = -2
    /// Cells farther out than this count as the outermost ones: whole numbers to here are exact as floating point, and
    /// differences of two never overflow.
    private static let outermostCell = 1 << 52

    /// - Parameter reach: The distance, um, that will mostly be asked for.
    public init(reach: Double) { cellsPerMicrometre = Self.cellsPerMicrometre(reach: reach) }

    /// Removes all points but keeps the memory, which saves a sweep over many settings a third of its time.
    /// - Parameter reach: The distance, um, that will mostly be asked for.
    public mutating func removeAll(reach: Double) {
        cellsPerMicrometre = Self.cellsPerMicrometre(reach: reach)
        for index in slots.indices { slots[index] = Self.unused }
        usedSlots = 0
        previous.removeAll(keepingCapacity: true)
        points.removeAll(keepingCapacity: true)
    }

    /// Adds a point. One that is not finite keeps its index and is never found.
    public mutating func append(_ point: Vector2) {
        var before = Self.none
        if point.isFinite {
            if 2 * usedSlots >= slots.count { rebuild() }
            let slot = slot(index(point.x), index(point.y))
            if slots[slot] == Self.unused {
                usedSlots += 1
            } else {
                before = slots[slot]
            }
            slots[slot] = Int32(points.count)
        }
        previous.append(before)
        points.append(point)
    }

    /// Removes the last points, until `count` are left.
    public mutating func removeLast(downTo count: Int) {
        while points.count > count, let point = points.last, let before = previous.popLast() {
            // The last of all points is also the last of its cell. The cell is sought while the point is still there.
            if point.isFinite { slots[slot(index(point.x), index(point.y))] = before }
            points.removeLast()
        }
    }

    /// Calls `body` with the index and distance of every point within `reach` of `point`, itself included, in no
    /// particular order.
    ///
    /// Visits the cells that `reach` touches, or all points where these are fewer.
    public func forEach(within reach: Double, of point: Vector2, _ body: (Int, Double) -> Void) {
        guard reach >= 0, point.isFinite else { return }
        // More than the rounding of the sums below and of the distance, so that the cells hold what the distance admits.
        let box = reach + 1e-15 * (reach + abs(point.x) + abs(point.y))
        let (left, right) = (index(point.x - box), index(point.x + box))
        let (bottom, top) = (index(point.y - box), index(point.y + box))
        let (columns, rows) = (right - left + 1, top - bottom + 1)
        guard columns <= points.count, rows <= points.count / columns else {
            for index in points.indices where points[index].isFinite {
                let distance = points[index].distance(to: point)
                if distance <= reach { body(index, distance) }
            }
            return
        }
        for x in left...right {
            for y in bottom...top {
                var index = slots[slot(x, y)]
                while index >= 0 {
                    let distance = points[Int(index)].distance(to: point)
                    if distance <= reach { body(Int(index), distance) }
                    index = previous[Int(index)]
                }
            }
        }
    }

    /// The point nearest to `point` of those within `reach`, and of several the first; nil where there is none.
    public func nearest(within reach: Double, of point: Vector2) -> (index: Int, distance: Double)? {
        var nearest: (index: Int, distance: Double)?
        forEach(within: reach, of: point) { index, distance in
            if let found = nearest, (found.distance, found.index) < (distance, index) { return }
            nearest = (index, distance)
        }
        return nearest
    }
}

// MARK: - Cells

extension PositionGrid {
    /// The number of cells per um. Cells are as wide as a search: it then touches four, where smaller ones cost more
    /// visits to the table than they save distances.
    private static func cellsPerMicrometre(reach: Double) -> Double {
        1 / (2 * (reach > 1e-6 ? min(reach, 1e100) : 1e-6))
    }

    /// The cell's index along one coordinate. What is no number counts as far out.
    private func index(_ coordinate: Double) -> Int {
        let index = (coordinate * cellsPerMicrometre).rounded(.down)
        guard index > -Double(Self.outermostCell) else { return -Self.outermostCell }
        return index < Double(Self.outermostCell) ? Int(index) : Self.outermostCell
    }

    /// The cell's index in the table or, if it is not there, the index at which it would be.
    private func slot(_ x: Int, _ y: Int) -> Int {
        let mask = slots.count - 1
        // Taking the upper halves of products with odd numbers keeps rows and columns of cells from lying in a row in the table.
        let mixed = UInt64(bitPattern: Int64(x)) &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(bitPattern: Int64(y))
        var slot = Int(truncatingIfNeeded: (mixed &* 0xd134_2543_de82_ef95) >> 32) & mask
        while slots[slot] != Self.unused, !isCell(slots[slot], x, y) { slot = (slot + 1) & mask }
        return slot
    }

    /// Whether the cell of which a point is the last one lies there.
    private func isCell(_ last: Int32, _ x: Int, _ y: Int) -> Bool {
        last >= 0 && index(points[Int(last)].x) == x && index(points[Int(last)].y) == y
    }

    /// Makes room, and drops the cells that have no points any more.
    private mutating func rebuild() {
        let cells = slots.filter { $0 >= 0 }
        var capacity = 16
        while capacity < 4 * cells.count { capacity *= 2 }
        slots = [Int32](repeating: Self.unused, count: capacity)
        for last in cells { slots[slot(index(points[Int(last)].x), index(points[Int(last)].y))] = last }
        usedSlots = cells.count
    }
}
