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
    static let undeclared = [
        "analysis.last_placement_id": "placement", "session_split.session_id": "session",
        "session_split.part_session_id": "session",
    ]

    /// The tables in the order in which the schema makes them, without virtual ones.
    let tables: [Table]

    init() throws {
        tables = try DatabaseQueue().write { db in
            try db.execute(sql: Archive.schema)
            let columns = try Row.fetchAll(
                db,
                sql: """
                    SELECT s.name, c.name, c.type, c.pk
                    FROM sqlite_schema s JOIN pragma_table_info(s.name) c
                    WHERE s.name IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table')
                        AND s.name NOT LIKE 'sqlite_%'
                    ORDER BY s.rowid, c.cid
                    """
            ).map { Declared(table: $0[0], name: $0[1], type: $0[2], keyRank: $0[3]) }
            let references = try Row.fetchAll(
                db,
                sql: """
                    SELECT s.name, f."from", f."table", f."to"
                    FROM sqlite_schema s JOIN pragma_foreign_key_list(s.name) f WHERE s.type = 'table'
                    """
            ).map { Reference(table: $0[0], column: $0[1], toTable: $0[2], toColumn: $0[3]) }
            return Declaration(
                columns: Dictionary(grouping: columns, by: \.table),
                references: Dictionary(grouping: references) { "\($0.table).\($0.column)" }
            ).tables(inOrder: columns.map(\.table))
        }
    }

    /// The tables that give ids to their rows.
    var owners: Set<String> { Set(tables.flatMap { $0.columns.compactMap(\.idsOf) }) }
}

private struct Declared {
    let table: String
    let name: String
    let type: String
    /// The column's place in the primary key, from 1; 0: it is not in it.
    let keyRank: Int
}

private struct Reference {
    let table: String
    let column: String
    let toTable: String
    let toColumn: String
}

/// All that the schema declares of its columns.
private struct Declaration {
    let columns: [String: [Declared]]
    /// The foreign keys of each `table.column`.
    let references: [String: [Reference]]

    func tables(inOrder names: [String]) -> [IDColumns.Table] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }.map { name in
            IDColumns.Table(
                name: name,
                columns: (columns[name] ?? []).map {
                    IDColumns.Column(name: $0.name, idsOf: owner(of: $0.name, in: name))
                },
                key: key(of: name).map(\.name))
        }
    }

    private func key(of table: String) -> [Declared] {
        (columns[table] ?? []).filter { $0.keyRank > 0 }.sorted { $0.keyRank < $1.keyRank }
    }

    /// Follows the foreign keys to the table that gives the ids.
    private func owner(of column: String, in table: String) -> String? {
        if let owner = IDColumns.undeclared["\(table).\(column)"] { return owner }
        guard let references = references["\(table).\(column)"] else {
            let key = key(of: table)
            return key.count == 1 && key[0].name == column && key[0].type == "INTEGER" ? table : nil
        }
        return references.lazy.compactMap { owner(of: $0.toColumn, in: $0.toTable) }.first
    }
}
