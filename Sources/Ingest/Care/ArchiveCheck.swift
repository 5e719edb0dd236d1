import EPUArchive
import EPUCore
import GRDB

/// What is wrong within an archive: whether its file, its references and its index are sound.
struct ArchiveCheck: Encodable {
    struct Finding: Encodable {
        let name: String
        let message: String
    }

    private(set) var findings: [Finding] = []

    /// The greatest number of messages that are told of one kind: a damaged file gives thousands.
    private static let most = 20

    /// Checks the archive and changes nothing.
    /// - Parameter quick: whether indexes are not compared with their tables, which takes most of the time.
    init(_ archive: Archive, quick: Bool) throws {
        try archive.read { db in
            let pragma = quick ? "quick_check" : "integrity_check"
            for message in try String.fetchAll(db, sql: "PRAGMA \(pragma)(\(Self.most))") where message != "ok" {
                add("file", message)
            }
            // Where pages are damaged, further questions may not end.
            guard findings.isEmpty else { return }
            try addOrphans(db)
            try addIndex(db)
        }
    }

    private mutating func add(_ name: String, _ message: String) {
        findings.append(Finding(name: name, message: message))
    }

    private mutating func addOrphans(_ db: Database) throws {
        var lost: [String: [String: Int]] = [:]
        for row in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check") {
            lost[row[0], default: [:]][row[2], default: 0] += 1
        }
        for (table, parents) in lost.sorted(by: { $0.key < $1.key }) {
            for (parent, rows) in parents.sorted(by: { $0.key < $1.key }) {
                add("reference", "\(counted(rows, "row")) of \(table) refer to rows of \(parent) that are not there")
            }
        }
    }

    private mutating func addIndex(_ db: Database) throws {
        let report = try String.fetchOne(db, sql: "SELECT rtreecheck('main', 'placement_index')")
        if let report, report != "ok" { add("index", String(report.prefix { $0 != "\n" })) }
        let strangers = try Int.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM placement_index_rowid i
                WHERE NOT EXISTS (SELECT 1 FROM placement p WHERE p.placement_id = i.rowid)
                """)
        if let strangers, strangers > 0 {
            add("index", "\(counted(strangers, "entry", plural: "entries")) of placement_index belong to no placement")
        }
    }

    /// Takes out what is left of sessions and rows that somebody deleted while foreign keys were off.
    static func repair(_ archive: Archive) throws {
        try archive.write { db in
            // Each round may take away what others refer to.
            while true {
                let rows = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check")
                let lost = Set(rows.map { Lost(table: $0[0], rowID: $0[1], parent: $0[2], key: $0[3]) })
                guard !lost.isEmpty else { break }
                for one in lost { try one.delete(db) }
            }
            // What was read of their files went with them: the next ingest reads these folders again.
            try db.execute(
                sql: """
                    UPDATE source_file SET size_bytes = NULL
                    WHERE session_root_id IN (
                        SELECT f.session_root_id FROM source_file f
                        WHERE f.kind = 'exposure' AND f.status IN ('ok', 'missing image')
                            AND NOT EXISTS (SELECT 1 FROM exposure e WHERE e.metadata_file_id = f.source_file_id))
                    """)
            try db.execute(
                sql: """
                    DELETE FROM placement_index WHERE placement_id IN (
                        SELECT i.rowid FROM placement_index_rowid i
                        WHERE NOT EXISTS (SELECT 1 FROM placement p WHERE p.placement_id = i.rowid))
                    """)
        }
    }
}

/// A row that refers to one that is not there, as `PRAGMA foreign_key_check` reports it.
private struct Lost: Hashable {
    let table: String
    /// Nil in a table WITHOUT ROWID.
    let rowID: Int64?
    let parent: String
    /// The number of the foreign key in `PRAGMA foreign_key_list`.
    let key: Int

    func delete(_ db: Database) throws {
        let table = table.quotedDatabaseIdentifier
        if let rowID {
            return try db.execute(sql: "DELETE FROM \(table) WHERE rowid = ?", arguments: [rowID])
        }
        let columns = try Row.fetchAll(
            db, sql: #"SELECT "from", "to" FROM pragma_foreign_key_list(?) WHERE id = ?"#, arguments: [self.table, key])
        let keys = columns.map { row in
            (from: (row[0] as String).quotedDatabaseIdentifier, to: (row[1] as String).quotedDatabaseIdentifier)
        }
        let match: [String] = keys.map { "p.\($0.to) = \(table).\($0.from)" }
        let known: [String] = keys.map { "\($0.from) IS NOT NULL" }
        try db.execute(
            sql: """
                DELETE FROM \(table) WHERE \(known.joined(separator: " AND ")) AND NOT EXISTS (
                    SELECT 1 FROM \(parent.quotedDatabaseIdentifier) p WHERE \(match.joined(separator: " AND ")))
                """)
    }
}
