import EPUArchive
import EPUCore
import GRDB

/// The beam shifts of one session's exposures, and the clusters found in them.
struct ClusterStore {
    let session: SessionRow

    /// The beam shifts in time order, beam-shift units.
    func beamShifts(_ db: Database) throws -> [(exposureID: Int64, beamShift: Vector2)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT exposure_id, beam_shift_x, beam_shift_y FROM exposure WHERE session_id = ?
                ORDER BY acquired_at, name, exposure_id
                """,
            arguments: [session.sessionID]
        ).map { ($0["exposure_id"], Vector2($0["beam_shift_x"], $0["beam_shift_y"])) }
    }

    /// Replaces an earlier clustering of the same method and number of clusters.
    func store(_ result: Clustering, of exposureIDs: [Int64], method: String, at time: Timestamp, _ db: Database)
        throws
    {
        let sizes = result.membership.reduce(into: [Int](repeating: 0, count: result.centers.count)) { $0[$1] += 1 }
        try store(
            method, result.squaredDistance, at: time,
            clusters: result.centers.enumerated().map { Cluster(id: $0, center: $1, exposures: sizes[$0]) },
            members: zip(exposureIDs, result.membership).map { (exposureID: $0, cluster: $1) }, db)
    }

    /// Replaces the positions that were found before, however many there were.
    func replace(_ positions: BeamShiftPositions, of exposureIDs: [Int64], at time: Timestamp, _ db: Database) throws {
        try db.execute(
            sql: "DELETE FROM beam_shift_clustering WHERE session_id = ? AND method = \(ClusteringMethod.lattice.sql)",
            arguments: [session.sessionID])
        try store(
            ClusteringMethod.lattice.rawValue, positions.squaredDistance, at: time,
            clusters: positions.positions.map {
                Cluster(id: $0.id, center: $0.center, exposures: $0.exposures, node: $0.node)
            },
            members: zip(exposureIDs, positions.membership).map { (exposureID: $0, cluster: $1) }, db)
    }

    private struct Cluster {
        let id: Int
        let center: Vector2
        let exposures: Int
        var node: FoilLattice.Site?
    }

    private func store(
        _ method: String, _ squaredDistance: Double, at time: Timestamp, clusters: [Cluster],
        members: [(exposureID: Int64, cluster: Int)], _ db: Database
    ) throws {
        try db.execute(
            sql: "DELETE FROM beam_shift_clustering WHERE session_id = ? AND method = ? AND clusters = ?",
            arguments: [session.sessionID, method, clusters.count])
        try db.execute(
            sql: """
                INSERT INTO beam_shift_clustering (session_id, method, clusters, squared_distance, created_at)
                VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [session.sessionID, method, clusters.count, squaredDistance, time.archiveText])
        let clusteringID = db.lastInsertedRowID
        for cluster in clusters {
            try db.cachedStatement(
                sql: """
                    INSERT INTO beam_shift_cluster
                        (clustering_id, cluster, center_x, center_y, exposures, lattice_i, lattice_j)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """
            )
            .execute(arguments: [
                clusteringID, cluster.id, cluster.center.x, cluster.center.y, cluster.exposures, cluster.node?.i,
                cluster.node?.j,
            ])
        }
        var insert = try RowBatch(
            db, "INSERT INTO beam_shift_cluster_member (clustering_id, exposure_id, cluster)", columns: 3)
        for (exposureID, cluster) in members.sorted(by: { $0.exposureID < $1.exposureID }) {
            insert.bind(clusteringID)
            insert.bind(exposureID)
            insert.bind(Int64(cluster))
            try insert.endRow()
        }
        try insert.finish()
    }
}
