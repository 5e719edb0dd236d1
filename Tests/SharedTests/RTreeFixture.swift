import EPUCore
import GRDB

@testable import EPUArchive

/// An R-tree of positions without the rest of an archive.
enum RTreeFixture {
    /// A connection with nothing but the R-tree.
    static func queue(pageSize: Int = 4096, _ prepare: @Sendable @escaping (Database) throws -> Void = { _ in }) throws
        -> DatabaseQueue
    {
        var configuration = Configuration()
        configuration.prepareDatabase { db in try prepare(db) }
        let queue = try DatabaseQueue(configuration: configuration)
        try queue.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    PRAGMA page_size = \(pageSize);
                    CREATE VIRTUAL TABLE placement_index USING rtree(
                        placement_id, min_x_um, max_x_um, min_y_um, max_y_um, min_set, max_set)
                    """)
        }
        return queue
    }

    struct Placement {
        let id: Int64
        let position: Vector2
        let slice: ClosedRange<Double>
    }

    static func addInBulk(_ placements: [Placement], _ db: Database) throws {
        var batch = PositionIndex.Batch()
        for placement in placements {
            batch.add(placement.id, at: placement.position, slice: placement.slice)
        }
        try batch.write(db)
    }

    /// Placements of a set with beams of two sizes, some of them in one place, some far out.
    static func placements(_ count: Int, set: Int, from id: Int64, seed: UInt64) -> [Placement] {
        var random = RandomSource(seed: seed, stream: "R-tree \(set)")
        return (0..<count).map { number in
            let scale = number % 97 == 0 ? 1e6 : 40.0
            let position =
                number % 31 == 5
                ? Vector2(-3.3, 7.7)
                : Vector2(random.uniform(-scale, scale), random.uniform(-scale, scale))
            let low = Double(set) + (number % 5 == 0 ? 3 : 1) / 16
            return Placement(id: id + Int64(number), position: position, slice: low...low + 1 / 32)
        }
    }

    static func insert(_ placements: [Placement], _ db: Database) throws {
        for placement in placements {
            let (position, slice) = (placement.position, placement.slice)
            try db.execute(
                sql: "INSERT INTO placement_index VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    placement.id, position.x, position.x, position.y, position.y, slice.lowerBound, slice.upperBound,
                ])
        }
    }

    static func rows(_ db: Database) throws -> [Row] {
        try Row.fetchAll(db, sql: "SELECT * FROM placement_index ORDER BY placement_id")
    }

    static func check(_ db: Database) throws -> String? {
        try String.fetchOne(db, sql: "SELECT rtreecheck('placement_index')")
    }
}
