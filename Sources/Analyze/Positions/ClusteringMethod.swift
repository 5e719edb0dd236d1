import ArgumentParser

/// How `epu-analyze clusters` finds clusters, by the name that the archive stores.
enum ClusteringMethod: String, ExpressibleByArgument, CaseIterable {
    /// The method that finds the positions of AFIS, for which no number of clusters is asked.
    case lattice
    case kmeans, hierarchical
}
