import ArgumentParser

/// How `epu-analyze clusters` finds clusters, by the name that the archive stores.
enum ClusteringMethod: String, ExpressibleByArgument, CaseIterable {
    /// The positions of AFIS: no number is asked for.
    case lattice
    case kmeans, hierarchical
}
