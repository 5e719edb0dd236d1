import EPUCore
import Foundation
import GRDB
import Testing

@testable import EPUArchive

@Suite("The R-tree of positions, written by its nodes")
struct PositionIndexTests {
    @Test(
        "What is added in bulk is row for row what SQLite inserts, and SQLite finds nothing wrong, whatever comes in which order",
        arguments: [4096, 1024])
    func sameAsInserts(pageSize: Int) throws {
        let (bulk, inserts) = (try RTreeFixture.queue(pageSize: pageSize), try RTreeFixture.queue(pageSize: pageSize))
        var id: Int64 = 1
        var deleted: [Int64] = []
        // Few and many; sets in order and not; into an empty tree and into one that has them.
        for (set, count) in [
            (1, 3), (2, 51), (4, 60), (3, 7000), (9, 52), (3, 400), (5, 2), (6, 51), (7, 9000), (3, 51),
        ] {
            let some = RTreeFixture.placements(count, set: set, from: id, seed: UInt64(id))
            id += Int64(count)
            try bulk.write { db in
                try RTreeFixture.addInBulk(some, db)
                #expect(try RTreeFixture.check(db) == "ok")
            }
            try inserts.write { try RTreeFixture.insert(some, $0) }
            // SQLite takes rows out and puts rows in between.
            deleted = stride(from: Int64(1), to: id, by: count > 1000 ? 7 : 1000).map { $0 }
            let gone = deleted
            for queue in [bulk, inserts] {
                try queue.write { db in
                    for id in gone {
                        try db.execute(sql: "DELETE FROM placement_index WHERE placement_id = ?", arguments: [id])
                    }
                }
            }
        }
        let found = try bulk.read(RTreeFixture.rows)
        #expect(found.count > 10_000)
        #expect(try found == inserts.read(RTreeFixture.rows))
        #expect(try bulk.read(RTreeFixture.check) == "ok")
        // Queries by rectangle, which descend the tree.
        for set in [3, 7] {
            let sql = """
                SELECT placement_id FROM placement_index WHERE min_x_um <= 5 AND max_x_um >= -9 AND min_y_um <= 12
                    AND max_y_um >= 2 AND min_set <= \(set).5 AND max_set >= \(set) ORDER BY 1
                """
            let ids = try bulk.read { try Int64.fetchAll($0, sql: sql) }
            #expect(ids.count > 100)
            #expect(try ids == inserts.read { try Int64.fetchAll($0, sql: sql) })
        }
    }

    @Test("Nodes are full: the tree takes a quarter less room than by inserts")
    func fullNodes() throws {
        let some = RTreeFixture.placements(20_000, set: 3, from: 1, seed: 5)
        func nodes(_ fill: (Database) throws -> Void) throws -> Int {
            try RTreeFixture.queue().write { db in
                try fill(db)
                return try Int.fetchOne(db, sql: "SELECT count(*) FROM placement_index_node") ?? 0
            }
        }
        let bulk = try nodes { try RTreeFixture.addInBulk(some, $0) }
        #expect(bulk < 3 * (try nodes { try RTreeFixture.insert(some, $0) }) / 4)
        #expect(bulk < 20_000 / 51 * 105 / 100 + 20)
    }

    @Test("Where SQLite lets nobody write the tables behind it, rows are inserted one by one")
    func defensive() throws {
        let some = RTreeFixture.placements(300, set: 1, from: 1, seed: 1)
        let guarded = try RTreeFixture.queue { try Self.setDefensive($0) }
        try guarded.write { db in
            #expect(throws: DatabaseError.self) { try db.execute(sql: "DELETE FROM placement_index_node") }
            try RTreeFixture.addInBulk(some, db)
            #expect(try RTreeFixture.check(db) == "ok")
            try db.execute(
                sql: """
                    CREATE TABLE placement (placement_id INTEGER PRIMARY KEY, placement_set_id, x_um REAL, y_um REAL);
                    INSERT INTO placement VALUES (7, 2, 1.5, -2.5)
                    """)
        }
        let free = try RTreeFixture.queue()
        try free.write { try RTreeFixture.insert(some, $0) }
        #expect(try guarded.read(RTreeFixture.rows) == free.read(RTreeFixture.rows))
        try guarded.write { try PositionIndex.fill($0) }
        #expect(
            try guarded.read(RTreeFixture.rows) == [
                [
                    "placement_id": 7, "min_x_um": 1.5, "max_x_um": 1.5, "min_y_um": -2.5,
                    "max_y_um": -2.5, "min_set": 2, "max_set": 2.5,
                ] as Row
            ])
    }

    /// `sqlite3_db_config` with SQLITE_DBCONFIG_DEFENSIVE (1010): it takes a variable number of arguments, so that Swift cannot call
    /// it by its declaration.
    private static func setDefensive(_ db: Database) throws {
        typealias Config = @convention(c) (OpaquePointer?, CInt, CInt, UnsafeMutablePointer<CInt>?) -> CInt
        let symbol = try #require(dlsym(nil, "sqlite3_db_config"))
        let code = unsafeBitCast(symbol, to: Config.self)(db.sqliteConnection, CInt(1010), 1, nil)
        #expect(code == 0)
    }
}
