import EPUCore

/// The sites of the lattice that a session's holes lie on, each with a number, in the order of their first holes.
///
/// A table with open addressing: it is made for each matrix that is tried, where a dictionary of arrays takes most of the time.
struct SiteOccupants {
    /// The number of the site of each visit that was given, in the same order.
    private(set) var number: [Int32] = []
    /// For each site, the first visit that lies on it.
    private(set) var first: [Int] = []

    /// - Parameter visits: the visits whose sites are wanted.
    init(_ problem: LatticeProblem, _ fit: LatticeFit, _ visits: some Collection<Int>) {
        var size = 16
        while size < 2 * visits.count { size *= 2 }
        var table = [Int32](repeating: -1, count: size)
        number.reserveCapacity(visits.count)
        for visit in visits {
            let (patch, site) = (problem.patch[visit], fit.sites[visit])
            var place = Self.hash(patch, site) & (size - 1)
            while true {
                let known = table[place]
                if known < 0 {
                    table[place] = Int32(truncatingIfNeeded: first.count)
                    number.append(table[place])
                    first.append(visit)
                    break
                }
                let other = first[Int(known)]
                if fit.sites[other] == site, problem.patch[other] == patch {
                    number.append(known)
                    break
                }
                place = (place + 1) & (size - 1)
            }
        }
    }

    /// Neighbouring sites go to places far from each other: multiplication by an odd number (Knuth 1973), the high bits last.
    private static func hash(_ patch: Int, _ site: FoilLattice.Site) -> Int {
        var value = UInt64(bitPattern: Int64(site.i)) &* 0x9e37_79b9_7f4a_7c15
        value = (value ^ UInt64(bitPattern: Int64(site.j))) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ UInt64(bitPattern: Int64(patch))) &* 0x94d0_49bb_1331_11eb
        return Int(truncatingIfNeeded: value >> 32)
    }

    /// For each stop, whether half of its holes or more lie on sites that hold another hole, shot from another stop.
    /// - Parameter isOnLattice: for each visit, whether its hole lies on the lattice; the others do not count.
    static func meetingOthers(_ problem: LatticeProblem, _ fit: LatticeFit, isOnLattice: [Bool]) -> [Bool] {
        let placed = problem.stop.indices.filter { isOnLattice[$0] }
        let sites = SiteOccupants(problem, fit, placed)
        let witnesses = Witnesses(problem, placed, sites)
        var (all, met) = ([Int](repeating: 0, count: problem.stops), [Int](repeating: 0, count: problem.stops))
        for (place, index) in placed.enumerated() {
            let (stop, hole) = (problem.stop[index], problem.hole[index])
            all[stop] += 1
            if witnesses.hasOther(thanStop: stop, hole: hole, onSite: sites.number[place]) { met[stop] += 1 }
        }
        return zip(all, met).map { $0 > 0 && 2 * $1 >= $0 }
    }
}

/// Of the visits on each site so few that they tell the same as all: whether one of them is of another stop and another hole than
/// one that is asked about. A hole may be repeated on its site as often as there are exposures.
///
/// A visit whose stop two of the kept ones have is not needed: these are of two holes, of which one at least is another than the
/// hole that is asked about. The same holds for a hole that two of them have. So at most four of the kept ones have the stop or the
/// hole that is asked about, and where five are kept, one has neither.
private struct Witnesses {
    private let problem: LatticeProblem
    /// For each site its last witness, and for each witness the one before it: as places in `visits`; -1: none.
    private var last: [Int32]
    private var previous: [Int32] = []
    private var visits: [Int] = []

    private static let enough = 5

    init(_ problem: LatticeProblem, _ placed: [Int], _ sites: SiteOccupants) {
        self.problem = problem
        last = [Int32](repeating: -1, count: sites.first.count)
        for (visit, site) in zip(placed, sites.number) where isNeeded(visit, onSite: site) {
            previous.append(last[Int(site)])
            last[Int(site)] = Int32(clamping: visits.count)
            visits.append(visit)
        }
    }

    private func isNeeded(_ visit: Int, onSite site: Int32) -> Bool {
        var (all, ofStop, ofHole) = (0, 0, 0)
        var place = Int(last[Int(site)])
        while place >= 0 {
            let isSameStop = problem.stop[visits[place]] == problem.stop[visit]
            let isSameHole = problem.hole[visits[place]] == problem.hole[visit]
            if isSameStop, isSameHole { return false }
            all += 1
            if isSameStop { ofStop += 1 }
            if isSameHole { ofHole += 1 }
            place = Int(previous[place])
        }
        return all < Self.enough && ofStop < 2 && ofHole < 2
    }

    /// Whether a visit to a site is of another stop and of another hole.
    func hasOther(thanStop stop: Int, hole: Int64, onSite site: Int32) -> Bool {
        var place = Int(last[Int(site)])
        while place >= 0 {
            if problem.stop[visits[place]] != stop, problem.hole[visits[place]] != hole { return true }
            place = Int(previous[place])
        }
        return false
    }
}
