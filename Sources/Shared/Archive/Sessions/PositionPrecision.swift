import EPUCore
import Foundation
import GRDB

/// Whether positions are known well enough for the radius of an analysis. Where not even two exposures that were found at one
/// place lie within it with the certainty that is asked for, finding nothing means nothing.
public struct PositionPrecision: Sendable {
    /// The median error of positions in x and in y, um; nil where it is not known.
    public let error: Double?
    /// The radius of the analysis, um; nil where no distance is asked for.
    public let radius: Double?
    public let certainty: Double

    public init(error: Double?, radius: Double?, certainty: Double) {
        (self.error, self.radius, self.certainty) = (error, radius, certainty)
    }

    init(of analysisID: Int64, _ db: Database) throws {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM analysis WHERE analysis_id = ?"), arguments: [analysisID])
        let criteria = row.map { OverlapCriteria($0) } ?? OverlapCriteria()
        self.init(error: row?["position_error_um"], radius: criteria.radius, certainty: criteria.certainty)
    }

    /// The least radius that can be decided, um: it holds two exposures of one place with the certainty. Nil where it is not
    /// known.
    public var leastRadius: Double? {
        // The displacement of two exposures has the errors of both.
        error.map { 2.squareRoot() * $0 * DistanceProbability.leastRadius(of: certainty) }
    }

    public var isEnough: Bool {
        guard let radius, let leastRadius else { return true }
        return radius >= leastRadius
    }

    /// The warning in words, for example `positions are known to 0.2 um only, so that overlaps within 0.1 um cannot be decided:
    /// use --radius 0.34 or more`; nil where they can be decided.
    public var text: String? {
        guard !isEnough, let radius, let error, let leastRadius else { return nil }
        let least = ((100 * leastRadius).rounded(.up) / 100).text()
        return
            "positions are known to \(error.text(significant: 2)) um only, so that overlaps within \(radius.text()) um "
            + "cannot be decided: use --radius \(least) or more"
    }
}
