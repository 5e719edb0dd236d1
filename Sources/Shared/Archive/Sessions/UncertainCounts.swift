import EPUCore
import GRDB

/// How many exposures of a session an analysis was not certain of, as positions are known to an error only.
public struct UncertainCounts: Sendable {
    /// Of those overexposed, the ones that are so with a probability below 95 %.
    public let uncertain: Int
    /// Of those overexposed, the ones of which nobody can say how certain that is, though it is known of the session's positions: their
    /// stage stop lies aside of the lattice.
    public let ofUnknownCertainty: Int
    /// Of those that count as not overexposed, the ones that may be.
    public let possible: Int
    private let certainty: Double

    public static let none = UncertainCounts(
        uncertain: 0, ofUnknownCertainty: 0, possible: 0, certainty: OverlapCriteria.defaultCertainty)

    /// From here on nobody need look.
    public static let certain = 0.95

    public init(uncertain: Int, ofUnknownCertainty: Int, possible: Int, certainty: Double) {
        (self.uncertain, self.ofUnknownCertainty) = (uncertain, ofUnknownCertainty)
        (self.possible, self.certainty) = (possible, certainty)
    }

    /// Of rows of `overexposure` as `o`, those of analyses whose positions have errors but which have no probability themselves.
    public static let unknownSQL = """
        o.probability IS NULL
            AND (SELECT position_error_um FROM analysis a WHERE a.analysis_id = o.analysis_id) IS NOT NULL
        """

    init(of analysisID: Int64, judging sessionID: Int64, certainty: Double, _ db: Database) throws {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT (SELECT count(*) FROM overexposure o JOIN exposure e USING (exposure_id)
                        WHERE o.analysis_id = ?1 AND e.session_id = ?2 AND o.probability < ?3),
                       (SELECT count(*) FROM overexposure o JOIN exposure e USING (exposure_id)
                        WHERE o.analysis_id = ?1 AND e.session_id = ?2 AND \(Self.unknownSQL)),
                       (SELECT count(*) FROM possible_overexposure o JOIN exposure e USING (exposure_id)
                        WHERE o.analysis_id = ?1 AND e.session_id = ?2)
                """, arguments: [analysisID, sessionID, Self.certain])
        self.init(
            uncertain: row?[0] ?? 0, ofUnknownCertainty: row?[1] ?? 0, possible: row?[2] ?? 0, certainty: certainty)
    }

    /// After a count of the overexposed, as ` (2 of them uncertain: below 95 %)`; empty where all are certain.
    public var uncertainText: String {
        let texts = [
            uncertain > 0 ? "\(uncertain) of them uncertain: below 95 %" : nil,
            ofUnknownCertainty > 0
                ? "\(ofUnknownCertainty) of them of unknown certainty: their stage stop lies aside of the foil's lattice"
                : nil,
        ].compactMap { $0 }
        return texts.isEmpty ? "" : " (" + texts.joined(separator: "; ") + ")"
    }

    /// As `3 others may be overexposed (probability 5 to 50 %)`; nil where none may.
    public var possibleText: String? {
        guard possible > 0 else { return nil }
        return "\(counted(possible, "other")) may be overexposed (probability \(rangeText))"
    }

    /// As `5 to 50 %`.
    public var rangeText: String { "5 to \((100 * certainty).text()) %" }
}
