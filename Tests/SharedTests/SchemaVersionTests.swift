import Foundation
import GRDB
import TestSupport
import Testing

@testable import EPUArchive

@Suite("The schema and its version")
struct SchemaVersionTests {
    private static let fixtures = "Tests/SharedTests/Fixtures"

    @Test("schema.sql has the fingerprint of its statements and the version of the tools beside each other")
    func fingerprintOfSchema() throws {
        let schema = try Project.text("schema.sql")
        let present = fingerprint(bareSQL(schema))
        let title = schema.prefix { $0 != "\n" }
        let head = try #require(
            title.firstMatch(of: /schema version (\d+) \(PRAGMA user_version\), fingerprint ([0-9a-f]+)\./),
            "schema.sql begins with: schema version N (PRAGMA user_version), fingerprint \(present).")
        #expect(
            head.1 == "\(Archive.schemaVersion)",
            "schema.sql and Archive.schemaVersion name two versions: write the same in both.")
        #expect(
            head.2 == present,
            """
            The statements of schema.sql have changed. If archives of version \(head.1) are in use, they would lack the \
            change: keep the old text as \(Self.fixtures)/schema-\(head.1).sql, with rows in rows-\(head.1).sql, and raise \
            Archive.schemaVersion and the version in the first line of schema.sql. Then write there: fingerprint \(present).
            """)
    }

    @Test("A comment and the layout are free; a word, and what stands in quotes, is not")
    func bare() {
        let plain = bareSQL("CREATE TABLE a (b TEXT, -- it's a word\n    c TEXT DEFAULT 'x  -- y'\n);")
        #expect(plain == "CREATETABLEa(bTEXT,cTEXTDEFAULT'x  -- y');")
        #expect(fingerprint("") == "cbf29ce484222325")
        #expect(fingerprint("a") == "af63dc4c8601ec8c")
        #expect(fingerprint(plain) != fingerprint(plain.replacing("b", with: "d")))
    }

    /// What epu-ingest keeps of files and finds out about them stands in the first part of schema.sql.
    @Test("New columns of ingest come with a version that has all files read once more")
    func columnsOfIngest() throws {
        let parts = try Project.text("schema.sql").components(separatedBy: "\n----------")
        let part = try #require(parts.first { $0.prefix { $0 != "\n" }.hasSuffix("(epu-ingest)") })
        let columns = try DatabaseQueue().write { db in
            try db.execute(sql: "--" + part)
            return try String.fetchAll(
                db,
                sql: """
                    SELECT t.name || '.' || c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
                    WHERE t.type = 'table' ORDER BY t.rowid, c.cid
                    """)
        }
        let changes = try Snapshot(
            Self.fixtures + "/ingest-columns.txt", ["versionOfIngest \(Migration.versionOfIngest)"] + columns
        ).changes()
        #expect(
            changes == nil,
            """
            What epu-ingest stores has changed:
            \(changes ?? "")
            If a new column is read from files, older archives have it only once these are read again: set \
            Migration.versionOfIngest to \(Archive.schemaVersion). Then run: \(Snapshot.command("SchemaVersionTests"))
            """)
    }
}
