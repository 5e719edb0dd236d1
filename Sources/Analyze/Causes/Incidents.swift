import EPUCore

/// An exposure that was found overexposed, with its nearest earlier exposure.
struct Overexposure {
    /// The indices of the exposure and of the nearest earlier one.
    let exposure: Int
    let nearest: Int
    /// The distance of the two, um.
    let distance: Double
    let cause: OverlapCause
    /// The number of pairs with earlier exposures that count.
    let pairs: Int
    /// The probability of the most certain pair; nil: not known.
    var probability: Double?
    /// The dose that its field had received before, electrons per square Angstrom; nil: not known.
    var doseBefore: Double?
}

/// What went wrong at the microscope once, and the micrographs that it cost.
struct Incident {
    var cause: OverlapCause
    /// The indices of the first and the last cluster in time.
    var clusters: ClosedRange<Int>
    var clusterCount: Int
    /// The indices of the first and the last exposure that were shot wrongly.
    var exposures: ClosedRange<Int>
    /// The micrographs that it cost, as indices into the overexposures.
    var lost: [Int]
}

extension Incident {
    /// Groups overexposures by the cluster of holes that is to blame, and clusters that follow each other in their session
    /// with one cause: a stage that stood still for an hour, or a session that was restarted, is one incident.
    /// - Returns: incidents in time order, and the incident of each overexposure, an index.
    static func grouped(_ overexposures: [Overexposure], by rules: CauseRules) -> (incidents: [Incident], of: [Int]) {
        let clusters = rules.clusters.clusters
        let byCluster = Dictionary(grouping: overexposures.indices) { index in
            let found = overexposures[index]
            return rules.culprit(earlier: found.nearest, later: found.exposure, found.cause)
        }
        var incidents: [Incident] = []
        // This is the last incident of each session.
        var open: [Int64: Int] = [:]
        for (cluster, lost) in byCluster.sorted(by: { clusters[$0.key].first < clusters[$1.key].first }) {
            let cause = commonest(lost.map { overexposures[$0].cause })
            let wrong = exposuresToBlame(in: cluster, lost.map { overexposures[$0] }, rules)
            let session = clusters[cluster].sessionID
            if let last = open[session], incidents[last].cause == cause, cause.joinsClusters,
                clusters[incidents[last].clusters.upperBound].number + 1 == clusters[cluster].number
            {
                incidents[last].clusters = incidents[last].clusters.lowerBound...cluster
                incidents[last].clusterCount += 1
                incidents[last].exposures = incidents[last].exposures.lowerBound...wrong.upperBound
                incidents[last].lost += lost
            } else {
                open[session] = incidents.count
                incidents.append(
                    Incident(
                        cause: cause, clusters: cluster...cluster, clusterCount: 1, exposures: wrong, lost: lost))
            }
        }
        var incidentOf = [Int](repeating: 0, count: overexposures.count)
        for (number, incident) in incidents.enumerated() {
            for index in incident.lost { incidentOf[index] = number }
        }
        return (incidents, incidentOf)
    }

    /// The exposures that were shot wrongly: for a cluster, from its first to its last. One that hit nothing but its own earlier
    /// exposures, for example a hole that was shot twice with nothing between, was right until it did.
    private static func exposuresToBlame(
        in cluster: Int, _ lost: [Overexposure], _ rules: CauseRules
    ) -> ClosedRange<Int> {
        let clusters = rules.clusters
        let whole = clusters.clusters[cluster].first...clusters.clusters[cluster].last
        guard lost.allSatisfy({ clusters.cluster[$0.nearest] == cluster && clusters.cluster[$0.exposure] == cluster }),
            let first = lost.map(\.exposure).min(), let last = lost.map(\.exposure).max()
        else { return whole }
        return first...last
    }

    /// The commonest cause; of equals the first in the order of `OverlapCause`.
    private static func commonest(_ causes: [OverlapCause]) -> OverlapCause {
        let counts = causes.reduce(into: [OverlapCause: Int]()) { $0[$1, default: 0] += 1 }
        return OverlapCause.allCases.max { counts[$0] ?? 0 < counts[$1] ?? 0 } ?? .unexplained
    }
}
