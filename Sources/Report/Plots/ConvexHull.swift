import EPUCore

extension Collection<Vector2> {
    /// The corners of the smallest convex polygon around all points, anticlockwise; points on its edges are left out. Points on
    /// one line have two corners, and one point has one. O(n log n), by Andrew's monotone chain (Information Processing Letters
    /// 9, 1979, 216-219).
    /// - Precondition: all points are finite.
    var convexHull: [Vector2] {
        let sorted = Set(self).sorted { ($0.x, $0.y) < ($1.x, $1.y) }
        guard sorted.count > 2 else { return sorted }
        func chain(_ points: some Sequence<Vector2>) -> ArraySlice<Vector2> {
            var corners: [Vector2] = []
            for point in points {
                while let last = corners.last, let before = corners.dropLast().last,
                    (last - before).cross(point - last) <= 0
                {
                    corners.removeLast()
                }
                corners.append(point)
            }
            // The other chain starts where this one ends.
            return corners.dropLast()
        }
        return Array(chain(sorted) + chain(sorted.reversed()))
    }

    /// The hull of discs of one radius around the points. Each disc is replaced by an octagon.
    func convexHull(widenedBy radius: Double) -> [Vector2] {
        let (side, diagonal) = (radius, radius * 0.5.squareRoot())
        let around = [
            Vector2(side, 0), Vector2(diagonal, diagonal), Vector2(0, side), Vector2(-diagonal, diagonal),
            Vector2(-side, 0), Vector2(-diagonal, -diagonal), Vector2(0, -side), Vector2(diagonal, -diagonal),
        ]
        return convexHull.flatMap { corner in around.map { corner + $0 } }.convexHull
    }
}
