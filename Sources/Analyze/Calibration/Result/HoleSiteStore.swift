import EPUArchive
import EPUCore
import GRDB

/// Stores where the holes of a session lie under a calibration, visit by visit.
struct HoleSiteStore {
    let calibrationID: Int64

    func add(_ layout: HoleLayout, _ input: CalibrationInput, _ db: Database) throws {
        var insertSite = try RowBatch(
            db,
            """
            INSERT INTO hole_site
                (calibration_id, visit, stop, foil_hole, grid_square, x_um, y_um, site_i, site_j, residual_x_um,
                 residual_y_um)
            """, columns: 11)
        for (index, visit) in layout.problem.visits.enumerated() {
            let hole = input.visits.visits[visit]
            let position = layout.position(index)
            let site = layout.site(index)
            let residual = layout.residual(index)
            insertSite.bind(calibrationID)
            insertSite.bind(Int64(visit))
            insertSite.bind(Int64(hole.stop))
            insertSite.bind(hole.foilHole)
            insertSite.bind(input.visits.stops[hole.stop].gridSquare)
            insertSite.bind(position.x)
            insertSite.bind(position.y)
            insertSite.bind(site.map { Int64($0.i) })
            insertSite.bind(site.map { Int64($0.j) })
            insertSite.bind(site.map { _ in residual.x })
            insertSite.bind(site.map { _ in residual.y })
            try insertSite.endRow()
        }
        try insertSite.finish()
    }
}
