import EPUShared

/// The clusters of foil holes that a session was shot in, each after one centring, and which of them went wrong.
///
/// One cluster ends and the next begins where the stage moves to another stop, where a hole image of another hole comes
/// between two exposures, or where a hole lands on the site of another that the cluster has shot already. In the last two
/// cases, with the stage where it was, the stage did not move: the new cluster was shot on the old one's holes.
///
/// Holes of different clusters, shot from different stops, that lie on one site tell of a wrong centre. The clusters that
/// explain all such pairs are sought greedily, that with the most pairs first (of equals the later one): a vertex cover
/// (Johnson 1974, J. Comput. Syst. Sci. 9, 256), which one misplaced cluster among sound ones always is.
struct HoleClusters {
    struct Cluster {
        let sessionID: Int64
        /// Within its session, from 0 in time order.
        let number: Int
        /// Of `Visits`.
        let stop: Int
        /// Indices of exposures.
        var first: Int
        var last: Int
        /// By a hole image; nil: not known.
        let centredHole: Int64?
        /// The stage was to move, and did not.
        var isUnmoved = false
        /// Shot about a wrong centre, as far as one can tell.
        var isMisplaced = false
    }

    private(set) var clusters: [Cluster] = []
    /// The cluster of each exposure.
    private(set) var cluster: [Int] = []

    /// Two aims this close are one site of the foil, um: centring is good to 0.04, a calibration over stage stops to
    /// 0.06 each, and the pitch of a foil is 0.6 at least.
    static let siteTolerance = 0.2
    /// The stage is where it was, um: read-backs jitter by 1 to 2 nm and drift by up to 13.
    static let unmovedTolerance = 0.05

    /// - Parameters:
    ///   - exposures: in time order.
    ///   - isComparable: whether the distance of two exposures is known.
    /// Costs time in proportion to the exposures, and to the pairs of holes on one site; memory to the exposures.
    init(
        _ exposures: [SessionExposure], visits: Visits, centres: HoleCentres, identity: HoleIdentity,
        images: CentringImages, isComparable: (Int, Int) -> Bool
    ) {
        var images = images
        var current: [Int64: Int] = [:]
        var sites = PositionGrid(reach: Self.siteTolerance)
        // The first exposure of each visit, in the order of the grid.
        var firstOfVisit: [Int] = []
        var isSeen = [Bool](repeating: false, count: visits.visits)
        // Of two different holes on one site from different stops; for each visit the nearest earlier one only.
        var collisions: [(earlier: Int, later: Int)] = []
        cluster.reserveCapacity(exposures.count)

        for (index, exposure) in exposures.enumerated() {
            let centring = images.centring(before: exposure)
            let open = current[exposure.sessionID]
            if let open, clusters[open].stop == visits.stop[index] {
                if let centring, let before = clusters[open].centredHole, centring.foilHole != before {
                    begin(index, exposures, visits, centring, &current)
                } else {
                    continueCluster(open, with: index)
                }
            } else {
                begin(index, exposures, visits, centring, &current)
            }

            guard !isSeen[visits.visit[index]] else { continue }
            isSeen[visits.visit[index]] = true
            var nearest: (first: Int, distance: Double)?
            var isTaken = false
            let own = cluster[index]
            sites.forEach(within: Self.siteTolerance, of: centres.centre[index]) { place, distance in
                let other = firstOfVisit[place]
                guard centres.frame[other] == centres.frame[index], isComparable(other, index),
                    exposures[other].sessionID == exposure.sessionID
                else { return }
                if visits.stop[other] == visits.stop[index] {
                    if cluster[other] == own, !identity.isSame(exposures[other], exposure) { isTaken = true }
                } else if distance < nearest?.distance ?? .infinity, !clusters[cluster[other]].isUnmoved,
                    !identity.isSame(exposures[other], exposure)
                {
                    nearest = (other, distance)
                }
            }
            sites.append(centres.centre[index])
            firstOfVisit.append(index)
            if isTaken { split(own, at: index, exposures, &current) }
            if let nearest { collisions.append((nearest.first, index)) }
        }
        findMisplaced(collisions)
    }

