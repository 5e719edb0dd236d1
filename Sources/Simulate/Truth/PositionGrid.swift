import EPUShared

/// Finds points within a distance, by cells of a square grid; adding and finding take constant time in even data.
struct PositionGrid {
    private let cell: Double
    private var heads: [UInt64: Int32] = [:]
    private var next: [Int32] = []
    private(set) var points: [Vector2] = []

    /// - Parameter reach: the distance, in um, that will mostly be asked for.
    init(reach: Double) { cell = max(reach, 1e-6) }

    mutating func append(_ point: Vector2) {
        let key = key(column(point.x), column(point.y))
        next.append(heads[key] ?? -1)
        heads[key] = Int32(points.count)
        points.append(point)
    }

    /// Takes back the last points, until `count` are left.
    mutating func removeLast(downTo count: Int) {
        while points.count > count, let point = points.popLast(), let following = next.popLast() {
            heads[key(column(point.x), column(point.y))] = following
        }
    }

    /// Calls `body` with the index and distance of every point within `reach` of `point`, itself included.
    func forEach(within reach: Double, of point: Vector2, _ body: (Int, Double) -> Void) {
        let (left, right) = (column(point.x - reach), column(point.x + reach))
        let (bottom, top) = (column(point.y - reach), column(point.y + reach))
        for x in left...right {
            for y in bottom...top {
                var index = heads[key(x, y)] ?? -1
                while index >= 0 {
                    let distance = points[Int(index)].distance(to: point)
                    if distance <= reach { body(Int(index), distance) }
                    index = next[Int(index)]
                }
            }
        }
    }

    private func column(_ coordinate: Double) -> Int32 { Int32((coordinate / cell).rounded(.down)) }

    private func key(_ x: Int32, _ y: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: x)) << 32 | UInt64(UInt32(bitPattern: y))
    }
}
