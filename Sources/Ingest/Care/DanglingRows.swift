import EPUArchive
import EPUCore
import GRDB

/// Rows that refer to others that are not there, as `PRAGMA foreign_key_check` finds them: what is left when somebody deletes in
/// the sqlite3 shell, where foreign keys are off.
struct DanglingRows {
    /// The number of rows, by table and by the table that they refer to.
    private(set) var counts: [(table: String, parent: String, rows: Int)] = []

    init(_ db: Database) throws {
        var found: [String: [String: Int]] = [:]
        for row in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check") {
            found[row[0], default: [:]][row[2], default: 0] += 1
        }
        for (table, parents) in found.sorted(by: { $0.key < $1.key }) {
            for (parent, rows) in parents.sorted(by: { $0.key < $1.key }) { counts.append((table, parent, rows)) }
        }
    }

    /// Deletes the rows, or forgets what they refer to where the schema has that (ON DELETE SET NULL), within the caller's
    /// transaction. What was found with them, in the sessions that they belong to, no longer holds and goes, too; the files of
    /// these sessions count as not yet read.
    static func remove(_ db: Database) throws {
        // A row may go before those that refer to it.
        try db.execute(sql: "PRAGMA defer_foreign_keys = ON")
        var sessions: Set<Int64> = []
        // What goes may be what others refer to.
        while true {
            let rows = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check")
            let dangling = Set(rows.map { Dangling(table: $0[0], rowID: $0[1], key: $0[3]) })
            guard !dangling.isEmpty else { break }
            for row in dangling {
                sessions.formUnion(try row.sessions(db))
                try row.remove(db)
            }
        }
        for session in sessions.sorted() {
            guard try Bool.fetchOne(db, sql: "SELECT 1 FROM session WHERE session_id = ?", arguments: [session]) != nil
            else { continue }
            try StaleResults.positions.forget(of: session, db)
            try db.execute(
                sql: """
                    UPDATE source_file SET size_bytes = NULL
                    WHERE session_root_id IN (SELECT session_root_id FROM session_root WHERE session_id = ?)
                    """, arguments: [session])
        }
    }
}

private struct Dangling: Hashable {
    let table: String
    /// Nil in a table WITHOUT ROWID: then all its rows with this fault are meant.
    let rowID: Int64?
    /// The number of the foreign key in `PRAGMA foreign_key_list`.
    let key: Int

    private struct Key {
        let parent: String
        let columns: [(from: String, to: String)]
        let forgets: Bool

        init(_ table: String, _ id: Int, _ db: Database) throws {
            let rows = try Row.fetchAll(
                db, sql: #"SELECT "table", "from", "to", on_delete FROM pragma_foreign_key_list(?) WHERE id = ?"#,
                arguments: [table, id])
            parent = rows.first?[0] ?? table
            columns = rows.map { (from: $0[1], to: $0[2]) }
            forgets = rows.first?[3] == "SET NULL"
        }
    }

    private func condition(_ key: Key) -> String {
        if let rowID { return "rowid = \(rowID)" }
        let name = table.quotedDatabaseIdentifier
        let known: [String] = key.columns.map { "\($0.from.quotedDatabaseIdentifier) IS NOT NULL" }
        let same: [String] = key.columns.map {
            "p.\($0.to.quotedDatabaseIdentifier) = \(name).\($0.from.quotedDatabaseIdentifier)"
        }
        return known.joined(separator: " AND ")
            + " AND NOT EXISTS (SELECT 1 FROM \(key.parent.quotedDatabaseIdentifier) p WHERE \(same.joined(separator: " AND ")))"
    }

    func remove(_ db: Database) throws {
        let key = try Key(table, key, db)
        let name = table.quotedDatabaseIdentifier
        if key.forgets {
            let forget: [String] = key.columns.map { "\($0.from.quotedDatabaseIdentifier) = NULL" }
            try db.execute(sql: "UPDATE \(name) SET \(forget.joined(separator: ", ")) WHERE \(condition(key))")
        } else {
            try db.execute(sql: "DELETE FROM \(name) WHERE \(condition(key))")
        }
    }

    /// What a row's columns tell of the sessions that it belongs to.
    private static let owners = [
        "session_id": "SELECT :id",
        "exposure_id": "SELECT session_id FROM exposure WHERE exposure_id = :id",
        "later_id": "SELECT session_id FROM exposure WHERE exposure_id = :id",
        "calibration_id": "SELECT session_id FROM calibration WHERE calibration_id = :id",
        "placement_set_id": "SELECT session_id FROM placement_set_session WHERE placement_set_id = :id",
        "analysis_id": "SELECT session_id FROM analysis_session WHERE analysis_id = :id",
        "session_root_id": "SELECT session_id FROM session_root WHERE session_root_id = :id",
    ]

    func sessions(_ db: Database) throws -> Set<Int64> {
        let key = try Key(table, key, db)
        // A file that is forgotten changes nothing that rests on its exposure.
        guard !key.forgets else { return [] }
        var found: Set<Int64> = []
        for (column, owner) in Self.owners where try db.columns(in: table).contains(where: { $0.name == column }) {
            let ids = try Int64.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT \(column) FROM \(table.quotedDatabaseIdentifier)
                    WHERE (\(condition(key))) AND \(column) IS NOT NULL
                    """)
            for id in ids {
                found.formUnion(try Int64?.fetchAll(db, sql: owner, arguments: ["id": id]).compactMap { $0 })
            }
        }
        return found
    }
}
