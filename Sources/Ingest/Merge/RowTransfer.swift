import EPUArchive
import GRDB

/// Copies all rows of an attached archive into the main one, each id moved by as much as its table has used of them.
///
/// Rows come in the order of their keys, and their new ids are greater than all that were there: indexes grow at their ends.
struct RowTransfer {
    let columns: IDColumns
    /// The name under which the other archive is attached.
    let source: String
    /// By how much ids grow, by table.
    let offsets: [String: Int64]

    init(from source: String, _ columns: IDColumns, _ db: Database) throws {
        self.columns = columns
        self.source = source
        offsets = try columns.owners.reduce(into: [:]) { offsets, table in
            offsets[table] = try Int64.fetchOne(
                db, sql: "SELECT seq FROM main.sqlite_sequence WHERE name = ?", arguments: [table])
        }
    }

    /// Copies the rows, within the caller's transaction.
    /// - Parameter names: gives sessions of the other archive other names, by their ids there.
    func run(names: [Int64: String], _ db: Database) throws {
        try rename(names, db)
        // The schema may name a table before the one that it refers to.
        try db.execute(sql: "PRAGMA defer_foreign_keys = ON")
        let filled = try filledTables(db)
        for table in columns.tables where filled.contains(table.name) {
            try copy(table, db)
            // Before what goes when an analysis is changed: session_figures.
            if table.name == "analysis" { try TextsWithIDs(source: source, offsets: offsets).translate(db) }
        }
        // The R-tree's third dimension grows with the ids of the sets.
        try PositionIndex.addAll(
            of: source, placementsGrowBy: offset("placement"), setsBy: offset("placement_set"), db)
    }

    private func offset(_ table: String) -> Int64 { offsets[table] ?? 0 }

    private func rename(_ names: [Int64: String], _ db: Database) throws {
        try db.execute(
            sql: """
                DROP TABLE IF EXISTS temp.renamed;
                CREATE TEMP TABLE renamed (session_id INTEGER PRIMARY KEY, old_name TEXT NOT NULL, name TEXT NOT NULL)
                """)
        for (id, name) in names {
            try db.execute(
                sql: """
                    INSERT INTO temp.renamed (session_id, old_name, name)
                    SELECT session_id, name, ? FROM \(source).session WHERE session_id = ?
                    """, arguments: [name, id])
        }
    }

    private func filledTables(_ db: Database) throws -> Set<String> {
        try String.fetchSet(
            db,
            sql: columns.tables.map { table in
                let name = table.name.quotedDatabaseIdentifier
                return "SELECT '\(table.name)' WHERE EXISTS (SELECT 1 FROM \(source).\(name))"
            }.joined(separator: " UNION ALL "))
    }

    private func copy(_ table: IDColumns.Table, _ db: Database) throws {
        let names = table.columns.map(\.name.quotedDatabaseIdentifier).joined(separator: ", ")
        let order = table.key.map { "t." + $0.quotedDatabaseIdentifier }.joined(separator: ", ")
        let name = table.name.quotedDatabaseIdentifier
        var owners: [String] = []
        for owner in table.columns.compactMap(\.idsOf) where !owners.contains(owner) { owners.append(owner) }
        // Offsets are bound, so that the statement is the same for every shard.
        var statement = try RowStatement(
            db,
            """
            INSERT INTO main.\(name) (\(names)) SELECT \(values(of: table, owners)) FROM \(source).\(name) t
            \(order.isEmpty ? "" : "ORDER BY \(order)")
            """)
        for owner in owners { statement.bind(offset(owner)) }
        try statement.run()
    }

    private func values(of table: IDColumns.Table, _ owners: [String]) -> String {
        table.columns.map { value(of: $0, in: table.name, owners) }.joined(separator: ", ")
    }

    /// A column's new value, in SQL, from the row `t`.
    private func value(of column: IDColumns.Column, in table: String, _ owners: [String]) -> String {
        let old = "t." + column.name.quotedDatabaseIdentifier
        if let owner = column.idsOf.flatMap(owners.firstIndex) { return "\(old) + ?\(owner + 1)" }
        switch (table, column.name) {
        case ("session", "name"):
            return "ifnull((SELECT n.name FROM temp.renamed n WHERE n.session_id = t.session_id), t.name)"
        case (_, "grid"):
            // A session without an atlas is a grid of its own, which has its name.
            let (old, new) = (GridName.sql(ofSessionNamed: "n.old_name"), GridName.sql(ofSessionNamed: "n.name"))
            return "ifnull((SELECT \(new) FROM temp.renamed n WHERE \(old) = t.grid), t.grid)"
        default: return old
        }
    }
}
