import EPUArchive
import EPUCore
import GRDB

/// The beam-shift positions that `epu-analyze calibrate` found in a session: the latest clustering by the foil's lattice.
struct PlottedPositions {
    struct Position {
        let id: Int
        /// The centre of the position, beam-shift units.
        let center: Vector2
        let exposures: Int
        let site: LatticeSite?
    }

    /// The positions, by cluster id.
    let positions: [Position]
    /// For each exposure, by its id, the id of its position. An exposure that came after the clustering has none.
    let ofExposure: [Int64: Int]

    /// The centres at the places of their ids; not finite if a position is not in use.
    var centersByID: [Vector2] {
        var centers = [Vector2](repeating: Vector2(.nan, .nan), count: (positions.last?.id ?? -1) + 1)
        for position in positions { centers[position.id] = position.center }
        return centers
    }
}

extension PlottedPositions {
    /// Reads the positions; nil if the session has none.
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
