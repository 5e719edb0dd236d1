import EPUArchive
import GRDB

/// The default analysis of a session: what `epu-analyze` makes when nothing is asked for, one for each session.
struct DefaultAnalysis {
    let session: SessionRow

    init(_ session: SessionRow) { self.session = session }

    /// Records which analysis it is. The previous one is removed if it was made of fewer exposures and nobody published it: a
    /// session that is followed would otherwise leave one behind with each change of its calibration.
    func set(_ analysisID: Int64, _ db: Database) throws {
        let before = try Int64.fetchAll(
            db,
            sql: "SELECT analysis_id FROM analysis WHERE session_id = ? AND is_default AND analysis_id <> ?",
            arguments: [session.sessionID, analysisID])
        for id in before { try leave(id, for: analysisID, db) }
        try db.execute(
            sql: "UPDATE analysis SET is_default = 1 WHERE analysis_id = ? AND NOT is_default", arguments: [analysisID])
    }

    private func leave(_ id: Int64, for analysisID: Int64, _ db: Database) throws {
        try db.execute(sql: "UPDATE analysis SET is_default = 0 WHERE analysis_id = ?", arguments: [id])
        let set = try Int64.fetchOne(
            db,
            sql: """
                DELETE FROM analysis WHERE analysis_id = ?1
                    AND exposures < (SELECT exposures FROM analysis WHERE analysis_id = ?2)
                    AND NOT EXISTS (SELECT 1 FROM published_analysis WHERE analysis_id = ?1)
                RETURNING placement_set_id
                """, arguments: [id, analysisID])
        try db.execute(
            sql: """
                DELETE FROM placement_set WHERE placement_set_id = ?1
                    AND NOT EXISTS (SELECT 1 FROM analysis WHERE placement_set_id = ?1)
                """, arguments: [set])
    }
}
