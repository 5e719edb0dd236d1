import EPUCore
import GRDB

/// The numbers of exposures of which too little is known, and nobody said what to take.
struct BeamGaps {
    var dose = 0
    var beamDiameter = 0
    /// The number of exposures without a size or a direction of the camera field.
    var field = 0

    /// - Parameter exposures: the exposures, with what was assumed for them.
    init(_ exposures: [SessionExposure]) {
        dose = exposures.count { $0.dose == nil }
        beamDiameter = exposures.count { $0.beamDiameter == nil }
        field = exposures.count { $0.field.map { !$0.isDirectionKnown } ?? true }
    }

    init(of analysisID: Int64, _ db: Database) throws {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT without_dose, without_beam_diameter, without_field FROM analysis WHERE analysis_id = ?
                """,
            arguments: [analysisID])
        if let row { (dose, beamDiameter, field) = (row[0], row[1], row[2]) }
    }
}
