import EPUShared
import GRDB

/// What the overlap search needs of an exposure.
struct SessionExposure: Sendable {
    let exposureID: Int64
    let sessionID: Int64
    let foilHole: Int64
    let area: Int64
    /// Stage read-back, um.
    let stage: Vector2
    /// Beam-shift units.
    let beamShift: Vector2

    /// The exposures of some sessions in the order in which they were taken; ties are broken by the name.
    static func inTimeOrder(of sessionIDs: [Int64], _ db: Database) throws -> [SessionExposure] {
        let list = sessionIDs.map(String.init).joined(separator: ", ")
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT exposure_id, session_id, foil_hole, area, stage_x_um, stage_y_um, beam_shift_x, beam_shift_y
                FROM exposure WHERE session_id IN (\(list)) ORDER BY acquired_at, name, exposure_id
                """)
        var exposures: [SessionExposure] = []
        while let row = try rows.next() {
            exposures.append(
                SessionExposure(
                    exposureID: row[0], sessionID: row[1], foilHole: row[2], area: row[3],
                    stage: Vector2(row[4], row[5]),
                    beamShift: Vector2(row[6], row[7])))
        }
        return exposures
    }
}
