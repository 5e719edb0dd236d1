import EPUCore
import GRDB

/// Stores where the holes of a session lie under a calibration, visit by visit.
struct HoleSiteStore {
    let calibrationID: Int64

    func add(_ layout: HoleLayout, _ input: CalibrationInput, _ db: Database) throws {
        let insertSite = try db.cachedStatement(
            sql: """
                INSERT INTO hole_site
                    (calibration_id, visit, stop, foil_hole, grid_square, x_um, y_um, site_i, site_j, residual_x_um,
                     residual_y_um)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        for (index, visit) in layout.problem.visits.enumerated() {
            let hole = input.visits.visits[visit]
            let position = layout.position(index)
            let site = layout.site(index)
            let residual = layout.residual(index)
            try insertSite.execute(arguments: [
                calibrationID, visit, hole.stop, hole.foilHole, input.visits.stops[hole.stop].gridSquare, position.x,
                position.y, site?.i, site?.j, site.map { _ in residual.x }, site.map { _ in residual.y },
            ])
        }
    }
}
