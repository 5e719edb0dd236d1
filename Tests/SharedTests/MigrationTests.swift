import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@Suite("An archive of version 1 is brought up to date")
struct MigrationTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try OldArchive.write(to: folder["a.db"])
    }

    /// Every row of every table that version 1 had, with the columns that it had.
    private func oldContent(_ path: String) throws -> [String] {
        let shapes = try OldArchive.tables()
        return try DatabaseQueue(path: path).read { db in
            try shapes.flatMap { table, columns in
                try Row.fetchAll(db, sql: "SELECT \(columns) FROM \(table) ORDER BY 1, 2")
                    .map { "\(table) \($0)" }
            }
        }
    }

    @Test("Every row keeps its id and its values; files count as not yet read; nothing refers to what is not there")
    func rowsStay() throws {
        let before = try oldContent(folder["a.db"])
        let tables = try OldArchive.tables().map(\.name)
        #expect(tables.allSatisfy { table in before.contains { $0.hasPrefix(table + " ") } }, "a row in every table")
        let archive = try Archive(folder["a.db"], access: .write)
        let after = try oldContent(folder["a.db"])
        #expect(after == before)
        func value(_ sql: String) throws -> String? { try archive.read { try String.fetchOne($0, sql: sql) } }
        #expect(try value("PRAGMA user_version") == "\(Archive.schemaVersion)")
        #expect(try value("PRAGMA foreign_keys") == "1")
        #expect(try value("PRAGMA foreign_key_check") == nil)
        #expect(try value("PRAGMA integrity_check") == "ok")
        #expect(try value("SELECT count(*) FROM source_file WHERE size_bytes IS NOT NULL") == "0")
    }

    @Test("What was overexposed stays so, by its nearest earlier exposure")
    func overexposed() throws {
        let queue = try DatabaseQueue(path: folder["a.db"])
        try queue.write { db in
            // Of the third analysis nothing counts.
            try db.execute(
                sql: """
                    INSERT INTO analysis VALUES (2, 1, 0.9, 0, 0, 2, 2, 1, '2025-01-11');
                    INSERT INTO overlap VALUES (2, 2, 1, 0.25, 'same-area', NULL);
                    INSERT INTO analysis VALUES (3, 1, 0.8, 0, 0, 2, 1, 0, '2025-01-12');
                    INSERT INTO overlap VALUES (3, 2, 1, 0.25, 'by-design', NULL);
                    """)
        }
        try queue.close()
        let rows = try Archive(folder["a.db"], access: .write).read { db in
            try Row.fetchAll(
                db, sql: "SELECT analysis_id, later_id, earlier_id, cause, incident FROM all_overexposed ORDER BY 1")
        }
        #expect(rows.map { [$0[0], $0[1], $0[2]] as [Int64] } == [[1, 2, 1], [2, 2, 1]])
        #expect(rows.map { $0[3] as String } == ["unexplained", "same-area"])
        #expect(rows.allSatisfy { $0[4] == nil })
    }

    @Test("The analysis that reports showed, the latest of each session, is the published one")
    func published() throws {
        let queue = try DatabaseQueue(path: folder["a.db"])
        try queue.write { db in
            // The last number is not the latest.
            try db.execute(
                sql: """
                    INSERT INTO analysis VALUES (2, 1, 0.9, 1, 0, 2, 0, 0, '2025-01-12'), (3, 1, 0.7, 0, 0, 2, 0, 0, '2025-01-11');
                    INSERT INTO analysis_session VALUES (2, 1, 1), (3, 1, 1);
                    """)
        }
        try queue.close()
        let archive = try Archive(folder["a.db"], access: .write)
        let (latest, named) = try archive.read { db in
            (
                try Row.fetchAll(db, sql: "SELECT session_id, analysis_id FROM latest_analysis").map {
                    [$0[0], $0[1]] as [Int64]
                }, try PublishedAnalysis.named(for: 1, db)
            )
        }
        #expect(latest == [[1, 2]])
        #expect(named?.analysisID == 2)
        #expect(named?.criteria == OverlapCriteria(radius: 0.9, countNeighbours: true))
        #expect(named?.matrix == Matrix2(scale: 25), "that a person gave")
    }

    @Test("Its schema is that of a new archive")
    func schema() throws {
        _ = try Archive(folder["a.db"], access: .write)
        _ = try Archive(folder["new.db"], access: .create)
        let schemas = try ["a.db", "new.db"].map { name in
            try Archive(folder[name], access: .read).read { db in
                try String.fetchAll(db, sql: "SELECT ifnull(sql, name) FROM sqlite_schema ORDER BY type, name")
            }
        }
        #expect(schemas[0] == schemas[1])
    }

    @Test("The index of positions is made again")
    func positions() throws {
        let found = try Archive(folder["a.db"], access: .write).read { db in
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT placement_id FROM placement_index
                    WHERE max_x_um >= 10 AND min_x_um <= 11 AND min_set <= 1 AND max_set >= 1 ORDER BY 1
                    """)
        }
        #expect(found == [1])
        try Archive(folder["a.db"], access: .write).write { try $0.execute(sql: "DELETE FROM placement") }
        let left = try Archive(folder["a.db"], access: .read).read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM placement_index")
        }
        #expect(left == 0)
    }

    @Test("Tables and views that people made in it stay")
    func ownTables() throws {
        try DatabaseQueue(path: folder["a.db"]).write { db in
            try db.execute(
                sql: """
                    CREATE TABLE my_note (exposure_id INTEGER REFERENCES exposure, note TEXT);
                    INSERT INTO my_note VALUES (2, 'ice');
                    CREATE VIEW my_notes AS SELECT name, note FROM my_note JOIN exposure USING (exposure_id);
                    """)
        }
        let note = try Archive(folder["a.db"], access: .write).read { db in
            try String.fetchOne(db, sql: "SELECT note FROM my_notes WHERE name LIKE 'FoilHole_2%'")
        }
        #expect(note == "ice")
    }

    @Test("Reading alone does not change it: the user is told what does")
    func readOnly() throws {
        let before = try Data(contentsOf: URL(fileURLWithPath: folder["a.db"]))
        let error = #expect(throws: Failure.self) { try Archive(folder["a.db"], access: .read) }
        #expect(error?.description.contains("older version (schema 1") == true)
        #expect(error?.description.contains("Run `epu-ingest` or `epu-analyze` on it once") == true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder["a.db"])) == before)
    }

    @Test("One whose rows refer to nothing is left as it is")
    func broken() throws {
        try DatabaseQueue(path: folder["a.db"]).writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF; DELETE FROM foil_hole WHERE foil_hole = 2")
        }
        let before = try oldContent(folder["a.db"])
        let error = #expect(throws: Failure.self) { try Archive(folder["a.db"], access: .write) }
        #expect(error?.description.contains("left as it is") == true)
        #expect(try oldContent(folder["a.db"]) == before)
    }

    @Test(
        "Without room for it, it stays as it was",
        .enabled(if: SmallDisk.isPossible, Comment(rawValue: SmallDisk.impossibility)))
    func fullDisk() throws {
        let disk = try SmallDisk(kilobytes: 300)
        try FileManager.default.copyItem(atPath: folder["a.db"], toPath: disk.path + "/a.db")
        let before = try oldContent(folder["a.db"])
        let error = #expect(throws: Failure.self) { try Archive(disk.path + "/a.db", access: .write) }
        #expect(error?.description.contains("is full") == true)
        #expect(try oldContent(disk.path + "/a.db") == before)
    }
}
