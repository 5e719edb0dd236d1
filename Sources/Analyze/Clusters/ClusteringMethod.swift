import ArgumentParser

/// How `epu-analyze clusters` finds clusters, by the name that the archive stores.
enum ClusteringMethod: String, ExpressibleByArgument, CaseIterable {
    case kmeans, hierarchical
}
