import EPUArchive
import EPUCore
import GRDB

/// Settles a folder in which the exposures of several instruments lay, or of a session that a person split: JPGs and movies, which
/// name no instrument, move to the session that has the exposure or image of their name, whichever came first.
struct CompanionSettlement {
    let sessionID: Int64

    func settle(_ db: Database) throws {
        let others = try Int64.fetchAll(
            db,
            sql: """
                SELECT DISTINCT other.session_id
                FROM session_root own JOIN session_root other ON other.path = own.path
                JOIN session s ON s.session_id = own.session_id JOIN session o ON o.session_id = other.session_id
                WHERE own.session_id = ? AND \(Instrument.key(of: "s")) <> \(Instrument.key(of: "o")) ORDER BY 1
                """,
            arguments: [sessionID])
        let family = try SplitFamily(of: sessionID, db).members.filter { $0 != sessionID && !others.contains($0) }
        let siblings = others + family
        guard !siblings.isEmpty else { return }
        let roots = try Row.fetchAll(
            db, sql: "SELECT session_root_id, path FROM session_root WHERE session_id = ?", arguments: [sessionID])
        for root in roots {
            for sibling in siblings {
                let files = try strangers(in: root[0], of: sibling, db)
                guard !files.isEmpty else { continue }
                try link(files, to: sibling, db)
                let new = try FolderRoots.add(root[1], sibling, db)
                try SessionMove(old: sessionID, new: sibling).take(files, db)
                try db.execute(
                    sql: """
                        UPDATE OR IGNORE source_file SET session_root_id = ?
                        WHERE source_file_id IN (SELECT value FROM json_each(?))
                        """,
                    arguments: [new, "[\(files.sqlList)]"])
            }
        }
    }

    /// The files of the root whose exposure or image the sibling has, and this session has not.
    private func strangers(in root: Int64, of sibling: Int64, _ db: Database) throws -> [Int64] {
        func isOnlyTheirs(_ table: String, _ condition: String = "1") -> String {
            func exists(_ session: String) -> String {
                """
                EXISTS (SELECT 1 FROM \(table) i
                        WHERE i.session_id = \(session) AND i.name = f.stem AND \(condition))
                """
            }
            return exists("?2") + " AND NOT " + exists("?3")
        }
        let hasXML = "i.metadata_file_id IS NOT NULL"
        return try Int64.fetchAll(
            db,
            sql: """
                SELECT f.source_file_id FROM source_file f
                WHERE f.session_root_id = ?1 AND CASE f.kind
                    WHEN \(SourceKind.holeImage.sql) THEN \(isOnlyTheirs("hole_image", hasXML))
                    WHEN \(SourceKind.gridSquareImage.sql) THEN \(isOnlyTheirs("grid_square_image", hasXML))
                    WHEN \(SourceKind.exposureImage.sql) THEN \(isOnlyTheirs("exposure"))
                    WHEN \(SourceKind.exposureTwin.sql) THEN \(isOnlyTheirs("exposure"))
                    WHEN \(SourceKind.movie.sql) THEN \(isOnlyTheirs("exposure"))
                    ELSE 0 END
                """,
            arguments: [root, sibling, sessionID])
    }

    private func link(_ files: [Int64], to sibling: Int64, _ db: Database) throws {
        let list = "[\(files.sqlList)]"
        let images: [(table: String, kind: SourceKind)] = [
            ("exposure", .exposureImage), ("hole_image", .holeImage), ("grid_square_image", .gridSquareImage),
        ]
        for (table, kind) in images {
            try db.execute(
                sql: """
                    UPDATE \(table) SET image_file_id = f.source_file_id FROM source_file f
                    WHERE \(table).session_id = ?1 AND \(table).image_file_id IS NULL AND f.stem = \(table).name
                        AND f.kind = \(kind.sql) AND f.source_file_id IN (SELECT value FROM json_each(?2))
                    """,
                arguments: [sibling, list])
        }
        try db.execute(
            sql: """
                UPDATE source_file SET status = \(FileStatus.ok.sql), problem = NULL
                WHERE status = \(FileStatus.orphanImage.sql) AND source_file_id IN (SELECT value FROM json_each(?))
                """, arguments: [list])
        try db.execute(
            sql: """
                UPDATE source_file SET status = \(FileStatus.ok.sql), problem = NULL
                WHERE status = \(FileStatus.missingImage.sql) AND source_file_id IN (
                    SELECT metadata_file_id FROM exposure
                    WHERE session_id = ? AND image_file_id IN (SELECT value FROM json_each(?)))
                """, arguments: [sibling, list])
    }
}
