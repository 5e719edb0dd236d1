import EPUCore

/// The template's share of the beam shift, area by area.
///
/// EPU adds the shift to an area of the template to the shift to the hole, exactly (to 1e-8 units in real files), so that the
/// difference of two areas is the same in all holes. A template that was drawn again has areas that never share a visit with
/// those before: they are a component of their own, whose constant is not known.
struct TemplateAreas: Sendable {
    /// The place of each area in beam shift, each component around its own mean, beam-shift units.
    private(set) var areas: [Int64: Vector2] = [:]
    /// The component that an area belongs to.
    private(set) var component: [Int64: Int] = [:]

    /// - Parameters:
    ///   - indices: those of the exposures of one session and condition, in time order. The cost is proportional to their number.
    ///   - visitOfExposure: the visit of each exposure, numbered from 0.
    init(_ exposures: [SessionExposure], _ indices: some Collection<Int>, visitOfExposure: IndexColumn) {
        let members = Self.members(of: indices, visitOfExposure).filter { !$0.isEmpty }
        let counts = indices.reduce(into: [Int64: Int]()) { $0[exposures[$1].area, default: 0] += 1 }
        let byCount = counts.keys.sorted { (counts[$1] ?? 0, $0) < (counts[$0] ?? 0, $1) }
        // The template's parts are areas that are linked by visits. A session may have one for each hole.
        var parts = DisjointSets(byCount)
        for visit in members {
            for index in visit.dropFirst() { parts.join(exposures[visit[0]].area, exposures[index].area) }
        }
        let areasOfPart = Dictionary(grouping: byCount) { parts.representative($0) }
        let visitsOfPart = Dictionary(grouping: members) { parts.representative(exposures[$0[0]].area) }
        for area in byCount where areas[area] == nil {
            let part = parts.representative(area)
            let number = component.count
            areas[area] = .zero
            component[area] = number
            while placeNext(of: number, exposures, visitsOfPart[part] ?? []) {}
            let own = areasOfPart[part] ?? []
            let mean = own.map { areas[$0] ?? .zero }.mean
            for area in own { areas[area] = (areas[area] ?? .zero) - mean }
        }
    }

    /// Places the areas that share a visit with placed ones; false where there are none.
    private mutating func placeNext(of number: Int, _ exposures: [SessionExposure], _ members: [[Int]]) -> Bool {
        var samples: [Int64: [Vector2]] = [:]
        for visit in members {
            var sum = Vector2.zero
            var placed = 0
            for index in visit {
                guard component[exposures[index].area] == number, let area = areas[exposures[index].area] else {
                    continue
                }
                sum = sum + exposures[index].beamShift - area
                placed += 1
            }
            guard placed > 0, placed < visit.count else { continue }
            for index in visit where areas[exposures[index].area] == nil {
                guard samples[exposures[index].area, default: []].count < Self.mostSamples else { continue }
                samples[exposures[index].area, default: []].append(
                    exposures[index].beamShift - 1 / Double(placed) * sum)
            }
        }
        for (area, values) in samples {
            areas[area] = Vector2(values.map(\.x).median, values.map(\.y).median)
            component[area] = number
        }
        return !samples.isEmpty
    }

    /// The greatest number of samples: they agree to 1e-8, so a few tell enough, also where some are of another template.
    private static let mostSamples = 501

    /// The exposures of each visit.
    static func members(of exposures: some Collection<Int>, _ visit: IndexColumn) -> [[Int]] {
        var members = [[Int]](repeating: [], count: (exposures.lazy.map { visit[$0] }.max() ?? -1) + 1)
        for exposure in exposures { members[visit[exposure]].append(exposure) }
        return members
    }
}

/// Which of some ids belong together (union-find with path halving).
private struct DisjointSets {
    private var parent: [Int64: Int64]

    init(_ ids: [Int64]) { parent = Dictionary(uniqueKeysWithValues: ids.map { ($0, $0) }) }

    mutating func representative(_ id: Int64) -> Int64 {
        var id = id
        while let above = parent[id], above != id {
            parent[id] = parent[above]
            id = above
        }
        return id
    }

    mutating func join(_ a: Int64, _ b: Int64) {
        let (a, b) = (representative(a), representative(b))
        if a != b { parent[max(a, b)] = min(a, b) }
    }
}
