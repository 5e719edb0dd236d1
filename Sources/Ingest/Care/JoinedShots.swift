import EPUArchive
import EPUCore
import GRDB

/// Shots that two joined sessions had under different names: each is one exposure.
struct JoinedShots {
    let sessionID: Int64

    /// Keeps the first name in text order, as ingest does.
    func keepOnce(_ db: Database) throws {
        let pairs = try Row.fetchAll(
            db,
            sql: """
                SELECT k.exposure_id, f.source_file_id, k.name, r.path || '/' || f.path, k.image_file_id,
                       g.metadata_file_id, g.image_file_id
                FROM exposure g JOIN exposure k ON k.session_id = g.session_id AND k.acquired_at = g.acquired_at
                    AND k.unique_id = g.unique_id AND k.name < g.name
                JOIN source_file f ON f.source_file_id = k.metadata_file_id JOIN session_root r USING (session_root_id)
                WHERE g.session_id = ? AND g.unique_id <> '' AND g.utc_offset_minutes IS NOT NULL
                ORDER BY k.name DESC
                """, arguments: [sessionID])
        guard !pairs.isEmpty else { return }
        var shots = try SameShot(sessionID: sessionID, db)
        for row in pairs {
            let shot = SameShot.Shot(
                exposureID: row[0], fileID: row[1], name: row[2], path: row[3], imageFileID: row[4], isGone: false)
            try shots.keep(shot, insteadOf: row[5])
            try mark(row[5], SameShot.problem(shot.path), db)
            if let image: Int64 = row[6] { try mark(image, SameShot.previewProblem, db) }
        }
        try SessionMove.removeEmptyPlaces(of: sessionID, db)
    }

    private func mark(_ file: Int64, _ problem: String, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE source_file SET status = \(FileStatus.twin.sql), problem = ? WHERE source_file_id = ?",
            arguments: [problem, file])
    }
}
