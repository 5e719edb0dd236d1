import EPUArchive
import EPUCore
import GRDB

/// The positions that the beam takes around a stage stop, as `epu-analyze calibrate` found them in a session: the
/// latest clustering by the foil's lattice.
struct PlottedPositions {
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

extension PlottedPositions {
    /// Nil where there is none.
    init?(of session: SessionRow, _ db: Database) throws {
        let clustering = try Int64.fetchOne(db, sql: LatestClustering.sql(of: "?"), arguments: [session.sessionID])
        guard let clustering else { return nil }
        var positions: [Position] = []
        var clusters = try RowStatement(
            db,
            """
            SELECT cluster, center_x, center_y, exposures, lattice_i, lattice_j FROM beam_shift_cluster
            WHERE clustering_id = ? ORDER BY cluster
            """)
        clusters.bind(clustering)
        try clusters.forEachRow { row in
            positions.append(
                Position(
                    id: Int(row.int(0)), center: Vector2(row.double(1), row.double(2)), exposures: Int(row.int(3)),
                    site: row.site(4, 5)))
        }
        var ofExposure: [Int64: Int] = [:]
        var members = try RowStatement(
            db, "SELECT exposure_id, cluster FROM beam_shift_cluster_member WHERE clustering_id = ?")
        members.bind(clustering)
        try members.forEachRow { row in ofExposure[row.int(0)] = Int(row.int(1)) }
        self.init(positions: positions, ofExposure: ofExposure)
    }
}
