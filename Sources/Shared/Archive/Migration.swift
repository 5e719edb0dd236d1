import EPUCore
import GRDB

/// Brings an archive of an older schema to this one.
///
/// Every table is made again by `schema.sql` and filled with those of its columns that the old one has. Then the steps from each
/// version to the next run, in their order: they fill what old columns tell of new ones. Where tables of ingest got new columns,
/// all files then count as not yet read: the next ingest fills them. Ids stay, and with them calibrations, analyses and reviews.
struct Migration {
    /// The last version that added to what ingest reads.
    static let versionOfIngest = 6
    /// The columns that a later version left out on purpose, by table: migration lets these go and no others.
    static let dropped: [String: Set<String>] = [
        // Version 2 had these for a while.
        "foil_hole": ["pixel_x", "pixel_y"]
    ]
    /// Brings the archive, found to be of an older version, up to date; changes nothing where another tool has done so meanwhile.
    static func run(_ database: DatabaseQueue, schema: String, from found: Int, to version: Int) throws {
        try database.writeWithoutTransaction { db in
            try RestoredDump.mark(db, found)
            try DeletedSessions.finish(db)
            // If foreign keys were on, references would follow a rename, and rows would go with a dropped table. This setting has
            // no effect within a transaction (https://www.sqlite.org/pragma.html#pragma_foreign_keys).
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
            defer { try? db.execute(sql: "PRAGMA foreign_keys = ON") }
            try db.inTransaction(.immediate) {
                guard let old = try Int.fetchOne(db, sql: "PRAGMA user_version"), old < version else { return .commit }
                try Migration(db).rebuild(schema, from: old)
                try db.execute(sql: "PRAGMA user_version = \(version)")
                return .commit
            }
        }
    }

    let db: Database

    private init(_ db: Database) { self.db = db }

    private func rebuild(_ schema: String, from version: Int) throws {
        let (tables, views) = try Self.names(in: schema)
        for view in try names("view").filter(views.contains) { try drop("VIEW", view) }
        // The R-tree has nothing of its own: it is filled from the placements.
        for table in try names("table", "sql LIKE 'CREATE VIRTUAL TABLE%'").filter(tables.contains) {
            try drop("TABLE", table)
        }
        let old = try names("table").filter(tables.contains)
        for kind in ["index", "trigger"] {
            for table in old {
                for name in try names(kind, "sql IS NOT NULL AND tbl_name = ?", [table]) { try drop(kind, name) }
            }
        }
        // What people made of their own stays and refers to the new tables.
        try db.execute(sql: "PRAGMA legacy_alter_table = ON")
        defer { try? db.execute(sql: "PRAGMA legacy_alter_table = OFF") }
        for table in old {
            try db.execute(sql: "ALTER TABLE \(Self.quoted(table)) RENAME TO \(Self.quotedOld(table))")
        }
        try db.execute(sql: schema)
        for table in old {
            try copy(table)
            try db.execute(sql: "DROP TABLE \(Self.quotedOld(table))")
        }
        try PositionIndex.fill(db)
        for next in (version + 1)...Archive.schemaVersion { try step(to: next) }
        if version < Self.versionOfIngest { try db.execute(sql: "UPDATE source_file SET size_bytes = NULL") }
        guard try Row.fetchOne(db, sql: "PRAGMA foreign_key_check") == nil else {
            throw Failure(
                "The archive is of an older version and cannot be brought up to date, as some of its rows refer to "
                    + "others that it does not have. It was left as it is; ingest the sessions into a new one.")
        }
    }

    /// The names of the tables and views that the schema makes; those of R-trees include their hidden tables.
    private static func names(in schema: String) throws -> (tables: Set<String>, views: Set<String>) {
        try DatabaseQueue().write { db in
            try db.execute(sql: schema)
            let new = Migration(db)
            return try (Set(new.names("table")), Set(new.names("view")))
        }
    }

    private func names(_ kind: String, _ condition: String = "1", _ arguments: StatementArguments = []) throws
        -> [String]
    {
        try String.fetchAll(
            db,
            sql:
                "SELECT name FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite_%' AND \(condition) ORDER BY rowid",
            arguments: [kind] + arguments)
    }

    private func drop(_ kind: String, _ name: String) throws {
        try db.execute(sql: "DROP \(kind) \(Self.quoted(name))")
    }

    private static func quoted(_ name: String) -> String { name.quotedDatabaseIdentifier }
    private static func quotedOld(_ table: String) -> String { quoted("old version of " + table) }

    private func copy(_ table: String) throws {
        let (old, new) = (try columns(of: "old version of " + table), try columns(of: table))
        let lost = Set(old).subtracting(new).subtracting(Self.dropped[table] ?? [])
        guard lost.isEmpty else { throw Self.refusal(toLose: lost.sorted(), of: table) }
        let common = new.filter(old.contains).map(Self.quoted).joined(separator: ", ")
        try db.execute(
            sql: "INSERT INTO \(Self.quoted(table)) (\(common)) SELECT \(common) FROM \(Self.quotedOld(table))")
    }

    private static func refusal(toLose columns: [String], of table: String) -> Failure {
        let copy = "CREATE TABLE \(quoted("my_" + table)) AS SELECT * FROM \(quoted(table))"
        let drops = columns.map { "; ALTER TABLE \(quoted(table)) DROP COLUMN \(quoted($0))" }.joined()
        return Failure(
            "The archive is of an older version, and its table \(table) has what this version has no place for: "
                + "\(columns.joined(separator: ", ")). It was left as it is, as that would get lost. To keep it in a table of "
                + "your own, run in any SQLite program: `\(copy)\(drops)`")
    }

    private func columns(of table: String) throws -> [String] {
        try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table])
    }
}
