import EPUArchive
import GRDB
import Testing

@Suite("Rows inserted many at a time")
struct RowBatchTests {
    @Test("All rows are there in their order after finish, NULL as NULL", arguments: [0, 1, 49, 50, 51, 100, 125])
    func rows(count: Int) throws {
        try DatabaseQueue().write { db in
            try db.execute(sql: "CREATE TABLE t (id INTEGER PRIMARY KEY, whole, number REAL)")
            var batch = try RowBatch(db, "INSERT INTO t (id, whole, number)", columns: 3)
            for row in 0..<count {
                batch.bind(Int64(row))
                batch.bind(row % 3 == 0 ? nil : Int64(-row))
                batch.bind(row % 2 == 0 ? nil : 0.1 * Double(row))
                try batch.endRow()
            }
            try batch.finish()
            // What is finished is not written again.
            try batch.finish()
            let rows = try Row.fetchAll(db, sql: "SELECT * FROM t ORDER BY id")
            #expect(rows.count == count)
            for (number, row) in rows.enumerated() {
                #expect(row["id"] == number)
                #expect(row["whole"] as Int? == (number % 3 == 0 ? nil : -number))
                #expect(row["number"] as Double? == (number % 2 == 0 ? nil : 0.1 * Double(number)))
            }
        }
    }

    @Test("A row that breaks a rule of the table is an error", arguments: [0, 49, 60])
    func refused(wrong: Int) throws {
        try DatabaseQueue().write { db in
            try db.execute(sql: "CREATE TABLE t (id INTEGER PRIMARY KEY, value INTEGER NOT NULL)")
            var batch = try RowBatch(db, "INSERT INTO t (id, value)", columns: 2)
            #expect(throws: DatabaseError.self) {
                for row in 0..<70 {
                    batch.bind(Int64(row))
                    batch.bind(row == wrong ? nil : Int64(1))
                    try batch.endRow()
                }
                try batch.finish()
            }
        }
    }
}
