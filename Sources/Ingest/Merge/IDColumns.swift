import EPUArchive
import GRDB

/// The tables of an archive, and which of their columns hold ids of which table's rows, as `schema.sql` declares it.
struct IDColumns {
    struct Column: Sendable {
        let name: String
        /// The table whose ids the column holds; nil where it holds none.
        let idsOf: String?
    }

    struct Table: Sendable {
        let name: String
        let columns: [Column]
        /// The columns of the primary key, in its order.
        let key: [String]
    }

    /// The columns that hold ids and have no foreign key: by `table.column`, the table of the ids.
    static let undeclared = ["analysis.last_placement_id": "placement"]

    /// The tables in the order in which the schema makes them, without virtual ones.
    let tables: [Table]

    init() throws {
        tables = try DatabaseQueue().write { db in
            try db.execute(sql: Archive.schema)
            let names = try String.fetchAll(
                db,
                sql: """
                    SELECT s.name FROM sqlite_schema s JOIN pragma_table_list l ON l.name = s.name AND l.schema = 'main'
                    WHERE l.type = 'table' AND s.name NOT LIKE 'sqlite_%' ORDER BY s.rowid
                    """)
            return try names.map { name in
                let columns = try String.fetchAll(
                    db, sql: "SELECT name FROM pragma_table_info(?) ORDER BY cid", arguments: [name])
                return try Table(
                    name: name, columns: columns.map { Column(name: $0, idsOf: try Self.owner(of: $0, in: name, db)) },
                    key: Self.key(of: name, db))
            }
        }
    }

    /// The tables that give ids to their rows.
    var owners: Set<String> { Set(tables.flatMap { $0.columns.compactMap(\.idsOf) }) }

    private static func key(of table: String, _ db: Database) throws -> [String] {
        try String.fetchAll(
            db, sql: "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", arguments: [table])
    }

    /// Follows the foreign keys to the table that gives the ids.
    private static func owner(of column: String, in table: String, _ db: Database) throws -> String? {
        if let owner = undeclared["\(table).\(column)"] { return owner }
        let references = try Row.fetchAll(
            db, sql: #"SELECT "table", "to" FROM pragma_foreign_key_list(?) WHERE "from" = ?"#,
            arguments: [table, column])
        for reference in references {
            if let owner = try owner(of: reference[1], in: reference[0], db) { return owner }
        }
        guard references.isEmpty, try key(of: table, db) == [column] else { return nil }
        let type = try String.fetchOne(
            db, sql: "SELECT type FROM pragma_table_info(?) WHERE name = ?", arguments: [table, column])
        return type == "INTEGER" ? table : nil
    }
}
