import EPUArchive
import EPUCore

/// The beam-shift positions that reports show of a session, from the latest clustering by the foil's lattice, in SQL.
enum LatestClustering {
    /// A query for the id of the clustering.
    /// - Parameter session: the column or parameter that has the session's id.
    static func sql(of session: String) -> String {
        """
        SELECT clustering_id FROM beam_shift_clustering
        WHERE session_id = \(session) AND method = \(ClusteringMethod.lattice.sql)
        ORDER BY created_at DESC, clustering_id DESC LIMIT 1
        """
    }
}
