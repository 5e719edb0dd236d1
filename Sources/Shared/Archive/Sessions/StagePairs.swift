import EPUCore
public import GRDB

/// How far read-backs of the stage differ over pairs of images of one hole, before and after the move that centred it. The hole
/// stays, so that this is the error of two read-backs.
public struct StagePairs: Encodable, Sendable {
    public let pairs: Int
    /// The root mean square over the pairs in x, um.
    public let xUm: Double
    /// The root mean square over the pairs in y, um.
    public let yUm: Double

    public init(pairs: Int, xUm: Double, yUm: Double) {
        self.pairs = pairs
        self.xUm = xUm
        self.yUm = yUm
    }

    /// Reads the pairs of a session; nil where it was not calibrated, or has no pair.
    public init?(of sessionID: Int64, _ db: Database) throws {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT stage_pairs, stage_pairs_x_um, stage_pairs_y_um FROM calibration
                    WHERE session_id = ? AND stage_pairs_x_um IS NOT NULL AND stage_pairs_y_um IS NOT NULL
                    ORDER BY chosen DESC, calibration_id DESC LIMIT 1
                    """), arguments: [sessionID])
        guard let row else { return nil }
        self.init(pairs: row[0], xUm: row[1], yUm: row[2])
    }

    /// The differences in a few words, for example `0.058 x 0.076 um (12 pairs)`.
    public var short: String {
        "\(xUm.text(decimals: 3)) x \(yUm.text(decimals: 3)) um (\(counted(pairs, "pair")))"
    }

    public var sentence: String {
        "read-backs differ by \(xUm.text(decimals: 3)) um in x and \(yUm.text(decimals: 3)) um in y (rms) between the "
            + "images before and after centring, \(counted(pairs, "pair"))"
    }

    /// The standard error of one read-back in x and in y, um.
    public var errorUm: Double { ((xUm * xUm + yUm * yUm) / 4).squareRoot() }
}
