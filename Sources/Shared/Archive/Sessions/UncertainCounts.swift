import EPUCore
import GRDB

/// The numbers of exposures of a session of which an analysis was not certain, as positions have errors.
public struct UncertainCounts: Sendable {
    /// The number of overexposed exposures with a probability below 95 %.
    public let uncertain: Int
    /// The number of overexposed exposures of which nobody can say how certain that is, though the session's positions have known
    /// errors: their stage stop lies aside of the lattice.
    public let ofUnknownCertainty: Int
    /// The number of exposures that count as not overexposed, but may be.
    public let possible: Int
    private let certainty: Double

    public static let none = UncertainCounts(
        uncertain: 0, ofUnknownCertainty: 0, possible: 0, certainty: OverlapCriteria.defaultCertainty)

    /// The probability from which on nobody need look at an overexposed exposure.
    public static let certain = 0.95

    public init(uncertain: Int, ofUnknownCertainty: Int, possible: Int, certainty: Double) {
        (self.uncertain, self.ofUnknownCertainty) = (uncertain, ofUnknownCertainty)
        (self.possible, self.certainty) = (possible, certainty)
    }

    /// The condition, in SQL, for a row `o` of `overexposure` that has no probability, though the positions of its analysis have
    /// errors, and what it asks for depends on positions of pairs: a dose alone does not.
    public static let unknownSQL = """
        o.probability IS NULL AND EXISTS (
            SELECT 1 FROM analysis a WHERE a.analysis_id = o.analysis_id AND a.position_error_um IS NOT NULL
                AND (a.radius_um IS NOT NULL OR a.min_field_overlap IS NOT NULL))
        """

    init(of analysisID: Int64, judging sessionID: Int64, certainty: Double, _ db: Database) throws {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT (SELECT count(*) FROM overexposure o JOIN exposure e USING (exposure_id)
                            WHERE o.analysis_id = ?1 AND e.session_id = ?2 AND o.probability < ?3),
                           (SELECT count(*) FROM overexposure o JOIN exposure e USING (exposure_id)
                            WHERE o.analysis_id = ?1 AND e.session_id = ?2 AND \(Self.unknownSQL)),
                           (SELECT count(*) FROM possible_overexposure o JOIN exposure e USING (exposure_id)
                            WHERE o.analysis_id = ?1 AND e.session_id = ?2)
                    """), arguments: [analysisID, sessionID, Self.certain])
        self.init(
            uncertain: row?[0] ?? 0, ofUnknownCertainty: row?[1] ?? 0, possible: row?[2] ?? 0, certainty: certainty)
    }

    /// What follows a count of the overexposed, for example ` (2 of them uncertain: below 95 %)`; empty where all are certain.
    public var uncertainText: String { uncertainWords.map { " (\($0))" } ?? "" }

    /// The uncertain ones in words, for example `2 of them uncertain: below 95 %`; nil where all are certain.
    public var uncertainWords: String? {
        let texts = [
            uncertain > 0 ? "\(uncertain) of them uncertain: below 95 %" : nil,
            ofUnknownCertainty > 0
                ? "\(ofUnknownCertainty) of them of unknown certainty: their stage stop lies aside of the foil's lattice"
                : nil,
        ].compactMap { $0 }
        return texts.isEmpty ? nil : texts.joined(separator: "; ")
    }

    /// The possible ones in words, for example `3 others may be overexposed (probability 5 to 50 %)`; nil where there are none.
    public var possibleText: String? {
        guard possible > 0 else { return nil }
        return "\(counted(possible, "other")) may be overexposed (probability \(rangeText))"
    }

    /// The range of their probabilities, for example `5 to 50 %`.
    public var rangeText: String { "5 to \((100 * certainty).text()) %" }
}
