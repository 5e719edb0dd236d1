import EPUArchive
import EPUCore

/// Clusters beam shifts of a session into as many clusters as are asked for.
struct ClusterSearch {
    let clusters: Int
    let method: ClusteringMethod
    /// The greatest number of iterations of one start of k-means.
    let maximumIterations: Int
    /// The number of starts of k-means.
    let initializations: Int

    /// How many points of a session complete linkage takes as they are. Its time and memory grow with the square: 100 MB and a
    /// second.
    private static let greatestExactCount = 5000

    /// - Throws: `Failure` where a session has fewer exposures than clusters.
    func check(_ exposures: Int, of session: SessionRow) throws {
        guard exposures < clusters else { return }
        throw Failure(
            "\(session.name) has \(counted(exposures, "exposure")), too few for \(clusters) clusters. "
                + "Ask for fewer --clusters, or choose sessions with --session.")
    }

    /// - Returns: the clusters, and a sentence where points had to be joined before; nil: they were taken as they are.
    func clustering(_ points: [Vector2], of session: SessionRow) throws -> (result: Clustering, note: String?) {
        switch method {
        case .lattice, .kmeans:
            let means = KMeans(
                clusters: clusters, maximumIterations: maximumIterations, initializations: initializations)
            return (means.cluster(points), nil)
        case .hierarchical: return try hierarchical(points, of: session)
        }
    }

    /// Clusters by complete linkage, with points joined to groups where the exposures are too many.
    private func hierarchical(_ points: [Vector2], of session: SessionRow) throws -> (Clustering, String?) {
        let linkage = CompleteLinkage(clusters: clusters)
        guard points.count > Self.greatestExactCount else {
            return (Clustering(points, membership: linkage.membership(of: points)), nil)
        }
        let groups = TinyGroups(points, limit: Self.greatestExactCount)
        guard groups.means.count >= clusters else {
            throw Failure(
                "\(session.name): hierarchical clustering joins its \(points.count) exposures to "
                    + "\(counted(groups.means.count, "group")) first, too few for \(clusters) clusters. "
                    + "Ask for fewer --clusters, or for --method kmeans.")
        }
        let ofGroup = linkage.membership(of: groups.means)
        return (
            Clustering(points, membership: groups.membership.map { ofGroup[$0] }),
            "\(session.name): \(points.count) exposures were joined to \(groups.means.count) groups, "
                + "\(groups.side.text(significant: 2)) units wide, before clustering."
        )
    }
}
