import EPUCore
import GRDB

/// How wide the beam was taken to be where an analysis looked for what it had hit.
struct SearchedBeam {
    /// The radius that half the camera field gave, um, as no beam diameter was recorded; nil where the beam is known, or a person
    /// gave the radius.
    private let fieldRadius: Double?

    var isKnown: Bool { fieldRadius == nil }

    private init(fieldRadius: Double) { self.fieldRadius = fieldRadius }

    /// The analyses of which the beam is not known, by their ids.
    static func narrow(_ db: Database) throws -> [Int64: SearchedBeam] {
        let rows = try Row.fetchAll(
            db,
            sql:
                "SELECT analysis_id, radius_um FROM analysis WHERE radius_source = 'camera-field' AND radius_um IS NOT NULL"
        )
        return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], SearchedBeam(fieldRadius: $0[1])) })
    }

    init(of analysisID: Int64, _ db: Database) throws {
        fieldRadius = try Double.fetchOne(
            db, sql: "SELECT radius_um FROM analysis WHERE analysis_id = ? AND radius_source = 'camera-field'",
            arguments: [analysisID])
    }

    /// What is not known, in a sentence; nil if the beam is known.
    var text: String? {
        fieldRadius.map {
            "No beam diameter is recorded: looked for was what lies within \($0.text(decimals: 3)) um, half the shorter side of the "
                + "camera field; what a wider beam hit is not known."
        }
    }
}
