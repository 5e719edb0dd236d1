import EPUArchive
import EPUCore
import GRDB

/// What is wrong within an archive: whether its file, its references and its index are sound.
struct ArchiveCheck: Encodable {
    enum Kind: String, Encodable {
        /// Pages of the file are damaged.
        case file
        /// Rows refer to others that are not there.
        case reference
        /// The R-tree of positions is not what the placements are.
        case index
        /// Files were read, and what was read is not there.
        case unread
    }

    struct Finding: Encodable, Equatable {
        let kind: Kind
        let message: String
    }

    private(set) var findings: [Finding] = []

    var isDamaged: Bool { findings.contains { $0.kind == .file } }

    /// The greatest number of messages that are told of a damaged file: it gives thousands.
    private static let most = 20

    /// Checks the archive and changes nothing.
    /// - Parameter quick: Whether indexes are not compared with their tables, which takes most of the time.
    init(_ archive: Archive, quick: Bool) throws {
        try archive.read { db in
            let pragma = quick ? "quick_check" : "integrity_check"
            for message in try String.fetchAll(db, sql: "PRAGMA \(pragma)(\(Self.most))") where message != "ok" {
                add(.file, message)
            }
            // Where pages are damaged, further questions may not end.
            guard findings.isEmpty else { return }
            for (table, parent, rows) in try DanglingRows(db).counts {
                let refer = rows == 1 ? "refers" : "refer"
                add(.reference, "\(counted(rows, "row")) of \(table) \(refer) to rows of \(parent) that are not there")
            }
            try addIndex(db)
            if !quick { try addUnread(db) }
        }
    }

    private mutating func add(_ kind: Kind, _ message: String) {
        findings.append(Finding(kind: kind, message: message))
    }

    private mutating func addIndex(_ db: Database) throws {
        let report = try String.fetchOne(db, sql: "SELECT rtreecheck('main', 'placement_index')")
        if let report, report != "ok" { add(.index, String(report.prefix { $0 != "\n" })) }
        func number(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) FROM " + sql) ?? 0 }
        let strangers = try number(
            "placement_index_rowid i WHERE NOT EXISTS (SELECT 1 FROM placement p WHERE p.placement_id = i.rowid)")
        if strangers > 0 {
            add(.index, "\(counted(strangers, "entry", plural: "entries")) of placement_index without a placement")
        }
        let missing = try number(
            "placement p WHERE NOT EXISTS (SELECT 1 FROM placement_index_rowid i WHERE i.rowid = p.placement_id)")
        let elsewhere = try number(
            """
            placement p JOIN placement_index i USING (placement_id)
            WHERE (p.x_um BETWEEN i.min_x_um AND i.max_x_um AND p.y_um BETWEEN i.min_y_um AND i.max_y_um) IS NOT TRUE
            """)
        if elsewhere > 0 {
            add(.index, "\(counted(elsewhere, "placement")) elsewhere in placement_index than they are")
        }
        if missing > 0 { add(.index, "\(counted(missing, "placement")) without an entry in placement_index") }
    }

    /// The kinds of files that become rows, with their table.
    private static let read: [(kind: SourceKind, table: String)] = [
        (.exposure, "exposure"), (.hole, "hole_image"), (.gridSquare, "grid_square_image"),
    ]

    /// The condition, in SQL, for a file `f` that was read, and its row is not there.
    private static let unread = """
        f.size_bytes IS NOT NULL AND f.status IN (\([FileStatus.ok, .missingImage].sqlList)) AND (\(read.map { kind, table in
            """
            f.kind = \(kind.sql)
                AND NOT EXISTS (SELECT 1 FROM \(table) t WHERE t.metadata_file_id = f.source_file_id)
            """
        }.joined(separator: " OR ")))
        """

    private mutating func addUnread(_ db: Database) throws {
        let files = try Int.fetchOne(db, sql: "SELECT count(*) FROM source_file f WHERE \(Self.unread)") ?? 0
        if files > 0 { add(.unread, "what was read of \(counted(files, "file")) is not there") }
    }

    /// Takes out rows that were left behind, and fills the index again where it is wrong.
    /// - Parameter withReviews: Whether reviews may go with rows that were left behind.
    /// - Throws: `Failure` where reviews would go and may not: nothing is changed then.
    func repair(_ archive: Archive, withReviews: Bool) throws {
        try archive.write { db in
            func reviews() throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) FROM review") ?? 0 }
            let before = try reviews()
            try DanglingRows.remove(db)
            let gone = try before - reviews()
            guard withReviews || gone == 0 else {
                throw Failure(
                    "\(counted(gone, "review")) made by hand would go with the micrographs that are not there. Nothing was "
                        + "changed: say --with-reviews if that is meant.")
            }
            // With exposures that are gone, results of the whole session may not hold: all of its files are read again.
            try db.execute(
                sql: """
                    UPDATE source_file SET size_bytes = NULL WHERE session_root_id IN (
                        SELECT f.session_root_id FROM source_file f WHERE \(Self.unread))
                    """)
            guard findings.contains(where: { $0.kind == .index }) else { return }
            try PositionIndex.fill(db)
            // What was searched by a wrong index is searched again.
            try db.execute(
                sql: "UPDATE placement_set SET nearest_within_um = NULL; UPDATE analysis SET rules = 0, basis = NULL")
        }
    }
}
