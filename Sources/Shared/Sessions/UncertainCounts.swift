import GRDB

/// How many exposures of a session an analysis was not certain of, as positions are known to an error only.
public struct UncertainCounts: Sendable {
    /// Of those overexposed, the ones that are so with a probability below 95 %.
    public let uncertain: Int
    /// Of those that count as not overexposed, the ones that may be.
    public let possible: Int
    private let certainty: Double

    public static let none = UncertainCounts(uncertain: 0, possible: 0, certainty: OverlapCriteria.defaultCertainty)

    /// From here on nobody need look.
    public static let certain = 0.95

    public init(uncertain: Int, possible: Int, certainty: Double) {
        (self.uncertain, self.possible, self.certainty) = (uncertain, possible, certainty)
    }

    init(of analysisID: Int64, judging sessionID: Int64, certainty: Double, _ db: Database) throws {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT (SELECT count(*) FROM overexposure o JOIN exposure e USING (exposure_id)
                        WHERE o.analysis_id = ?1 AND e.session_id = ?2 AND o.probability < ?3),
                       (SELECT count(*) FROM possible_overexposure o JOIN exposure e USING (exposure_id)
                        WHERE o.analysis_id = ?1 AND e.session_id = ?2)
                """, arguments: [analysisID, sessionID, Self.certain])
        self.init(uncertain: row?[0] ?? 0, possible: row?[1] ?? 0, certainty: certainty)
    }

    /// After a count of the overexposed, as ` (2 of them uncertain: below 95 %)`; empty where all are certain.
    public var uncertainText: String { uncertain > 0 ? " (\(uncertain) of them uncertain: below 95 %)" : "" }

    /// As `3 others may be overexposed (probability 5 to 50 %)`; nil where none may.
    public var possibleText: String? {
        guard possible > 0 else { return nil }
        return "\(counted(possible, "other")) may be overexposed (probability \(rangeText))"
    }

    /// As `5 to 50 %`.
    public var rangeText: String { "5 to \((100 * certainty).text()) %" }
}
