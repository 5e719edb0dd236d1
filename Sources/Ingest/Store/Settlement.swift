import EPUShared
import GRDB

/// What can only be said of a session when all its files are known: which JPG is whose, and what the exposures tell
/// about the session. Safe to repeat at any time.
struct Settlement {
    let sessionID: Int64

    func settle(_ db: Database) throws {
        try linkImages(db)
        try markImages(db)
        try describeSession(db)
        try placeNameTimes(db)
    }

    /// Times that were taken from file names are on the microscope's clock: its offset is the session's commonest.
    private func placeNameTimes(_ db: Database) throws {
        let offset = try Int.fetchOne(
            db,
            sql: """
                SELECT utc_offset_minutes FROM exposure WHERE session_id = ? AND utc_offset_minutes IS NOT NULL
                GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
                """,
            arguments: [sessionID])
        guard let offset else { return }
        let names = try Row.fetchAll(
            db, sql: "SELECT exposure_id, name FROM exposure WHERE session_id = ? AND utc_offset_minutes IS NULL",
            arguments: [sessionID])
        for row in names {
            guard let local = timeOfName(row["name"] as String) else { continue }
            try db.cachedStatement(sql: "UPDATE exposure SET acquired_at = ? WHERE exposure_id = ?")
                .execute(arguments: [local.adding(seconds: -60 * Double(offset)).archiveText, row["exposure_id"]])
        }
    }

    /// Twins share a base name; they may lie in different folders or roots. The exposure's own root comes first.
    private func linkImages(_ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE exposure SET image_file_id = (
                    SELECT image.source_file_id
                    FROM source_file image
                    JOIN session_root r USING (session_root_id)
                    JOIN source_file metadata ON metadata.source_file_id = exposure.metadata_file_id
                    WHERE image.stem = exposure.name AND image.kind = 'exposure-image'
                        AND image.status <> 'unreadable' AND r.session_id = exposure.session_id
                    ORDER BY image.session_root_id <> metadata.session_root_id, image.path
                    LIMIT 1)
                WHERE session_id = ? AND image_file_id IS NULL
                """,
            arguments: [sessionID])
    }

    private func markImages(_ db: Database) throws {
        for (status, problem, has) in [("missing image", "'no JPG of this name'", "NULL"), ("ok", "NULL", "NOT NULL")] {
            try db.execute(
                sql: """
                    UPDATE source_file SET status = '\(status)', problem = \(problem)
                    WHERE status IN ('ok', 'missing image') AND status <> '\(status)' AND source_file_id IN (
                        SELECT metadata_file_id FROM exposure WHERE session_id = ? AND image_file_id IS \(has))
                    """,
                arguments: [sessionID])
        }
        try db.execute(
            sql: """
                UPDATE source_file SET
                    status = CASE WHEN taken THEN 'ok' ELSE 'orphan image' END,
                    problem = CASE WHEN taken THEN NULL ELSE 'no exposure of this name' END
                FROM (SELECT f.source_file_id AS id,
                             EXISTS (SELECT 1 FROM exposure e
                                     WHERE e.session_id = r.session_id AND e.name = f.stem) AS taken
                      FROM session_root r JOIN source_file f USING (session_root_id)
                      WHERE r.session_id = ? AND f.kind = 'exposure-image' AND f.status IN ('ok', 'orphan image'))
                WHERE source_file_id = id AND (status = 'ok') <> taken
                """,
            arguments: [sessionID])
    }

    /// The instrument is the commonest among the exposures (ties: the first in text order). Two sessions share a grid
    /// when instrument and atlas are the same; without an atlas a session is a grid of its own.
    private func describeSession(_ db: Database) throws {
        for column in ["instrument_id", "instrument_model", "epu_version"] {
            try db.execute(
                sql: """
                    UPDATE session SET \(column) = ifnull((
                        SELECT \(column) FROM exposure WHERE session_id = session.session_id AND \(column) IS NOT NULL
                        GROUP BY \(column) ORDER BY count(*) DESC, \(column) LIMIT 1), \(column))
                    WHERE session_id = ?
                    """,
                arguments: [sessionID])
        }
        try db.execute(
            sql: """
                UPDATE session SET grid = CASE
                    WHEN atlas_id IS NULL THEN 'session ' || name
                    ELSE ifnull(instrument_id, 'unknown instrument') || ' ' || atlas_id END
                WHERE session_id = ?
                """,
            arguments: [sessionID])
    }
}
