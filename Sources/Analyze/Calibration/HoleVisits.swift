import EPUShared

/// A pass through the areas of one foil hole from one stage stop.
struct HoleVisit: Sendable {
    let foilHole: Int64
    /// Index of a stop.
    let stop: Int
    /// Index of the patch that shares one origin of the foil's lattice.
    let patch: Int
    /// The hole's part of the beam shift, up to a constant of the template, beam-shift units.
    let beamShift: Vector2
}

struct StageStop: Sendable {
    let gridSquare: Int64?
    /// Mean of the read-backs, um.
    let stage: Vector2
    /// Index of the first exposure.
    let firstExposure: Int
    let exposures: Int
}

/// A session's exposures taken apart: stage stops, visits to holes, and the template's share of the beam shift.
///
/// EPU adds the shift to an area of the template to the shift to the hole, exactly (to 1e-8 units in real files), so that
/// the difference of two areas is the same in all holes. A template that was drawn anew has areas that never share a
/// visit with those before; its constant is not known, and its visits are a patch of their own.
struct HoleVisits: Sendable {
    private(set) var visits: [HoleVisit] = []
    private(set) var stops: [StageStop] = []
    private(set) var patches = 0
    /// The template's areas in beam shift, each component of the template around its own mean, beam-shift units.
    private(set) var areas: [Int64: Vector2] = [:]
    /// The component of the template that an area belongs to.
    private(set) var component: [Int64: Int] = [:]
    /// The visit of each exposure.
    private(set) var visitOfExposure: [Int] = []
    /// The greatest part of a beam shift that area and hole do not explain, beam-shift units.
    private(set) var additivityError = 0.0
    /// The mean beam shift of the visits, and how far the exposures' lie from it at most: beam-shift units.
    private(set) var greatestBeamShift = 0.0

    /// - Parameter exposures: of one session and condition, in time order. Cost in proportion to their number.
    init(_ exposures: [SessionExposure]) {
        let order = Visits(exposures)
        visitOfExposure = order.visit
        separateAreas(exposures)
        gatherStops(exposures, order.stop)
        gatherVisits(exposures, order.stop)
        let mean = exposures.map(\.beamShift).mean
        greatestBeamShift = exposures.map { $0.beamShift.distance(to: mean) }.max() ?? 0
    }

    // MARK: - Areas

    private mutating func separateAreas(_ exposures: [SessionExposure]) {
        let members = Self.members(visitOfExposure)
        let counts = exposures.reduce(into: [Int64: Int]()) { $0[$1.area, default: 0] += 1 }
        let byCount = counts.keys.sorted { (counts[$1] ?? 0, $0) < (counts[$0] ?? 0, $1) }
        // The template's parts: areas that are linked by visits. A session may have one for each hole.
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

    /// They agree to 1e-8: a few tell enough, also where some are of another template.
    private static let mostSamples = 501

    /// The exposures of each visit.
    private static func members(_ visit: [Int]) -> [[Int]] {
        var members = [[Int]](repeating: [], count: (visit.max() ?? -1) + 1)
        for (index, number) in visit.enumerated() { members[number].append(index) }
        return members
    }

    // MARK: - Stops and visits

    private mutating func gatherStops(_ exposures: [SessionExposure], _ stop: [Int]) {
        var sum = Vector2.zero
        var first = 0
        for index in exposures.indices {
            sum = sum + exposures[index].stage
            guard index + 1 == exposures.count || stop[index + 1] != stop[index] else { continue }
            let count = index - first + 1
            stops.append(
                StageStop(
                    gridSquare: exposures[first].gridSquare, stage: 1 / Double(count) * sum, firstExposure: first,
                    exposures: count))
            (sum, first) = (.zero, index + 1)
        }
    }

    private mutating func gatherVisits(_ exposures: [SessionExposure], _ stop: [Int]) {
        struct PatchKey: Hashable {
            let gridSquare: Int64?
            let component: Int
        }
        var patchOfKey: [PatchKey: Int] = [:]
        for members in Self.members(visitOfExposure) {
            let shifts = members.map { exposures[$0].beamShift - (areas[exposures[$0].area] ?? .zero) }
            let hole = shifts.mean
            additivityError = max(additivityError, shifts.map { $0.distance(to: hole) }.max() ?? 0)
            guard let first = members.first else { continue }
            let key = PatchKey(
                gridSquare: exposures[first].gridSquare, component: component[exposures[first].area] ?? 0)
            let patch = patchOfKey[key] ?? patches
            if patch == patches {
                patchOfKey[key] = patch
                patches += 1
            }
            visits.append(
                HoleVisit(foilHole: exposures[first].foilHole, stop: stop[first], patch: patch, beamShift: hole))
        }
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

extension [Double] {
    /// The middle value, or the mean of the two in the middle; 0 where there is none.
    var median: Double {
        let sorted = self.sorted()
        guard !sorted.isEmpty else { return 0 }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
