import EPUCore

/// The clusters of foil holes that a session was shot in, each after one centring, and which of them went wrong.
///
/// One cluster ends and the next begins where the stage moves to another stop, where a hole image of another hole comes
/// between two exposures, or where a hole lands on the site of another that the cluster has shot already. In the last two
/// cases, with the stage where it was, the stage did not move: the new cluster was shot on the old one's holes.
///
/// Where holes of different clusters, shot from different stops, lie on one site, a centre was wrong; `MisplacedClusters` says
/// which cluster's.
struct HoleClusters {
    struct Cluster {
        let sessionID: Int64
        /// The number of the cluster within its session, from 0 in time order.
        let number: Int
        /// The stage stop, as `Visits` numbers them.
        let stop: Int
        /// The indices of the first and the last exposure.
        var first: Int
        var last: Int
        /// The hole that was centred, as a hole image shows; nil: not known.
        let centredHole: Int64?
        /// Whether the stage should have moved, and did not.
        var isUnmoved = false
        /// Whether the cluster was shot about a wrong centre, as far as one can tell.
        var isMisplaced = false
    }

    private(set) var clusters: [Cluster] = []
    /// The cluster of each exposure.
    private(set) var cluster = IndexColumn()

    /// The distance of two aims, um, up to which they are at one site of the foil: centring is good to 0.04, a calibration over
    /// stage stops to 0.06 each, and the pitch of a foil is 0.6 at least.
    static let siteTolerance = 0.2
    /// The distance of two read-backs, um, up to which the stage did not move: read-backs jitter by 1 to 2 nm and drift by up to
    /// 13.
    static let unmovedTolerance = 0.05

    /// The cost in time is proportional to the exposures, and to the pairs of holes on one site; that in memory to the exposures.
    /// - Parameters:
    ///   - exposures: the exposures in time order.
    ///   - isComparable: whether the distance of two exposures is known.
    init(
        _ exposures: [SessionExposure], visits: Visits, centres: HoleCentres, identity: HoleIdentity,
        images: CentringImages, isComparable: (Int, Int) -> Bool
    ) {
        var images = images
        var current: [Int64: Int] = [:]
        var sites = ShotSites()
        // These are pairs of two different holes on one site from different stops; for each visit the nearest earlier one only.
        var collisions: [(earlier: Int, later: Int)] = []
        cluster.reserveCapacity(exposures.count)
        for (index, exposure) in exposures.enumerated() {
            add(index, exposures, visits, images.centring(before: exposure), &current)
            let isFirstOfVisit = sites.isNew(visits.visit[index])
            guard isFirstOfVisit else { continue }
            let own = cluster[index]
            var nearest: (exposure: Int, distance: Double)?
            var isTaken = false
            sites.forEach(near: centres.centre[index]) { other, distance in
                guard centres.frame[other] == centres.frame[index], exposures[other].sessionID == exposure.sessionID,
                    isComparable(other, index), !identity.isSame(exposures[other], exposure)
                else { return }
                if visits.stop[other] == visits.stop[index] {
                    if cluster[other] == own { isTaken = true }
                } else if distance < nearest?.distance ?? .infinity, !clusters[cluster[other]].isUnmoved {
                    nearest = (other, distance)
                }
            }
            sites.add(index, at: centres.centre[index])
            if isTaken { split(own, at: index, exposures, &current) }
            if let nearest { collisions.append((nearest.exposure, index)) }
        }
        let pairs = collisions.map { (cluster[$0.earlier], cluster[$0.later]) }
            .filter { $0 != $1 && !clusters[$0].isUnmoved && !clusters[$1].isUnmoved }
        for number in MisplacedClusters.explaining(pairs) { clusters[number].isMisplaced = true }
    }

    /// Puts an exposure into its session's open cluster, or begins the next one with it.
    private mutating func add(
        _ index: Int, _ exposures: [SessionExposure], _ visits: Visits, _ centring: CentringImages.LastCentring?,
        _ current: inout [Int64: Int]
    ) {
        if let open = current[exposures[index].sessionID], clusters[open].stop == visits.stop[index] {
            let before = clusters[open].centredHole
            guard let centring, let before, centring.foilHole != before else {
                cluster.append(open)
                clusters[open].last = index
                return
            }
        }
        begin(index, exposures, visits, centring, &current)
    }

    private mutating func begin(
        _ index: Int, _ exposures: [SessionExposure], _ visits: Visits,
        _ centring: CentringImages.LastCentring?, _ current: inout [Int64: Int]
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
}

/// The first exposure of each visit to a hole, found by the place of its aim.
private struct ShotSites {
    private var grid = PositionGrid(reach: HoleClusters.siteTolerance)
    private var exposures: [Int] = []
    /// The number of visits so far; they are numbered as they begin.
    private var visits = 0

    /// Whether a visit begins here.
    mutating func isNew(_ visit: Int) -> Bool {
        defer { visits = max(visits, visit + 1) }
        return visit >= visits
    }

    mutating func add(_ exposure: Int, at centre: Vector2) {
        grid.append(centre)
        exposures.append(exposure)
    }

    func forEach(near centre: Vector2, _ body: (_ exposure: Int, _ distance: Double) -> Void) {
        grid.forEach(within: HoleClusters.siteTolerance, of: centre) { body(exposures[$0], $1) }
    }
}
