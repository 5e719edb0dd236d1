import EPUCore

/// A run through the areas of one foil hole from one stage stop.
struct HoleVisit: Sendable {
    let foilHole: Int64
    /// The index of the stop.
    let stop: Int
    /// The index of the patch that shares one origin of the foil's lattice.
    let patch: Int
    /// The hole's part of the beam shift, up to a constant of the template, beam-shift units.
    let beamShift: Vector2
}

struct StageStop: Sendable {
    let gridSquare: Int64?
    /// The mean of the read-backs, um.
    let stage: Vector2
    /// The index of the first exposure.
    let firstExposure: Int
    let exposures: Int
}

/// A session's exposures divided into stage stops, visits to holes, and the template's share of the beam shift. A template with
/// an unknown constant has patches of its own.
struct HoleVisits: Sendable {
    private(set) var visits: [HoleVisit] = []
    private(set) var stops: [StageStop] = []
    private(set) var patches = 0
    private let template: TemplateAreas
    /// The template's areas in beam shift, each component of the template around its own mean, beam-shift units.
    var areas: [Int64: Vector2] { template.areas }
    /// The component of the template that an area belongs to.
    var component: [Int64: Int] { template.component }
    /// The visit of each exposure.
    private(set) var visitOfExposure = IndexColumn()
    /// The greatest part of a beam shift that area and hole do not explain, beam-shift units.
    private(set) var additivityError = 0.0
    /// How far the exposures' beam shifts lie at most from the mean of the visits', beam-shift units.
    private(set) var greatestBeamShift = 0.0

    /// - Parameter exposures: the exposures of one session and condition, in time order. The cost is proportional to their
    ///   number.
    init(_ exposures: [SessionExposure]) {
        let order = Visits(exposures)
        visitOfExposure = order.visit
        let members = VisitMembers(of: exposures.indices, order.visit)
        template = TemplateAreas(exposures, members)
        gatherStops(exposures, order.stop)
        gatherVisits(exposures, members, order.stop)
        let mean = exposures.map(\.beamShift).mean
        greatestBeamShift = exposures.map { $0.beamShift.distance(to: mean) }.max() ?? 0
    }

    // MARK: - Stops and visits

    private mutating func gatherStops(_ exposures: [SessionExposure], _ stop: IndexColumn) {
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

    private mutating func gatherVisits(
        _ exposures: [SessionExposure], _ members: VisitMembers, _ stop: IndexColumn
    ) {
        struct PatchKey: Hashable {
            let gridSquare: Int64?
            /// Of a stop whose square is not known.
            let island: Int?
            let component: Int
        }
        let islands =
            stops.contains { $0.gridSquare == nil } ? StageIslands(stops.map(\.stage)).ofStop : []
        var patchOfKey: [PatchKey: Int] = [:]
        var shifts: [Vector2] = []
        for visit in 0..<members.count {
            shifts.removeAll(keepingCapacity: true)
            for member in members[visit] {
                let exposure = exposures[Int(members.exposures[member])]
                shifts.append(exposure.beamShift - (areas[exposure.area] ?? .zero))
            }
            guard !shifts.isEmpty else { continue }
            let hole = shifts.mean
            for shift in shifts { additivityError = max(additivityError, shift.distance(to: hole)) }
            let first = Int(members.exposures[members[visit].lowerBound])
            let square = exposures[first].gridSquare
            let key = PatchKey(
                gridSquare: square, island: square == nil ? islands[stop[first]] : nil,
                component: component[exposures[first].area] ?? 0)
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

extension HoleVisits {
    /// Moves stops of a patch whose foil lies in two pieces to a new patch.
    mutating func moveToNewPatch(stops: Set<Int>, of patch: Int) {
        visits = visits.map { visit in
            guard visit.patch == patch, stops.contains(visit.stop) else { return visit }
            return HoleVisit(
                foilHole: visit.foilHole, stop: visit.stop, patch: patches, beamShift: visit.beamShift)
        }
        patches += 1
    }
}
