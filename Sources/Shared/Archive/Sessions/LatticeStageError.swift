import EPUCore
public import GRDB

/// What the foil's lattice says of the stage: how wrong its read-backs are, beside the holes.
public struct LatticeStageError: Encodable, Sendable {
    /// The standard deviation of the read-backs' errors in x and in y, um.
    public let stageUm: Double
    public let holeUm: Double
    /// The number of stops that lie farther aside than the others' errors explain, and were not corrected.
    public let stopsAside: Int
    public let farthestAsideUm: Double?

    private struct Calibrated: ArchiveRecord {
        let calibrationID: Int64
        let stageErrorUm: Double
        let holeErrorUm: Double
    }

    /// Reads what the session's own calibration says, the one of most exposures; nil where the lattice does not tell, or the
    /// session was not calibrated.
    public init?(of sessionID: Int64, _ db: Database) throws {
        let row = try Calibrated.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT calibration_id, stage_error_um, hole_error_um FROM calibration
                    WHERE session_id = ? AND chosen AND stage_error_um IS NOT NULL AND hole_error_um IS NOT NULL
                    ORDER BY calibration_id LIMIT 1
                    """), arguments: [sessionID])
        guard let row else { return nil }
        let aside = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT count(aside_um), max(aside_um) FROM stage_stop WHERE calibration_id = ?"),
            arguments: [row.calibrationID])
        stageUm = row.stageErrorUm
        holeUm = row.holeErrorUm
        stopsAside = aside?[0] ?? 0
        farthestAsideUm = aside?[1]
    }

    /// The error in a few words, for example `0.036 um`.
    public var short: String { stageUm < 0.0005 ? "none seen" : stageUm.text(decimals: 3) + " um" }

    public var sentence: String {
        let error =
            stageUm < 0.0005
            ? "the lattice shows no error of read-backs beside that of the holes, \(holeUm.text(decimals: 3)) um"
            : "read-backs err by \(stageUm.text(decimals: 3)) um in x and in y by the lattice, and were corrected"
        guard stopsAside > 0, let farthestAsideUm else { return error }
        return error
            + "; \(counted(stopsAside, "stop")) up to \(farthestAsideUm.text(decimals: 2)) um aside, not corrected"
    }
}
