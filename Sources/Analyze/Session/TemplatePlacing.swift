import EPUCore

/// Finds the place of each area of a template from the visits that areas share. Areas are numbered from 0, as they first appear.
struct TemplatePlacing {
    /// The id of each area.
    private(set) var ids: [Int64] = []
    /// The place of each area in beam shift, each component around its own mean, beam-shift units.
    private(set) var place: [Vector2] = []
    /// The component of each area, which is the number of areas that were placed before its first one.
    private(set) var component: [Int] = []

    private let exposures: [SessionExposure]
    private let visits: VisitMembers
    /// The area of each of `visits.exposures`.
    private var area: [Int32] = []
    /// The visits of each area, and whether a visit has placed its areas.
    private var visitsOfArea: [[Int32]] = []
    private var isDone: [Bool]
    private var placed = 0

    private static let unplaced = -1

    init(_ exposures: [SessionExposure], _ visits: VisitMembers) {
        self.exposures = exposures
        self.visits = visits
        isDone = [Bool](repeating: false, count: visits.count)
        numberAreas()
        place = [Vector2](repeating: .zero, count: ids.count)
        component = [Int](repeating: Self.unplaced, count: ids.count)
        // The most exposed area comes first, and of equally many the one with the smaller id.
        let byCount = ids.indices.sorted {
            (visitsOfArea[$1].count, ids[$0]) < (visitsOfArea[$0].count, ids[$1])
        }
        var rank = [Int](repeating: 0, count: ids.count)
        for (number, area) in byCount.enumerated() { rank[area] = number }
        for area in byCount where component[area] == Self.unplaced { placeAll(linkedTo: area, rank) }
    }

    private mutating func numberAreas() {
        var numbers: [Int64: Int] = [:]
        area.reserveCapacity(visits.exposures.count)
        for visit in 0..<visits.count {
            for member in visits[visit] {
                let id = exposures[Int(visits.exposures[member])].area
                let number = numbers[id] ?? ids.count
                if number == ids.count {
                    numbers[id] = number
                    ids.append(id)
                    visitsOfArea.append([])
                }
                visitsOfArea[number].append(Int32(clamping: visit))
                area.append(Int32(clamping: number))
            }
        }
    }

    /// Places an area, which begins a component, and all that visits link to it, around their mean. A session may have a component
    /// for each hole.
    private mutating func placeAll(linkedTo area: Int, _ rank: [Int]) {
        let number = placed
        component[area] = number
        placed += 1
        var members = [area]
        var newest = [area]
        while !newest.isEmpty {
            newest = placeNext(of: number, after: newest)
            members += newest
        }
        // In one order, so that the sum rounds alike in every run.
        members.sort { rank[$0] < rank[$1] }
        let mean = members.map { place[$0] }.mean
        for member in members { place[member] = place[member] - mean }
    }

    /// Places the areas that share a visit with those that were placed last. All areas of such a visit are placed then, so that it
    /// need not be looked at again.
    /// - Returns: the areas that were placed.
    private mutating func placeNext(of number: Int, after newest: [Int]) -> [Int] {
        var next: [Int32] = []
        for area in newest {
            for visit in visitsOfArea[area] where !isDone[Int(visit)] {
                isDone[Int(visit)] = true
                next.append(visit)
            }
        }
        next.sort()
        var samples: [Int: [Vector2]] = [:]
        for visit in next {
            let members = visits[Int(visit)]
            var sum = Vector2.zero
            var known = 0
            for member in members where component[Int(area[member])] == number {
                sum = sum + beamShift(member) - place[Int(area[member])]
                known += 1
            }
            guard known < members.count else { continue }
            for member in members where component[Int(area[member])] == Self.unplaced {
                guard samples[Int(area[member]), default: []].count < Self.mostSamples else { continue }
                samples[Int(area[member]), default: []].append(beamShift(member) - 1 / Double(known) * sum)
            }
        }
        for (area, values) in samples {
            place[area] = Vector2(values.map(\.x).median, values.map(\.y).median)
            component[area] = number
        }
        placed += samples.count
        return Array(samples.keys)
    }

    private func beamShift(_ member: Int) -> Vector2 { exposures[Int(visits.exposures[member])].beamShift }

    /// The greatest number of samples: they agree to 1e-8, so a few tell enough, also where some are of another template.
    private static let mostSamples = 501
}
