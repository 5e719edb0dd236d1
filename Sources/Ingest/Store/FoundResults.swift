import GRDB

/// What epu-analyze found of a session.
enum FoundResults {
    /// It no longer holds. Rather no result than a wrong one: the next `epu-analyze` makes them anew. What a person
    /// gave or said stays.
    static func forget(of sessionID: Int64, _ db: Database) throws {
        // Positions with their analyses first: a calibration takes along what tells whose they are.
        try db.cachedStatement(
            sql: """
                DELETE FROM placement_set
                WHERE placement_set_id IN (SELECT placement_set_id FROM placement_set_session WHERE session_id = ?)
                """
        ).execute(arguments: [sessionID])
        try db.cachedStatement(sql: "DELETE FROM beam_shift_clustering WHERE session_id = ?")
            .execute(arguments: [sessionID])
        try db.cachedStatement(sql: "DELETE FROM calibration WHERE session_id = ? AND method <> 'given'")
            .execute(arguments: [sessionID])
    }

    /// Positions and pairs stay; what fields had received of an exposure, and it itself, is found anew by the next
    /// `epu-analyze`.
    static func findReceivedAnew(of exposureID: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                DELETE FROM pre_exposure
                WHERE placement_id IN (SELECT placement_id FROM placement WHERE exposure_id = ?)
                """
        ).execute(arguments: [exposureID])
        // Where another session is judged it has none, but those that came after it have.
        try db.cachedStatement(
            sql: """
                UPDATE placement_set SET nearest_within_um = NULL
                WHERE nearest_within_um IS NOT NULL
                    AND placement_set_id IN (SELECT placement_set_id FROM placement WHERE exposure_id = ?)
                """
        ).execute(arguments: [exposureID])
    }

    /// What was found overexposed stays, but why it was is to be told anew.
    static func tellCausesAnew(of sessionID: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                UPDATE analysis SET rules = 0
                WHERE rules <> 0 AND analysis_id IN (SELECT analysis_id FROM analysis_session WHERE session_id = ?)
                """
        ).execute(arguments: [sessionID])
    }
}
