import EPUCore

/// What goes wrong at a stage stop; nothing, mostly.
enum Incident: Hashable, Sendable {
    case none
    /// The stage stays at the previous stop, and the beam shoots the next cluster's pattern there.
    case unmovedStage
    /// The hole `step` away from the cluster's centre was centred in its place.
    case wrongCentre(step: LatticeSite)
    /// A hole that has been shot before is shot again.
    case repeatedHole
    /// Another hole's centring ended beside `hole`, which has been shot before.
    case partialOverlap(of: Int)

    /// Why an exposure made so overlaps others, where nothing nearer explains it.
    var cause: OverlapCause? {
        switch self {
        case .none: nil
        case .unmovedStage: .unmovedStage
        case .wrongCentre: .wrongCentre
        case .repeatedHole, .partialOverlap: .neighbour
        }
    }

    var kind: IncidentKind? {
        switch self {
        case .none: nil
        case .unmovedStage: .unmovedStage
        case .wrongCentre: .wrongCentre
        case .repeatedHole: .repeatedHole
        case .partialOverlap: .partialOverlap
        }
    }
}

/// Holes to be shot from one stage position, before anything is measured.
struct PlannedStop: Sendable {
    struct Visit: Hashable, Sendable {
        /// Index in the grid square.
        let hole: Int
        let rank: Int
        /// Index in the template of the first area that is shot: not 0 where an interrupted hole is gone on with.
        var firstArea = 0
        /// How many of the template's areas: all, but for the last hole of a session that ends within it, one that is
        /// missed for its neighbour, and an interrupted one.
        var areas: Int
    }

    /// Index in the foil.
    let square: Int
    let centre: Int
    var visits: [Visit]
    var incident = Incident.none
}

/// The stops of a session in which nothing goes wrong.
struct StagePlan: Sendable {
    var stops: [PlannedStop]

    /// - Parameters:
    ///   - holes: for each square of the foil, which of its holes shall be shot.
    ///   - exposures: after which the session ends.
    init(
        foil: Foil, holes: [[Int]], clustering: Clustering, template: AreaLayout, exposures: Int,
        random: inout RandomSource
    ) {
        var stops: [PlannedStop] = []
        for (square, indices) in holes.enumerated() where !indices.isEmpty {
            let phase = LatticeSite(i: random.index(below: 7) - 3, j: random.index(below: 7) - 3)
            stops += clustering.clusters(of: indices, in: foil.squares[square], phase: phase).map { cluster in
                PlannedStop(
                    square: square, centre: cluster.centre,
                    visits: cluster.members.map { .init(hole: $0.hole, rank: $0.rank, areas: template.areas.count) })
            }
        }
        self.stops = stops
        end(after: exposures)
    }

    /// Takes from the end what is too much: whole stops and visits, and of the last hole some areas.
    private mutating func end(after exposures: Int) {
        var surplus = stops.reduce(0) { $0 + $1.visits.reduce(0) { $0 + $1.areas } } - exposures
        while surplus > 0, let stop = stops.indices.last {
            guard let visit = stops[stop].visits.indices.last else {
                stops.removeLast()
                continue
            }
            let areas = stops[stop].visits[visit].areas
            stops[stop].visits[visit].areas -= min(areas, surplus)
            if areas <= surplus { stops[stop].visits.removeLast() }
            surplus -= min(areas, surplus)
        }
        if stops.last?.visits.isEmpty == true { stops.removeLast() }
    }
}
