import EPUCore

/// Says why two exposures overlap, from what EPU meant to shoot, from where, and where its aims lay.
///
/// What went wrong with the later exposure comes first, then what went wrong with the earlier one:
/// - sessions differ: `across-sessions`
/// - one hole, two areas of one pass through the template, aimed at one centre: `by-design`; at two: `unexplained` within a
///   visit, else `neighbour`
/// - one hole in two passes, the same area again: `same-area`; another area: `neighbour`
/// - one hole under two ids, as the hole map has them, on one site: `same-area`; beside it: `neighbour`
/// - a cluster that was shot while the stage stood where it was: `unmoved-stage`
/// - different holes on one site of the foil: `wrong-centre`; beside it: `neighbour`
///
/// When the rules give another cause than before, they get another `OverlapCause.rulesVersion`.
struct CauseRules {
    let exposures: [SessionExposure]
    let visits: Visits
    let centres: HoleCentres
    let identity: HoleIdentity
    let clusters: HoleClusters
    let comparison: ExposureComparison

    /// - Parameters: the indices of the two exposures in time order, and their distance in um.
    func cause(earlier: Int, later: Int, distance: Double) -> OverlapCause {
        let (a, b) = (exposures[earlier], exposures[later])
        guard a.sessionID == b.sessionID else { return .acrossSessions }
        if a.foilHole == b.foilHole {
            if visits.pass[earlier] == visits.pass[later] {
                if isOneAim(earlier, later, centres) { return .byDesign }
                return visits.visit[earlier] == visits.visit[later] ? .unexplained : .neighbour
            }
            return a.area == b.area ? .sameArea : .neighbour
        }
        let aims =
            comparison.isKnown(earlier, later)
            ? centres.distance(earlier, later)
            : centres.leastDistance(
                earlier, later, stages: (a.stage, b.stage), scaleMargin: ExposureComparison.scaleMargin)
        let isOnSite = (aims ?? distance) <= HoleClusters.siteTolerance
        if identity.isSame(a, b) { return isOnSite ? .sameArea : .neighbour }
        let (first, second) = (clusters.clusters[clusters.cluster[earlier]], clusters.clusters[clusters.cluster[later]])
        if second.isUnmoved || (first.isUnmoved && !second.isMisplaced) { return .unmovedStage }
        return isOnSite ? .wrongCentre : .neighbour
    }

    /// Whether two exposures overlap because the template has them so.
    func isByDesign(earlier: Int, later: Int) -> Bool { isByDesign(earlier: earlier, later: later, centres) }

    /// Whether two exposures overlap because the template has them so, with the centres that another matrix gives.
    func isByDesign(earlier: Int, later: Int, _ centres: HoleCentres) -> Bool {
        visits.pass[earlier] == visits.pass[later] && isOneAim(earlier, later, centres)
    }

    /// The cluster that is to blame for an overlap.
    func culprit(earlier: Int, later: Int, _ cause: OverlapCause) -> Int {
        let (first, second) = (clusters.cluster[earlier], clusters.cluster[later])
        guard cause.blamesMisplacedCluster else { return second }
        func isWrong(_ cluster: Int) -> Bool {
            clusters.clusters[cluster].isUnmoved || clusters.clusters[cluster].isMisplaced
        }
        return !isWrong(second) && isWrong(first) ? first : second
    }

    private func isOneAim(_ a: Int, _ b: Int, _ centres: HoleCentres) -> Bool {
        exposures[a].area != exposures[b].area
            && centres.distance(a, b).map { $0 <= HoleClusters.siteTolerance } ?? false
    }
}
