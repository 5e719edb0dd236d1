import EPUShared
import GRDB

/// The beam shifts of one session's exposures, and the clusters found in them.
struct ClusterStore {
    let session: SessionRow

    /// In time order.
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
        let clusters = result.centers.count
        try db.execute(
            sql: "DELETE FROM beam_shift_clustering WHERE session_id = ? AND method = ? AND clusters = ?",
            arguments: [session.sessionID, method, clusters])
        try db.execute(
            sql: """
                INSERT INTO beam_shift_clustering (session_id, method, clusters, squared_distance, created_at)
                VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [session.sessionID, method, clusters, result.squaredDistance, time.archiveText])
        let clusteringID = db.lastInsertedRowID
        let sizes = result.membership.reduce(into: [Int](repeating: 0, count: clusters)) { $0[$1] += 1 }
        for (cluster, center) in result.centers.enumerated() {
            try db.cachedStatement(sql: "INSERT INTO beam_shift_cluster VALUES (?, ?, ?, ?, ?, NULL, NULL)")
                .execute(arguments: [clusteringID, cluster, center.x, center.y, sizes[cluster]])
        }
        let insert = try db.cachedStatement(sql: "INSERT INTO beam_shift_cluster_member VALUES (?, ?, ?)")
        for (exposureID, cluster) in zip(exposureIDs, result.membership).sorted(by: { $0.0 < $1.0 }) {
            try insert.execute(arguments: [clusteringID, exposureID, cluster])
        }
    }
}
