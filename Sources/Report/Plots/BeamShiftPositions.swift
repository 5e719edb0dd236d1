import EPUArchive
import EPUCore
import GRDB

/// The positions that the beam takes around a stage stop, as `epu-analyze calibrate` found them in a session: the
/// latest clustering by the foil's lattice.
struct BeamShiftPositions {
    struct Position {
        let id: Int
        /// Beam-shift units.
        let center: Vector2
        let exposures: Int
        let site: LatticeSite?
    }

    /// By cluster id.
    let positions: [Position]
    /// Of exposures by their ids, a position's id. One that came after the clustering has none.
    let ofExposure: [Int64: Int]

    /// Centres at the places of their ids; not finite where a position is not in use.
    var centersByID: [Vector2] {
        var centers = [Vector2](repeating: Vector2(.nan, .nan), count: (positions.last?.id ?? -1) + 1)
        for position in positions { centers[position.id] = position.center }
        return centers
    }
}

extension BeamShiftPositions {
    /// Nil where there is none.
    init?(of session: SessionRow, _ db: Database) throws {
        let clustering = try Int64.fetchOne(
            db,
            sql: """
                SELECT clustering_id FROM beam_shift_clustering WHERE session_id = ? AND method = 'lattice'
                ORDER BY created_at DESC, clustering_id DESC LIMIT 1
                """,
            arguments: [session.sessionID])
        guard let clustering else { return nil }
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT cluster, center_x, center_y, exposures, lattice_i, lattice_j FROM beam_shift_cluster
                WHERE clustering_id = ? ORDER BY cluster
                """,
            arguments: [clustering])
        let positions = rows.map { row in
            let site: (i: Int?, j: Int?) = (row["lattice_i"], row["lattice_j"])
            return Position(
                id: row["cluster"], center: Vector2(row["center_x"], row["center_y"]), exposures: row["exposures"],
                site: site.i.flatMap { i in site.j.map { LatticeSite(i: i, j: $0) } })
        }
        let members = try Row.fetchCursor(
            db, sql: "SELECT exposure_id, cluster FROM beam_shift_cluster_member WHERE clustering_id = ?",
            arguments: [clustering])
        var ofExposure: [Int64: Int] = [:]
        while let member = try members.next() { ofExposure[member[0]] = member[1] }
        self.init(positions: positions, ofExposure: ofExposure)
    }
}
