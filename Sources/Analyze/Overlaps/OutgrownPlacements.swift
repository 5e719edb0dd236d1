import EPUArchive
import EPUCore
import GRDB

/// The positions of a session that were found with an earlier calibration, when it had fewer exposures: a session that is followed
/// would otherwise leave them behind with each batch. Where another session is judged, not all of this one is placed, and that
/// tells nothing.
enum OutgrownPlacements {
    /// Removes them, with the analyses that rest on them, once what takes their place is stored in the same transaction: who
    /// reads meanwhile finds the earlier analysis. What a person published stays until it has been made again.
    static func remove(of sessionID: Int64, _ db: Database) throws {
        let own = CalibrationMethod.given.sql
        try db.execute(
            sql: """
                DELETE FROM placement_set
                WHERE placement_set_id IN (
                        SELECT p.placement_set_id FROM placement_set_session p JOIN calibration c USING (calibration_id)
                        WHERE c.session_id = ?1 AND c.method <> \(own) AND NOT c.chosen)
                    AND ifnull(session_id, ?1) = ?1
                    AND (SELECT count(*) FROM exposure e WHERE e.session_id = ?1) > (
                        SELECT count(*) FROM placement p JOIN exposure e USING (exposure_id)
                        WHERE p.placement_set_id = placement_set.placement_set_id AND e.session_id = ?1)
                    AND placement_set_id NOT IN (
                        SELECT a.placement_set_id FROM published_analysis n JOIN analysis a USING (analysis_id))
                """, arguments: [sessionID])
        // Their calibrations go with them; the candidates of the latest calibration saw as many exposures as the chosen one.
        try db.execute(
            sql: """
                DELETE FROM calibration
                WHERE session_id = ?1 AND NOT chosen AND method <> \(own)
                    AND exposures < (SELECT max(c.exposures) FROM calibration c WHERE c.session_id = ?1 AND c.chosen)
                    AND calibration_id NOT IN (
                        SELECT g.calibration_id FROM analysis_session g WHERE g.session_id = ?1)
                    AND calibration_id NOT IN (
                        SELECT p.calibration_id FROM placement_set_session p WHERE p.session_id = ?1)
                """, arguments: [sessionID])
    }
}
