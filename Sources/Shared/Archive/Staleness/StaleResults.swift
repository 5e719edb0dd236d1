import EPUCore
public import GRDB

/// Results of epu-analyze that no longer hold because something they rest on has changed. Each case contains those before it.
///
/// A missing result is better than a wrong one: the next run of epu-analyze finds again what was forgotten. What a person gave
/// or said stays.
public enum StaleResults: Int, CaseIterable, Comparable, Sendable {
    case none
    /// The causes of overexposures. It still holds that the micrographs were overexposed.
    case causes
    /// What camera fields had received: those of later exposures from this one, and its own from earlier ones. Positions and
    /// pairs still hold.
    case received
    /// That the session's calibrations are the best ones. They are tried again by the next run of epu-analyze: one that the
    /// change confirms stays, with its positions.
    case calibration
    /// Everything: positions, calibrations, clusters of beam shifts, and all analyses that the session is a part of.
    case positions

    public static func < (a: StaleResults, b: StaleResults) -> Bool { a.rawValue < b.rawValue }

    /// Takes stale results out of the archive, within the caller's transaction.
    /// - Parameters:
    ///   - sessionID: the session in which something has changed.
    ///   - exposures: the exposures that have changed; without them nothing is taken out that belongs to single exposures.
    /// - Throws: `DatabaseError`.
    public func forget(of sessionID: Int64, exposures: [Int64] = [], _ db: Database) throws {
        switch self {
        case .none: break
        case .causes: try Self.forgetCauses(sessionID, db)
        case .received:
            for exposure in exposures { try Self.forgetReceived(exposure, db) }
            try Self.forgetCauses(sessionID, db)
        case .calibration:
            try Self.received.forget(of: sessionID, exposures: exposures, db)
            try Self.doubtCalibrations(sessionID, db)
        case .positions:
            try Self.forgetAnalyses(sessionID, db)
            for exposure in exposures {
                try db.cachedStatement(sql: "DELETE FROM placement WHERE exposure_id = ?").execute(arguments: [exposure]
                )
            }
        }
    }

    private static func forgetAnalyses(_ sessionID: Int64, _ db: Database) throws {
        // Positions go first, with their analyses: a calibration takes along the rows that tell whose positions they are.
        try db.cachedStatement(
            sql: """
                DELETE FROM placement_set
                WHERE placement_set_id IN (SELECT placement_set_id FROM placement_set_session WHERE session_id = ?)
                """
        ).execute(arguments: [sessionID])
        try db.cachedStatement(sql: "DELETE FROM beam_shift_clustering WHERE session_id = ?")
            .execute(arguments: [sessionID])
        try db.cachedStatement(
            sql: "DELETE FROM calibration WHERE session_id = ? AND method <> \(CalibrationMethod.given.sql)"
        )
        .execute(arguments: [sessionID])
    }

    /// A calibration that was found for an unknown number of exposures is not up to date.
    private static func doubtCalibrations(_ sessionID: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                UPDATE calibration SET exposures = NULL
                WHERE session_id = ? AND exposures IS NOT NULL AND method <> 'given'
                """
        ).execute(arguments: [sessionID])
    }

    private static func forgetReceived(_ exposureID: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                DELETE FROM pre_exposure
                WHERE placement_id IN (SELECT placement_id FROM placement WHERE exposure_id = ?)
                """
        ).execute(arguments: [exposureID])
        // In a set that judges another session the exposure has no such row, but those that came after it have.
        try db.cachedStatement(
            sql: """
                UPDATE placement_set SET nearest_within_um = NULL
                WHERE nearest_within_um IS NOT NULL
                    AND placement_set_id IN (SELECT placement_set_id FROM placement WHERE exposure_id = ?)
                """
        ).execute(arguments: [exposureID])
    }

    private static func forgetCauses(_ sessionID: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                UPDATE analysis SET rules = 0
                WHERE rules <> 0 AND analysis_id IN (SELECT analysis_id FROM analysis_session WHERE session_id = ?)
                """
        ).execute(arguments: [sessionID])
    }
}
