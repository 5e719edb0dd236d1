import EPUCore

/// Makes some stops of a plan go wrong, as many of each kind as the options ask for.
///
/// A stop that others depend on to be where they should (the one before an unmoved stage, those that a wrongly centred
/// one runs into) stays sound, so that each planted incident has its overlaps.
struct PlantedIncidents {
    private let options: SimulationOptions
    private let foil: Foil
    private let areasOfMissedHole: Int
    private var random: RandomSource
    private var stops: [PlannedStop]
    /// The indices of stops that may no longer go wrong.
    private var kept: Set<Int> = []

    static func planted(
        in stops: [PlannedStop], options: SimulationOptions, foil: Foil, missed: MissedHole?
    ) throws -> [PlannedStop] {
        var planting = PlantedIncidents(options: options, foil: foil, stops: stops, missed: missed)
        try planting.plantUnmovedStages()
        try planting.plantWrongCentres()
        try planting.plantInterruptions()
        return try planting.insertingRevisits()
    }

    private init(options: SimulationOptions, foil: Foil, stops: [PlannedStop], missed: MissedHole?) {
        areasOfMissedHole = missed?.areas ?? 0
        self.options = options
        self.foil = foil
        self.stops = stops
        random = RandomSource(seed: options.seed, stream: "incidents")
    }

    private mutating func plantUnmovedStages() throws {
        try plant(options.unmovedStages, "--unmoved-stage") { planting, stop in
            guard stop > 0, planting.stops[stop - 1].square == planting.stops[stop].square,
                planting.isFree(stop), planting.stops[stop - 1].incident == .none
            else { return false }
            planting.stops[stop].incident = .unmovedStage
            planting.kept.formUnion([stop - 1, stop])
            return true
        }
    }

    private mutating func plantWrongCentres() throws {
        var stopOfHole: [Int: [Int: Int]] = [:]
        for (index, stop) in stops.enumerated() {
            for visit in stop.visits { stopOfHole[stop.square, default: [:]][visit.hole] = index }
        }
        try plant(options.wrongCentres, "--wrong-centre") { planting, stop in
            guard planting.isFree(stop) else { return false }
            let planned = planting.stops[stop]
            let square = planting.foil.squares[planned.square]
            var best: (step: LatticeSite, hit: [Int]) = (.zero, [])
            for step in planting.foil.pattern.neighbours {
                let hit = planned.visits.compactMap { visit -> Int? in
                    guard let hole = square.hole(at: square.holes[visit.hole].site + step),
                        let owner = stopOfHole[planned.square]?[hole], owner < stop,
                        planting.stops[owner].incident == .none
                    else { return nil }
                    return owner
                }
                if hit.count > best.hit.count { best = (step, hit) }
            }
            // The neighbour must exist: its hole is what was taken for the centre.
            guard !best.hit.isEmpty, square.hole(at: square.holes[planned.centre].site + best.step) != nil else {
                return false
            }
            planting.stops[stop].incident = .wrongCentre(step: best.step)
            planting.kept.formUnion(best.hit + [stop])
            return true
        }
    }

    private func isFree(_ stop: Int) -> Bool { !kept.contains(stop) && stops[stop].incident == .none }

    private mutating func plant(
        _ count: Int, _ option: String, at makeWrong: (inout PlantedIncidents, Int) -> Bool
    ) throws {
        guard count > 0 else { return }
        var order = Array(stops.indices)
        random.shuffle(&order)
        // An incident should show: stops of few holes come last.
        order = order.filter { stops[$0].visits.count >= 4 } + order.filter { stops[$0].visits.count < 4 }
        var planted = 0
        for stop in order where planted < count && makeWrong(&self, stop) { planted += 1 }
        guard planted == count else {
            throw Failure(
                "Only \(planted) of the \(counted(stops.count, "stage stop")) can take \(option); ask for fewer, for "
                    + "more --exposures, or for a smaller --cluster-radius.")
        }
    }

    // MARK: - Stops that come on top

    private mutating func plantInterruptions() throws {
        guard options.interrupted > 0 else { return }
        stops = try Interruptions(options: options, disturbed: disturbedHoles()).planted(in: stops)
        // Their indices have changed.
        kept = []
    }

