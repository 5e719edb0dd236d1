import EPUCore
import GRDB

/// Brings an archive of an older schema to this one.
///
/// Every table is made again by `schema.sql` and filled with those of its columns that the old one has, so that no version needs
/// steps of its own as long as columns are only added. Where tables of ingest got new columns, all files then count as not yet
/// read: the next ingest fills them. Ids stay, and with them calibrations, analyses and reviews.
struct Migration {
    /// The last version that added to what ingest reads.
    static let versionOfIngest = 6
    /// The columns that a later version left out on purpose, by table: migration lets these go and no others.
    static let dropped: [String: Set<String>] = [
        // Version 2 had these for a while.
        "foil_hole": ["pixel_x", "pixel_y"]
    ]
    /// The first version that stores which exposures are overexposed.
    private static let versionOfOverexposures = 4
    /// The first version that stores how near the nearest earlier exposure is.
    private static let versionOfNearest = 5
    /// The first version in which an analysis is published; before, reports showed the latest one.
    private static let versionOfPublishing = 6

    /// The first version in which what fields had received is unknown where beams or fields are; before, that was 0.
    private static let versionOfUnknown = 6

    /// Brings the archive up to date, and changes nothing where another tool has done so meanwhile.
    static func run(_ database: DatabaseQueue, schema: String, version: Int) throws {
        try database.writeWithoutTransaction { db in
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

    private let db: Database

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
        try db.execute(
            sql: """
                INSERT INTO placement_index (placement_id, min_x_um, max_x_um, min_y_um, max_y_um, min_set, max_set)
                SELECT placement_id, x_um, x_um, y_um, y_um, placement_set_id, placement_set_id + 0.5 FROM placement
                """)
        if version < Self.versionOfOverexposures { try fillOverexposures() }
        // The next analysis finds what the old version had not stored.
        if version < Self.versionOfNearest { try db.execute(sql: "UPDATE analysis SET rules = 0") }
        if version < Self.versionOfUnknown { try forgetGuesses() }
        if version < Self.versionOfPublishing {
            try publishLatest()
            try keepAskedMethods()
        }
        if version < Self.versionOfIngest { try db.execute(sql: "UPDATE source_file SET size_bytes = NULL") }
        guard try Row.fetchOne(db, sql: "PRAGMA foreign_key_check") == nil else {
            throw Failure(
                "The archive is of an older version and cannot be brought up to date, as some of its rows refer to "
                    + "others that it does not have. It was left as it is; ingest the sessions into a new one.")
        }
    }

    /// Fills in, for each overexposed exposure, the nearest earlier one; of equally near ones the first.
    private func fillOverexposures() throws {
        try db.execute(
            sql: """
                INSERT INTO overexposure (analysis_id, exposure_id, nearest_id)
                SELECT analysis_id, later_id, earlier_id
                FROM (SELECT o.*, row_number() OVER (
                                 PARTITION BY o.analysis_id, o.later_id
                                 ORDER BY o.distance_um, e.acquired_at, e.name) AS nearness
                      FROM counted_overlap o JOIN exposure e ON e.exposure_id = o.earlier_id)
                WHERE nearness = 1
                """)
    }

    /// Forgets the zeros in what fields had received in sets of which not all beams and fields are known: the next analysis finds
    /// all of them again.
    private func forgetGuesses() throws {
        let sets = """
            SELECT DISTINCT placement_set_id FROM placement JOIN exposure e USING (exposure_id)
            JOIN placement_set s USING (placement_set_id)
            WHERE \(CountedValue.beamDiameter(of: "e", in: "s")) IS NULL OR e.pixel_size_a IS NULL
                OR e.readout_width_px IS NULL OR e.readout_height_px IS NULL OR e.image_to_stage_m11 IS NULL
            """
        try db.execute(
            sql: """
                UPDATE pre_exposure SET dose_e_per_a2 = nullif(dose_e_per_a2, 0),
                    unplanned_dose_e_per_a2 = nullif(unplanned_dose_e_per_a2, 0), field_share = nullif(field_share, 0),
                    unplanned_field_share = nullif(unplanned_field_share, 0)
                WHERE placement_id IN (SELECT placement_id FROM placement WHERE placement_set_id IN (\(sets)));
                UPDATE placement_set SET nearest_within_um = NULL WHERE placement_set_id IN (\(sets));
                UPDATE analysis SET rules = 0 WHERE placement_set_id IN (\(sets));
                """)
    }

    /// Publishes the analysis of each session that was made last, so that reports go on showing what they showed.
    private func publishLatest() throws {
        let latest = try Row.fetchAll(
            db,
            sql: """
                SELECT session_id, analysis_id, created_at FROM (
                    SELECT j.session_id, j.analysis_id, a.created_at, row_number() OVER (
                               PARTITION BY j.session_id ORDER BY a.created_at DESC, a.analysis_id DESC) AS age
                    FROM judged_session j JOIN analysis a USING (analysis_id))
                WHERE age = 1
                """)
        guard !latest.isEmpty else { return }
        let sessions = Dictionary(uniqueKeysWithValues: try SessionRow.select(db, names: []).map { ($0.sessionID, $0) })
        for row in latest {
            guard let session = sessions[row["session_id"]] else { continue }
            try PublishedAnalysis.publish(
                row["analysis_id"], for: session, at: Timestamp(archiveText: row["created_at"] as String) ?? .now, db)
        }
    }

    /// Keeps the methods that persons asked for. They stood with the calibrations, and now outlive these.
    private func keepAskedMethods() throws {
        try db.execute(
            sql: """
                UPDATE session SET asked_method = (
                    SELECT method FROM calibration c WHERE c.session_id = session.session_id AND c.chosen = 2
                    ORDER BY calibration_id)
                """)
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
            db, sql: "SELECT name FROM sqlite_schema WHERE type = ? AND \(condition) ORDER BY rowid",
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
