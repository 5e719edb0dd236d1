import EPUArchive
import EPUCore
import GRDB

/// What becomes of the row of one file that is gone.
extension Ledger {
    /// Takes out the row of a file that is gone.
    /// - Returns: False where the row stays, as an exposure or an image was read from the file, or as nothing was ever read from
    ///   an exposure's file.
    @discardableResult
    static func remove(_ id: Int64, _ db: Database) throws -> Bool {
        if try isLost(id, db) { return false }
        try removeImage(id, db)
        try db.cachedStatement(
            sql: """
                DELETE FROM source_file WHERE source_file_id = ?1
                    AND NOT EXISTS (SELECT 1 FROM exposure WHERE metadata_file_id = ?1)
                    AND NOT EXISTS (SELECT 1 FROM hole_image WHERE metadata_file_id = ?1)
                    AND NOT EXISTS (SELECT 1 FROM grid_square_image WHERE metadata_file_id = ?1)
                """
        ).execute(arguments: [id])
        if db.changesCount > 0 { return true }
        // What was wrong with a file is over with the file.
        try db.cachedStatement(
            sql: """
                UPDATE source_file SET problem = NULL, size_bytes = NULL, status = CASE
                    WHEN EXISTS (SELECT 1 FROM exposure WHERE metadata_file_id = ?1 AND image_file_id IS NULL)
                    THEN \(FileStatus.missingImage.sql) ELSE \(FileStatus.ok.sql) END
                WHERE source_file_id = ?1 AND \(FileStatus.problems.sql(isIn: "status"))
                """
        ).execute(arguments: [id])
        return false
    }

    /// Whether the row is all that is known of an exposure: its file went before it could be read, and no other file of its name
    /// was. One that was left for later is then marked as one that could not be read.
    private static func isLost(_ id: Int64, _ db: Database) throws -> Bool {
        try db.cachedStatement(
            sql: """
                UPDATE source_file SET status = \(FileStatus.unreadable.sql), problem = '\(SourceFile.goneUnread)',
                    size_bytes = NULL
                WHERE source_file_id = ? AND kind = \(SourceKind.exposure.sql)
                    AND (status = \(FileStatus.tooYoung.sql)
                         OR status = \(FileStatus.unreadable.sql) AND problem = '\(SourceFile.goneUnread)')
                    AND NOT EXISTS (SELECT 1 FROM exposure e JOIN session_root r USING (session_id)
                                    WHERE r.session_root_id = source_file.session_root_id AND e.name = source_file.stem)
                """
        ).execute(arguments: [id])
        return db.changesCount > 0
    }

    /// Takes out the rows of exposures' files that went before they could be read, where the exposures were found in another place
    /// since: in any root of the sessions, or of those that a person split off. Called when nothing of the run is left to be
    /// stored, as what is to be stored may name a row.
    static func removeFound(ofSessions sessions: [Int64], _ db: Database) throws {
        for session in sessions {
            let family = try SplitFamily(of: session, db).members.sqlList
            try db.execute(
                sql: """
                    DELETE FROM source_file
                    WHERE session_root_id IN (SELECT session_root_id FROM session_root WHERE session_id IN (\(family)))
                        AND status = \(FileStatus.unreadable.sql) AND kind = \(SourceKind.exposure.sql)
                        AND problem = '\(SourceFile.goneUnread)'
                        AND EXISTS (SELECT 1 FROM exposure e
                                    WHERE e.session_id IN (\(family)) AND e.name = source_file.stem)
                        AND NOT EXISTS (SELECT 1 FROM exposure WHERE metadata_file_id = source_file.source_file_id)
                    """)
        }
    }

    private struct ShownExposure: Decodable, FetchableRecord {
        let exposureID: Int64
        let metadataFileID: Int64
        /// The id of another JPG of the exposure's name; nil where there is none.
        let other: Int64?
    }

    /// Gives exposures that had the file as their JPG another one of the name, or none.
    private static func removeImage(_ id: Int64, _ db: Database) throws {
        let shown = try ShownExposure.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT e.exposure_id AS exposureID, e.metadata_file_id AS metadataFileID,
                           (SELECT f.source_file_id FROM source_file f JOIN session_root r USING (session_root_id)
                            WHERE f.stem = e.name AND f.kind = \(SourceKind.exposureImage.sql)
                                AND f.status <> \(FileStatus.unreadable.sql)
                                AND r.session_id = e.session_id AND f.source_file_id <> e.image_file_id
                            ORDER BY f.session_root_id, f.path LIMIT 1) AS other
                    FROM exposure e WHERE e.image_file_id = ?
                    """), arguments: [id])
        for exposure in shown {
            try db.cachedStatement(sql: "UPDATE exposure SET image_file_id = ? WHERE exposure_id = ?")
                .execute(arguments: [exposure.other, exposure.exposureID])
            guard exposure.other == nil else { continue }
            try db.cachedStatement(
                sql: """
                    UPDATE source_file SET status = \(FileStatus.missingImage.sql), problem = '\(missingImage)'
                    WHERE status = \(FileStatus.ok.sql) AND source_file_id = ?
                    """
            ).execute(arguments: [exposure.metadataFileID])
        }
        for table in ["hole_image", "grid_square_image"] {
            try db.cachedStatement(sql: "DELETE FROM \(table) WHERE image_file_id = ? AND metadata_file_id IS NULL")
                .execute(arguments: [id])
        }
    }
}