    /// The stops with the planned revisits among them: holes shot again, and holes missed for their neighbours, each at a
    /// stop of its own, later in the same square.
    private mutating func insertingRevisits() throws -> [PlannedStop] {
        var candidates: [(stop: Int, visit: Int)] = []
        let disturbed = disturbedHoles()
        for (index, stop) in stops.enumerated() where stop.incident == .none {
            for visit in stop.visits.indices where stop.visits[visit].areas == options.areas {
                if disturbed[stop.square]?.contains(stop.visits[visit].hole) != true {
                    candidates.append((index, visit))
                }
            }
        }
        random.shuffle(&candidates)
        let wanted = options.repeatedHoles + options.partialOverlaps
        guard wanted <= candidates.count else {
            throw Failure(
                "Only \(candidates.count) holes can be shot again or hit in part; ask for fewer of --repeated-hole and "
                    + "--partial-overlap, or for more --exposures.")
        }
        var unused = unusedHoles()
        var inserted: [Int: [PlannedStop]] = [:]
        for (number, candidate) in candidates.prefix(wanted).enumerated() {
            let stop = stops[candidate.stop]
            let hole = stop.visits[candidate.visit].hole
            let place = laterPlace(than: candidate.stop)
            let revisit =
                number < options.repeatedHoles
                ? PlannedStop(
                    square: stop.square, centre: hole, visits: [.init(hole: hole, rank: 0, areas: options.areas)],
                    incident: .repeatedHole)
                : missed(hole, of: stop, unused: &unused)
            inserted[place, default: []].append(revisit)
        }
        return stops.indices.flatMap { [stops[$0]] + (inserted[$0] ?? []) }
    }

    /// The holes on which an incident puts exposures of other holes: a third visit would find no room there.
    private func disturbedHoles() -> [Int: Set<Int>] {
        var disturbed: [Int: Set<Int>] = [:]
        for (index, stop) in stops.enumerated() {
            let square = foil.squares[stop.square]
            let centre = square.holes[stop.centre].site
            let target: LatticeSite
            switch stop.incident {
            case .unmovedStage where index > 0: target = square.holes[stops[index - 1].centre].site
            case .wrongCentre(let step): target = centre + step
            default: continue
            }
            for visit in stop.visits {
                guard let hole = square.hole(at: square.holes[visit.hole].site - centre + target) else { continue }
                disturbed[stop.square, default: []].insert(hole)
            }
        }
        return disturbed
    }

    /// The index of the stop after which a revisit comes, in the same square.
    private mutating func laterPlace(than stop: Int) -> Int {
        let square = stops[stop].square
        let end = stops[stop...].firstIndex { $0.square != square } ?? stops.count
        let places = (stop..<end).filter { place in
            // The stop before an unmoved stage must remain the one before it.
            place + 1 >= stops.count || stops[place + 1].incident != .unmovedStage
        }
        return places.isEmpty ? end - 1 : places[random.index(below: places.count)]
    }

    private func unusedHoles() -> [Int: Set<Int>] {
        var unused: [Int: Set<Int>] = [:]
        for stop in stops where unused[stop.square] == nil {
            unused[stop.square] = Set(foil.squares[stop.square].holes.indices)
        }
        for stop in stops { unused[stop.square]?.subtract(stop.visits.map(\.hole)) }
        return unused
    }

    /// The visit that was meant for a neighbour of `hole`, one that has not been shot yet if there is any nearby.
    private func missed(_ hole: Int, of stop: PlannedStop, unused: inout [Int: Set<Int>]) -> PlannedStop {
        let square = foil.squares[stop.square]
        let site = square.holes[hole].site
        func distance(_ other: Int) -> Int { foil.pattern.squaredLength(square.holes[other].site - site) }
        let free = unused[stop.square]?.min { (distance($0), $0) < (distance($1), $1) }
        let neighbour: Int
        if let free, distance(free) <= 8 {
            neighbour = free
            unused[stop.square]?.remove(free)
        } else {
            neighbour =
                square.holes.indices.filter { $0 != hole }.min { (distance($0), $0) < (distance($1), $1) } ?? hole
        }
        return PlannedStop(
            square: stop.square, centre: neighbour, visits: [.init(hole: neighbour, rank: 0, areas: areasOfMissedHole)],
            incident: .partialOverlap(of: hole))
    }
}
