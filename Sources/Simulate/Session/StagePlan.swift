import EPUCore

/// What goes wrong at a stage stop; mostly nothing.
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

    /// The cause of the overlaps that an exposure of this stop makes, where nothing nearer explains them; nil where
    /// nothing went wrong.
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
        /// The index of the hole in its grid square.
        let hole: Int
        let rank: Int
        /// The index in the template of the first area that is shot: not 0 where an interrupted hole is continued.
        var firstArea = 0
        /// The number of the template's areas that are shot: all, or fewer for the last hole of a session that ends
        /// within it, for one that is missed for its neighbour, and for an interrupted one.
        var areas: Int
    }

    /// The index of the grid square in the foil.
    let square: Int
    let centre: Int
    var visits: [Visit]
    var incident = Incident.none
}

/// The stops of a session in which nothing goes wrong.
struct StagePlan: Sendable {
    var stops: [PlannedStop]

    /// - Parameters:
    ///   - holes: The holes that shall be shot, for each square of the foil.
    ///   - exposures: The number of exposures after which the session ends.
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

    /// Takes from the end what is too much: whole stops and visits, and some areas of the last hole.
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
