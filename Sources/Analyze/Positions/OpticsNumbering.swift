import EPUCore

/// An optics group with its number, which it keeps.
struct OpticsGroup: Equatable, Sendable {
    let number: Int
    var optics: Optics
    /// The mean beam shift of its position, beam-shift units.
    var center: Vector2
    /// The node of its position; nil: without AFIS, or where the holes lie on no lattice.
    var node: FoilLattice.Site?
    /// In a group that is a cluster, the greatest distance of two exposures, beam-shift units; nil: it is one position of the
    /// beam.
    var tolerance: Double?
}

/// The exposures at one position of the beam, under the same optics.
struct OpticsSite: Sendable {
    let optics: Optics
    /// The mean beam shift, beam-shift units.
    let center: Vector2
    /// The node of the position; nil: without AFIS, or where the holes lie on no lattice.
    let node: FoilLattice.Site?
    /// The tolerance as in `OpticsGroup`, beam-shift units.
    var tolerance: Double?
    /// The exposures in time order.
    let exposures: [(exposureID: Int64, acquired: Timestamp)]
}

extension OpticsGroup {
    init(_ number: Int, at site: OpticsSite) {
        self.init(
            number: number, optics: site.optics, center: site.center, node: site.node, tolerance: site.tolerance)
    }
}

/// Gives the exposures of a session numbers of optics groups, and changes none that was given.
///
/// Sites are found again when a session has grown, and may then have another name or be divided in another way. So a site takes
/// the group that most of its exposures have, and no two sites take one group: if a first, coarse site were split, its group
/// would otherwise spread to all of its parts.
struct OpticsNumbering {
    /// All groups of the session, by number.
    private(set) var groups: [OpticsGroup]
    /// The number of each exposure that had none before.
    private(set) var added: [Int64: Int] = [:]

    /// The greatest distance, as a part of the pitch, at which a site takes a group that has lost its exposures.
    private static let greatestDistance = 0.3

    /// - Parameters:
    ///   - known: the groups of the session.
    ///   - numbers: the numbers of the exposures that have one.
    ///   - pitch: the distance of neighbouring positions under the same optics, beam-shift units.
    init(
        _ sites: [OpticsSite], known: [OpticsGroup], numbers: [Int64: Int],
        pitch: (Optics) -> Double? = { _ in nil }
    ) {
        groups = known.sorted { $0.number < $1.number }
        var groupOfSite = Self.majorities(sites, numbers)
        // These groups have no exposures, for example those of files that were replaced.
        var empty = Set(known.map(\.number)).subtracting(numbers.values)
        for (index, site) in sites.enumerated() where groupOfSite[index] == nil {
            let limit =
                site.tolerance ?? (site.node == nil ? .infinity : Self.greatestDistance * (pitch(site.optics) ?? 0))
            let near = groups.filter { group in
                empty.contains(group.number) && group.optics == site.optics
                    && (group.node == nil) == (site.node == nil)
                    && (group.tolerance == nil) == (site.tolerance == nil)
                    && group.center.distance(to: site.center) < limit
            }
            let nearest = near.min { $0.center.distance(to: site.center) < $1.center.distance(to: site.center) }
            groupOfSite[index] = nearest?.number
            if let nearest { empty.remove(nearest.number) }
        }
        let fresh = sites.map { site in site.exposures.filter { numbers[$0.exposureID] == nil } }
        let new = sites.indices.filter { groupOfSite[$0] == nil && !fresh[$0].isEmpty }.sorted {
            (fresh[$0][0].acquired, fresh[$0][0].exposureID) < (fresh[$1][0].acquired, fresh[$1][0].exposureID)
        }
        for index in new { groupOfSite[index] = number(sites[index]) }
        for (index, site) in sites.enumerated() {
            guard let number = groupOfSite[index] else { continue }
            if let place = groups.firstIndex(where: { $0.number == number }) {
                groups[place] = OpticsGroup(number, at: site)
            }
            for exposure in fresh[index] { added[exposure.exposureID] = number }
        }
    }

    private mutating func number(_ site: OpticsSite) -> Int {
        let number = (groups.last?.number ?? 0) + 1
        groups.append(OpticsGroup(number, at: site))
        return number
    }

    /// For each site, the group that most of its exposures have. If several sites have the same one, the site with more of its
    /// exposures gets it.
    private static func majorities(_ sites: [OpticsSite], _ numbers: [Int64: Int]) -> [Int?] {
        var claims: [(count: Int, number: Int, site: Int)] = []
        for (index, site) in sites.enumerated() {
            let counts = site.exposures.reduce(into: [Int: Int]()) { counts, exposure in
                if let number = numbers[exposure.exposureID] { counts[number, default: 0] += 1 }
            }
            claims += counts.map { ($0.value, $0.key, index) }
        }
        claims.sort { ($1.count, $0.number, $0.site) < ($0.count, $1.number, $1.site) }
        var groups = [Int?](repeating: nil, count: sites.count)
        var taken: Set<Int> = []
        for claim in claims where groups[claim.site] == nil && !taken.contains(claim.number) {
            groups[claim.site] = claim.number
            taken.insert(claim.number)
        }
        return groups
    }
}
