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
        // The members of a site follow each other, from the last to the first.
        var last = [Int](repeating: -1, count: sites.first.count)
        var previous = [Int](repeating: -1, count: placed.count)
        for (place, site) in sites.number.enumerated() {
            previous[place] = last[Int(site)]
            last[Int(site)] = place
        }
        var (all, met) = ([Int](repeating: 0, count: problem.stops), [Int](repeating: 0, count: problem.stops))
        for (place, index) in placed.enumerated() {
            let (stop, hole) = (problem.stop[index], problem.hole[index])
            all[stop] += 1
            var other = last[Int(sites.number[place])]
            while other >= 0 {
                if problem.stop[placed[other]] != stop, problem.hole[placed[other]] != hole {
                    met[stop] += 1
                    break
                }
                other = previous[other]
            }
        }
        return zip(all, met).map { $0 > 0 && 2 * $1 >= $0 }
    }
}
