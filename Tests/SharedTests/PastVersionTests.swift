import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import EPUArchive

/// `schema-N.sql` is the schema of version N, and `rows-N.sql` fills each of its columns at least once.
@Suite("An archive of every past version is brought up to date")
struct PastVersionTests {
    /// What the next ingest and analysis find out again.
    private static let forgotten: Set = ["source_file.size_bytes", "analysis.rules", "placement_set.nearest_within_um"]
    /// Zeros in these were guesses in early versions.
    private static let guessed: Set = [
        "pre_exposure.dose_e_per_a2", "pre_exposure.unplanned_dose_e_per_a2", "pre_exposure.field_share",
        "pre_exposure.unplanned_field_share",
    ]

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func fixture(_ kind: String, _ version: Int) throws -> String {
        let file = "Tests/SharedTests/Fixtures/\(kind)-\(version).sql"
        return try #require(
            try? Project.text(file),
            """
            There is no \(file): take schema-\(version).sql from the last commit with that version \
            (`git log -- schema.sql`, `git show COMMIT:schema.sql`), and write rows for every column of it to \
            rows-\(version).sql.
            """)
    }

    /// Writes an archive as tools of that version left it.
    /// - Returns: its tables with their columns.
    private func write(_ version: Int) throws -> [(table: String, columns: [String])] {
        let (schema, rows) = (try fixture("schema", version), try fixture("rows", version))
        let queue = try DatabaseQueue(path: folder["a.db"])
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction { db in
            try db.execute(sql: schema)
            try db.execute(sql: rows)
            try db.execute(sql: "PRAGMA application_id = \(Archive.applicationID); PRAGMA user_version = \(version)")
            let tables = try String.fetchAll(
                db,
                sql: """
                    SELECT name FROM sqlite_schema
                    WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'placement_index%'
                    """)
            return try tables.map { table in
                (table, try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table]))
            }
        }
    }

    private func content(_ tables: [(table: String, columns: [String])]) throws -> [String] {
        try DatabaseQueue(path: folder["a.db"]).read { db in
            try tables.flatMap { table, columns in
                let kept = columns.filter { !Self.forgotten.contains("\(table).\($0)") }.map { column in
                    Self.guessed.contains("\(table).\(column)") ? "nullif(\(column), 0) AS \(column)" : column
                }
                return try Row.fetchAll(db, sql: "SELECT \(kept.joined(separator: ", ")) FROM \(table) ORDER BY 1, 2")
                    .map { "\(table) \($0)" }
            }
        }
    }

    private func schema(_ name: String) throws -> [String] {
        try Archive(folder[name], access: .read).read { db in
            try String.fetchAll(db, sql: "SELECT ifnull(sql, name) FROM sqlite_schema ORDER BY type, name")
        }
    }

    @Test(
        "All rows stay, nothing refers to what is not there, and the schema is a new one's",
        arguments: 1..<Archive.schemaVersion)
    func migrated(version: Int) throws {
        let tables = try write(version)
        try DatabaseQueue(path: folder["a.db"]).read { db in
            for (table, columns) in tables {
                for column in columns {
                    let values = try Int.fetchOne(db, sql: "SELECT count(\(column)) FROM \(table)") ?? 0
                    #expect(
                        values > 0, "rows-\(version).sql has no value of \(table).\(column): it could get lost unseen.")
                }
            }
        }
        let before = try content(tables)
        let archive = try Archive(folder["a.db"], access: .write)
        #expect(try content(tables) == before)
        let values = try archive.read { db in
            try ["user_version", "integrity_check", "foreign_key_check"].map {
                try String.fetchOne(db, sql: "PRAGMA \($0)")
            }
        }
        #expect(values == ["\(Archive.schemaVersion)", "ok", nil])
        _ = try Archive(folder["new.db"], access: .create)
        #expect(try schema("a.db") == schema("new.db"))
    }

    @Test("One with a column that would get lost is left as it is, and the user is told how to keep it")
    func unknownColumn() throws {
        let tables = try write(Archive.schemaVersion - 1)
        try DatabaseQueue(path: folder["a.db"]).write { db in
            try db.execute(sql: "ALTER TABLE foil_hole ADD COLUMN ice TEXT; UPDATE foil_hole SET ice = 'thick'")
        }
        let before = try Data(contentsOf: URL(fileURLWithPath: folder["a.db"]))
        let error = #expect(throws: Failure.self) { try Archive(folder["a.db"], access: .write) }
        let advice = try #require(error?.description)
        #expect(advice.contains("foil_hole") && advice.contains("left as it is"), "\(advice)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder["a.db"])) == before, "nothing is changed")

        // What it says to do keeps the column's content.
        let sql = try #require(advice.firstMatch(of: /`(CREATE TABLE [^`]*)`/)).1
        try DatabaseQueue(path: folder["a.db"]).write { try $0.execute(sql: String(sql)) }
        let rows = try content(tables)
        let archive = try Archive(folder["a.db"], access: .write)
        #expect(try content(tables) == rows)
        let kept = try archive.read { try String.fetchOne($0, sql: "SELECT DISTINCT ice FROM my_foil_hole") }
        #expect(kept == "thick")
    }

    @Test("Columns that a later version left out may go")
    func droppedColumn() throws {
        _ = try write(2)
        try DatabaseQueue(path: folder["a.db"]).write { db in
            for (table, columns) in Migration.dropped {
                for column in columns { try db.execute(sql: "ALTER TABLE \(table) ADD COLUMN \(column) REAL") }
            }
        }
        _ = try Archive(folder["a.db"], access: .write)
        _ = try Archive(folder["new.db"], access: .create)
        #expect(try schema("a.db") == schema("new.db"))
    }
}
