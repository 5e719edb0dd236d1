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
    var gridSquare: Int64?
    var condition = Condition(probeMode: nil, alphaDegrees: nil)

    /// The exposures of some sessions in the order in which they were taken; ties are broken by the name.
    static func inTimeOrder(of sessionIDs: [Int64], _ db: Database) throws -> [SessionExposure] {
        let list = sessionIDs.map(String.init).joined(separator: ", ")
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT exposure_id, session_id, foil_hole, area, stage_x_um, stage_y_um, beam_shift_x, beam_shift_y,
                       grid_square, probe_mode, stage_alpha_deg
                FROM exposure WHERE session_id IN (\(list)) ORDER BY acquired_at, name, exposure_id
                """)
        var exposures: [SessionExposure] = []
        while let row = try rows.next() {
            exposures.append(
                SessionExposure(
                    exposureID: row[0], sessionID: row[1], foilHole: row[2], area: row[3],
                    stage: Vector2(row[4], row[5]), beamShift: Vector2(row[6], row[7]), gridSquare: row[8],
                    condition: Condition(probeMode: row[9], alphaDegrees: row[10])))
        }
        return exposures
    }
}

extension SessionRow {
    /// The named sessions, or all of the archive; those without exposures are left out unless they were named.
    /// - Throws: `Failure` for a name that the archive does not have, a named session without exposures, or where there is
    ///   no exposure at all.
    static func withExposures(_ db: Database, names: [String]) throws -> [SessionRow] {
        let selected = try SessionRow.select(db, names: names).filter { session in
            let holdsExposures =
                try Int.fetchOne(
                    db, sql: "SELECT 1 FROM exposure WHERE session_id = ? LIMIT 1", arguments: [session.sessionID])
                != nil
            guard holdsExposures || names.isEmpty else {
                throw Failure("\(session.name) has no exposure in the archive. Run `epu-ingest` on its folder again.")
            }
            return holdsExposures
        }
        guard !selected.isEmpty else {
            throw Failure("The archive holds no exposure. Load some with `epu-ingest SESSION_DIR`.")
        }
        return selected
    }
}
