import EPUArchive
import EPUCore
import EPUFormat
import GRDB

/// Finds one shot that lies under two names, for example with the number of another hole or in the folder of another square: it
/// is one exposure, as its uniqueID and its time tell. Of several names the first in text order is kept, of several squares the
/// first path, so that it does not matter which came first; the others are twins.
struct SameShot {
    private let sessionID: Int64
    private let db: Database
    private var find: RowStatement
    /// Whether a name was replaced, so that holes may be left that only a twin's name told of.
    private(set) var hasReplaced = false

    static let previewProblem = "the JPG of the same exposure under another name"

    struct Shot {
        let exposureID: Int64
        let fileID: Int64
        let name: String
        let path: String
        let imageFileID: Int64?
        /// Whether the shot's file is not there any more, as it was renamed.
        let isGone: Bool

        func comesBefore(_ other: ExposureColumns) -> Bool {
            !isGone && name.utf8.lexicographicallyPrecedes(other.name.base.utf8)
        }
    }

    init(sessionID: Int64, _ db: Database) throws {
        self.sessionID = sessionID
        self.db = db
        find = try RowStatement(
            db,
            """
            SELECT exposure_id FROM exposure
            WHERE session_id = ? AND acquired_at = ? AND name <> ? AND unique_id = ? AND metadata_file_id <> ?
            """)
    }

    /// The exposure that the archive has of the same shot, from another file and under another name; nil where it has none.
    mutating func other(than exposure: ExposureColumns, fileID: Int64) throws -> Shot? {
        guard let uniqueID = exposure.image.uniqueID, !uniqueID.isEmpty, let acquired = exposure.image.acquired,
            acquired.utcOffsetMinutes != nil
        else { return nil }
        find.bind(sessionID)
        find.bind(acquired.instant.archiveText)
        find.bind(exposure.name.base)
        find.bind(uniqueID)
        find.bind(fileID)
        guard let id = try find.run() else { return nil }
        return try Row.fetchOne(
            db,
            sql: """
                SELECT e.name, f.source_file_id, r.path || '/' || f.path, e.image_file_id
                FROM exposure e JOIN source_file f ON f.source_file_id = e.metadata_file_id
                JOIN session_root r USING (session_root_id) WHERE e.exposure_id = ?
                """,
            arguments: [id]
        ).map { row in
            Shot(
                exposureID: id, fileID: row[1], name: row[0], path: row[2], imageFileID: row[3],
                isGone: PathText.status(row[2]) == nil)
        }
    }

    /// Whether a file of the name is a twin.
    func isTwin(_ name: String) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM source_file f JOIN session_root r USING (session_root_id)
                                   WHERE r.session_id = ? AND f.stem = ? AND f.kind = \(SourceKind.exposure.sql)
                                       AND f.status = \(FileStatus.twin.sql))
                    """),
            arguments: [sessionID, name]) ?? false
    }

    /// Keeps the archive's exposure of the shot. An older version made an exposure of the twin's file, too: what a person said of
    /// that one now holds for the kept one.
    mutating func keep(_ shot: Shot, insteadOf fileID: Int64) throws {
        let gone = try Int64.fetchOne(
            db, sql: "SELECT exposure_id FROM exposure WHERE metadata_file_id = ?", arguments: [fileID])
        guard let gone else { return }
        hasReplaced = true
        try merge(gone, into: shot.exposureID)
    }

    /// Makes the other name's file the twin; the exposure stays, with its id and what a person said of it.
    mutating func replace(_ shot: Shot, by exposure: ExposureColumns, fileID: Int64, path: String) throws {
        hasReplaced = true
        let own = try Int64.fetchOne(
            db,
            sql: "SELECT exposure_id FROM exposure WHERE session_id = ? AND name = ? AND unique_id = ?",
            arguments: [sessionID, exposure.name.base, exposure.image.uniqueID])
        if let own {
            try merge(shot.exposureID, into: own)
        } else {
            // The writer finds it as this file's own, and brings it up to date.
            try StaleResults.positions.forget(of: sessionID, db)
            try db.execute(
                sql: """
                    UPDATE exposure SET metadata_file_id = ?, image_file_id = NULL, name = ? WHERE exposure_id = ?
                    """,
                arguments: [fileID, exposure.name.base, shot.exposureID])
        }
        if shot.isGone {
            try db.execute(sql: "DELETE FROM source_file WHERE source_file_id = ?", arguments: [shot.fileID])
        } else {
            try Self.mark(shot.fileID, asTwinOf: path, insteadOf: shot.path, db)
        }
        if let image = shot.imageFileID, !shot.isGone {
            try db.execute(
                sql: "UPDATE source_file SET status = \(FileStatus.twin.sql), problem = ? WHERE source_file_id = ?",
                arguments: [Self.previewProblem, image])
        }
    }

    static func problem(_ path: String) -> String { "the same exposure as \(path)" }

    /// Makes a file a twin, together with those that were twins of it before.
    static func mark(_ fileID: Int64, asTwinOf path: String, insteadOf old: String, _ db: Database) throws {
        // There is a statement for each, so that each uses its index.
        try db.cachedStatement(
            sql: "UPDATE source_file SET status = \(FileStatus.twin.sql), problem = ? WHERE source_file_id = ?"
        )
        .execute(arguments: [problem(path), fileID])
        try db.cachedStatement(
            sql: "UPDATE source_file SET problem = ? WHERE status = \(FileStatus.twin.sql) AND problem = ?"
        )
        .execute(arguments: [problem(path), problem(old)])
    }

    private func merge(_ gone: Int64, into kept: Int64) throws {
        try db.execute(
            sql: """
                INSERT INTO review (exposure_id, verdict, reason, reviewed_at)
                SELECT ?, verdict, reason, reviewed_at FROM review WHERE exposure_id = ?
                ON CONFLICT DO UPDATE SET verdict = excluded.verdict, reason = excluded.reason,
                    reviewed_at = excluded.reviewed_at
                WHERE excluded.reviewed_at > review.reviewed_at
                """,
            arguments: [kept, gone])
        try StaleResults.positions.forget(of: sessionID, exposures: [gone], db)
        try db.execute(sql: "DELETE FROM exposure WHERE exposure_id = ?", arguments: [gone])
    }
}
