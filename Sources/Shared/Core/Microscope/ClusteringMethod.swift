/// How clusters of beam shifts were found; the raw values stand in the archive.
public enum ClusteringMethod: String, CaseIterable, Sendable {
    /// The method that finds the positions of AFIS, for which no number of clusters is asked.
    case lattice
    case kmeans, hierarchical
}
