import EPUArchive
import EPUCore
import Foundation
import GRDB

/// The times of two ways to find the pairs within a radius: by the stored R-tree's own nodes, and by a grid that is made in memory.
/// Both begin with the positions in memory, and test distances with the exact numbers.
struct SearchFigures {
    /// Reading the nodes, and the search in them.
    let join: Spread
    /// Making the grid, and the search in it.
    let grid: Spread
    /// Whether both found as many pairs.
    let agrees: Bool

    private static func withMargin(_ reach: Double) -> Double { reach * (1 + 1e-6) + 1e-3 }

    /// - Parameters:
    ///   - archive: An archive with one set of placements.
    ///   - radius: um
    init(_ archive: String, radius: Double, runs: Int) throws {
        var pairs: Set<Int> = []
        (join, grid) = try Archive(archive, access: .read).read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT placement_id, x_um, y_um, placement_set_id FROM placement JOIN exposure USING (exposure_id)
                    ORDER BY acquired_at, name
                    """)
            let ids = rows.map { $0[0] as Int64 }
            let positions = rows.map { Vector2($0[1], $0[2]) }
            guard let set = rows.first?[3] as Int64? else { throw Failure("\(archive) has no placements.") }
            let numbers = IDIndex(ids.indices) { ids[$0] }
            return (
                try Spread(runs: runs) {
                    pairs.insert(
                        try Self.joined(positions, set, radius, db) { numbers[$0] ?? -1 })
                },
                Spread(runs: runs) { pairs.insert(Self.gridded(positions, radius)) }
            )
        }
        agrees = pairs.count == 1
    }

    private static func joined(
        _ positions: [Vector2], _ set: Int64, _ radius: Double, _ db: Database,
        number: @escaping (Int64) -> Int
    ) throws -> Int {
        let slice = PositionTree.Slice(extent: Double(set)...Double(set) + 0.999, reach: 0)
        var join = try PositionJoin(
            [slice], radius: withMargin(radius), capacity: positions.count, db, number: number)
        var pairs = 0
        let points = positions.indices.lazy.map {
            PositionJoin.Point(
                number: $0, position: SIMD2(positions[$0].x, positions[$0].y), fieldReach: nil)
        }
        try join.forEach(points) { later, earlier in
            for other in earlier where positions[other].distance(to: positions[later]) <= radius { pairs += 1 }
        }
        return pairs
    }

    private static func gridded(_ positions: [Vector2], _ radius: Double) -> Int {
        var grid = PositionGrid(reach: radius)
        var pairs = 0
        for position in positions {
            grid.forEach(within: radius, of: position) { _, _ in pairs += 1 }
            grid.append(position)
        }
        return pairs
    }
}
