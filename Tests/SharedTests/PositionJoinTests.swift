import EPUCore
import GRDB
import Testing

@testable import EPUArchive

@Suite("The R-tree of positions, read by its nodes")
struct PositionJoinTests {
    @Test("The join finds what SQL finds, and what going through all pairs finds", arguments: [0.3, 2.5, 1000.0])
    func join(radius: Double) throws {
        let some = RTreeFixture.placements(1500, set: 3, from: 10, seed: 4)
        let others = RTreeFixture.placements(900, set: 2, from: 2000, seed: 8)
        let fields = some.map { Double($0.id % 3) }
        let reaches = [1.0, 4.0]
        let slices = zip([3.0625, 3.1875], reaches).map { low, reach in
            PositionTree.Slice(extent: low...low + 0.03125, reach: reach)
        }
        try RTreeFixture.queue().write { db in
            try RTreeFixture.addInBulk(others + some, db)
            var join = try PositionJoin(slices, radius: radius, db) { id in
                // One placement is left out.
                id == 15 ? -1 : Int(id - 10)
            }
            let points = some.indices.filter { $0 % 2 == 0 }.map { number in
                PositionJoin.Point(
                    number: number, position: SIMD2(some[number].position.x, some[number].position.y),
                    fieldReach: number % 4 == 0 ? nil : fields[number])
            }
            var pairs = 0
            var visited: [Int] = []
            let pointOf = Dictionary(uniqueKeysWithValues: points.map { ($0.number, $0) })
            try join.forEach(points) { number, earlier in
                let later = try #require(pointOf[number])
                visited.append(later.number)
                func distance(_ slice: Double) -> Double {
                    max(radius, later.fieldReach.map { $0 + (slice == 3.0625 ? reaches[0] : reaches[1]) } ?? 0)
                }
                let expected = (0..<later.number).filter { number in
                    let reach = distance(some[number].slice.lowerBound)
                    return number != 5 && abs(some[number].position.x - later.position.x) <= reach
                        && abs(some[number].position.y - later.position.y) <= reach
                }
                // Boxes are rounded outwards: what the tree finds beyond lies within a rounding of the edge.
                #expect(Set(earlier).isSuperset(of: expected))
                #expect(earlier == earlier.sorted())
                let sql = try slices.flatMap { slice in
                    let reach = distance(slice.extent.lowerBound)
                    return try Int.fetchAll(
                        db,
                        sql: """
                            SELECT placement_id - 10 FROM placement_index WHERE min_x_um <= ? AND max_x_um >= ?
                                AND min_y_um <= ? AND max_y_um >= ? AND min_set <= ? AND max_set >= ?
                            """,
                        arguments: [
                            later.position.x + reach, later.position.x - reach, later.position.y + reach,
                            later.position.y - reach, slice.extent.upperBound, slice.extent.lowerBound,
                        ])
                }
                #expect(earlier == sql.filter { $0 < later.number && $0 != 5 }.sorted())
                pairs += expected.count
            }
            #expect(visited == points.map(\.number))
            #expect(pairs > 50)
        }
    }

    @Test("Adding to an index without a root says that it is damaged, and does not go another way")
    func addingToDamaged() throws {
        try RTreeFixture.queue().write { db in
            try db.execute(sql: "DELETE FROM placement_index_node")
            #expect(throws: Failure.self) {
                try RTreeFixture.addInBulk(RTreeFixture.placements(60, set: 4, from: 1, seed: 4), db)
            }
        }
    }

    @Test(
        "A damaged tree is said to be damaged, and read no farther",
        arguments: [
            "UPDATE placement_index_node SET data = (SELECT data FROM placement_index_node WHERE nodeno = 1)",
            "DELETE FROM placement_index_node WHERE nodeno > 1",
            "UPDATE placement_index_node SET data = x'0000'",
            "UPDATE placement_index_node SET data = 'text' WHERE nodeno > 1",
            "UPDATE placement_index_node SET data = CAST(x'0001FFFF' || substr(data, 5) AS BLOB) WHERE nodeno = 1",
            "UPDATE placement_index_node SET data = CAST(x'FFFF' || substr(data, 3) AS BLOB) WHERE nodeno = 1",
            "DELETE FROM placement_index_node",
        ])
    func damaged(by sql: String) throws {
        let some = RTreeFixture.placements(3000, set: 3, from: 1, seed: 4)
        try RTreeFixture.queue().write { db in
            try RTreeFixture.addInBulk(some, db)
            try db.execute(sql: sql)
            #expect(throws: Failure.self) {
                var join = try PositionJoin([.init(extent: 3...3.5, reach: 0)], radius: 1, db) { Int($0) }
                try join.forEach(
                    some.map { .init(number: Int($0.id), position: SIMD2($0.position.x, $0.position.y), fieldReach: 0) }
                ) { _, _ in }
            }
            // What is added to it fails, too; filling it again helps.
            _ = try? RTreeFixture.addInBulk(RTreeFixture.placements(60, set: 4, from: 1000, seed: 4), db)
            try db.execute(
                sql: "CREATE TABLE placement (placement_id INTEGER PRIMARY KEY, placement_set_id, x_um, y_um)")
            for placement in some {
                try db.execute(
                    sql: "INSERT INTO placement VALUES (?, 3, ?, ?)",
                    arguments: [placement.id, placement.position.x, placement.position.y])
            }
            try PositionIndex.fill(db)
            #expect(try RTreeFixture.check(db) == "ok")
            #expect(try RTreeFixture.rows(db).count == some.count)
        }
    }
}
