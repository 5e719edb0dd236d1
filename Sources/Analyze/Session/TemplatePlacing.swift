import EPUCore

/// Finds the place of each area of a template from the visits that areas share. Areas are numbered from 0, as they first appear.
struct TemplatePlacing {
    /// The id of each area.
    private(set) var ids: [Int64] = []
    /// The areas, the most exposed first, and of equally many the one with the smaller id.
    private(set) var byCount: [Int] = []
    /// The place of each area in beam shift, beam-shift units.
    private(set) var place: [Vector2]
    /// The component of each area; nil: it is not placed yet.
    private(set) var component: [Int?]
    private var placed = 0

    private let exposures: [SessionExposure]
    private let visits: VisitMembers
    /// The area of each of `visits.exposures`.
    private var area: [Int32] = []
    private var areasOfPart: [Int: [Int]]
    private var visitsOfPart: [Int: [Int32]] = [:]
    private var parts: DisjointSets

    init(_ exposures: [SessionExposure], _ visits: VisitMembers) {
        self.exposures = exposures
        self.visits = visits
        var numbers: [Int64: Int] = [:]
        var counts: [Int] = []
        area.reserveCapacity(visits.exposures.count)
        for exposure in visits.exposures {
            let id = exposures[Int(exposure)].area
            let number = numbers[id] ?? ids.count
            if number == ids.count {
                numbers[id] = number
                ids.append(id)
                counts.append(0)
            }
            counts[number] += 1
            area.append(Int32(clamping: number))
        }
        byCount = ids.indices.sorted { [ids] in (counts[$1], ids[$0]) < (counts[$0], ids[$1]) }
        place = [Vector2](repeating: .zero, count: ids.count)
        component = [Int?](repeating: nil, count: ids.count)
        // The template's parts are areas that are linked by visits. A session may have one for each hole.
        var parts = DisjointSets(count: ids.count)
        for visit in 0..<visits.count {
            for member in visits[visit].dropFirst() {
                parts.join(Int(area[visits[visit].lowerBound]), Int(area[member]))
            }
        }
        areasOfPart = Dictionary(grouping: byCount) { parts.representative($0) }
        for visit in 0..<visits.count where !visits[visit].isEmpty {
            let part = parts.representative(Int(area[visits[visit].lowerBound]))
            visitsOfPart[part, default: []].append(Int32(clamping: visit))
        }
        self.parts = parts
    }

    /// Places an area, which begins a component, and all that are linked to it, around their mean.
    mutating func place(partOf area: Int) {
        let part = parts.representative(area)
        let number = placed
        component[area] = number
        placed += 1
        while placeNext(of: number, visitsOfPart[part] ?? []) {}
        let own = areasOfPart[part] ?? []
        let mean = own.map { place[$0] }.mean
        for area in own { place[area] = place[area] - mean }
    }

    /// Places the areas that share a visit with placed ones; false where there are none.
    private mutating func placeNext(of number: Int, _ visits: [Int32]) -> Bool {
        var samples: [Int: [Vector2]] = [:]
        for visit in visits {
            let members = self.visits[Int(visit)]
            var sum = Vector2.zero
            var known = 0
            for member in members where component[Int(area[member])] == number {
                sum = sum + beamShift(member) - place[Int(area[member])]
                known += 1
            }
            guard known > 0, known < members.count else { continue }
            for member in members where component[Int(area[member])] == nil {
                guard samples[Int(area[member]), default: []].count < Self.mostSamples else { continue }
                samples[Int(area[member]), default: []].append(beamShift(member) - 1 / Double(known) * sum)
            }
        }
        for (area, values) in samples {
            place[area] = Vector2(values.map(\.x).median, values.map(\.y).median)
            component[area] = number
        }
        placed += samples.count
        return !samples.isEmpty
    }

    private func beamShift(_ member: Int) -> Vector2 { exposures[Int(visits.exposures[member])].beamShift }

    /// The greatest number of samples: they agree to 1e-8, so a few tell enough, also where some are of another template.
    private static let mostSamples = 501
}

/// Which of some numbers belong together (union-find with path halving).
private struct DisjointSets {
    private var parent: [Int]

    init(count: Int) { parent = Array(0..<count) }

    mutating func representative(_ number: Int) -> Int {
        var number = number
        while parent[number] != number {
            parent[number] = parent[parent[number]]
            number = parent[number]
        }
        return number
    }

    mutating func join(_ a: Int, _ b: Int) {
        let (a, b) = (representative(a), representative(b))
        if a != b { parent[max(a, b)] = min(a, b) }
    }
}