    private mutating func begin(
        _ index: Int, _ exposures: [SessionExposure], _ visits: Visits,
        _ centring: CentringImages.Centring?, _ current: inout [Int64: Int]
    ) {
        let exposure = exposures[index]
        let before = current[exposure.sessionID]
        var next = Cluster(
            sessionID: exposure.sessionID, number: before.map { clusters[$0].number + 1 } ?? 0,
            stop: visits.stop[index], first: index, last: index, centredHole: centring?.foilHole)
        if let before, clusters[before].stop == visits.stop[index] {
            next.isUnmoved =
                centring?.stageMoved != true
                && exposures[clusters[before].last].stage.distance(to: exposure.stage) <= Self.unmovedTolerance
        }
        current[exposure.sessionID] = clusters.count
        cluster.append(clusters.count)
        clusters.append(next)
    }

    private mutating func continueCluster(_ open: Int, with index: Int) {
        cluster.append(open)
        clusters[open].last = index
    }

    /// Begins a new cluster within `open`, whose last exposure is `index`, at the longest pause up to there: that is where a
    /// centring was.
    private mutating func split(
        _ open: Int, at index: Int, _ exposures: [SessionExposure], _ current: inout [Int64: Int]
    ) {
        let session = exposures[index].sessionID
        var start = index
        var before = index
        var longest = -1.0
        var later = index
        for earlier in stride(from: index - 1, through: clusters[open].first, by: -1)
        where exposures[earlier].sessionID == session {
            let pause = exposures[later].acquired.seconds(since: exposures[earlier].acquired)
            if pause > longest { (longest, start, before) = (pause, later, earlier) }
            later = earlier
        }
        guard start != clusters[open].first else { return }
        var next = Cluster(
            sessionID: session, number: clusters[open].number + 1, stop: clusters[open].stop, first: start, last: index,
            centredHole: nil)
        next.isUnmoved = exposures[before].stage.distance(to: exposures[start].stage) <= Self.unmovedTolerance
        clusters[open].last = before
        for member in start...index where cluster[member] == open { cluster[member] = clusters.count }
        current[session] = clusters.count
        clusters.append(next)
    }

    // MARK: - Wrong centres

    private mutating func findMisplaced(_ collisions: [(earlier: Int, later: Int)]) {
        var others: [Int: [Int: Int]] = [:]
        var degree: [Int: Int] = [:]
        for (earlier, later) in collisions {
            let (a, b) = (cluster[earlier], cluster[later])
            guard a != b, !clusters[a].isUnmoved, !clusters[b].isUnmoved else { continue }
            others[a, default: [:]][b, default: 0] += 1
            others[b, default: [:]][a, default: 0] += 1
            degree[a, default: 0] += 1
            degree[b, default: 0] += 1
        }
        // Clusters by their number of pairs; one that has lost some meanwhile is put where it belongs when its turn comes.
        var byDegree: [[Int]] = []
        for (number, count) in degree.sorted(by: { $0.key < $1.key }) {
            while byDegree.count <= count { byDegree.append([]) }
            byDegree[count].append(number)
        }
        while let top = byDegree.last {
            guard let number = top.last else {
                byDegree.removeLast()
                continue
            }
            byDegree[byDegree.count - 1].removeLast()
            let left = degree[number] ?? 0
            guard left == byDegree.count - 1 else {
                if left > 0 {
                    byDegree[left].insert(number, at: Self.place(of: number, in: byDegree[left]))
                }
                continue
            }
            guard left > 0 else { break }
            clusters[number].isMisplaced = true
            degree[number] = 0
            for (other, count) in others[number] ?? [:] {
                degree[other, default: 0] -= count
                others[other]?[number] = nil
            }
            others[number] = nil
        }
    }
    /// Where a number belongs in an ascending list, by bisection.
    private static func place(of number: Int, in list: [Int]) -> Int {
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if list[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
