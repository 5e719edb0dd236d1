import EPUArchive
import EPUCore
import GRDB

/// The radius that an analysis takes where no criterion is given, and where it comes from.
struct DefaultRadius: Equatable {
    /// The radius, um.
    let radius: Double
    let source: RadiusSource

    /// What part of half a beam diameter the radius is. At 0.9 the earlier beam covered more than half of the later camera field in
    /// every direction, with the beams and fields of the real sessions of EPU 2.6, 3.4 and 3.9: 52 to 65 %. At 0.95 it is 46 to
    /// 55 %, at 1 it is 40 to 48 % (by integration over the field).
    static let partOfBeam = 0.9

    /// Derives the radius; nil where nothing is known to derive it from.
    /// - Parameter assumedDiameter: the beam diameter that a person gave for exposures without one, um.
    init?(of sessionID: Int64, assuming assumedDiameter: Double?, _ db: Database) throws {
        if let diameter = try Self.beamDiameter(of: sessionID, db) {
            (radius, source) = (Self.partOfBeam * diameter / 2, .beamDiameter)
        } else if let assumedDiameter {
            (radius, source) = (Self.partOfBeam * assumedDiameter / 2, .assumedBeamDiameter)
        } else if let side = try Self.fieldSide(of: sessionID, db) {
            (radius, source) = (side / 2, .cameraField)
        } else {
            return nil
        }
    }

    /// The commonest beam diameter, um (ties: the smaller); nil where none is known.
    private static func beamDiameter(of sessionID: Int64, _ db: Database) throws -> Double? {
        // Round-off makes equal diameters differ in their last digits.
        try Double.fetchOne(
            db,
            sql: """
                SELECT round(\(CountedValue.beamDiameter(of: "e")), 6) AS diameter FROM exposure e
                WHERE session_id = ? AND diameter IS NOT NULL
                GROUP BY diameter ORDER BY count(*) DESC, diameter LIMIT 1
                """, arguments: [sessionID])
    }

    /// The shorter side of the commonest camera field, um (ties: the smaller); nil where none is known.
    private static func fieldSide(of sessionID: Int64, _ db: Database) throws -> Double? {
        try Double.fetchOne(
            db,
            sql: """
                SELECT round(\(RecordedField.shorterSide(of: "e")), 6) AS side FROM exposure e
                WHERE session_id = ? AND side IS NOT NULL
                GROUP BY side ORDER BY count(*) DESC, side LIMIT 1
                """, arguments: [sessionID])
    }
}

/// Where a radius comes from; the raw values stand in the archive.
enum RadiusSource: String, Encodable {
    case given
    /// The radius is 0.9 x half the commonest beam diameter.
    case beamDiameter = "beam-diameter"
    case assumedBeamDiameter = "assumed-beam-diameter"
    /// The radius is half the shorter side of the commonest camera field, where no beam diameter is recorded.
    case cameraField = "camera-field"
}
