import EPUCore

/// Interrupts EPU within the last hole of some stops: the rest of the hole's areas follows from a stop of its own.
///
/// Nothing is shot twice. The hole is one that no incident touches, so that its exposures meet none but each other.
struct Interruptions {
    let options: SimulationOptions
    /// The holes, by grid square, on which an incident puts exposures of other holes.
    let disturbed: [Int: Set<Int>]

    /// - Throws: `Failure` where too few stops can be interrupted.
    func planted(in stops: [PlannedStop]) throws -> [PlannedStop] {
        var random = RandomSource(seed: options.seed, stream: "interruptions")
        var candidates = stops.indices.filter { canBeInterrupted($0, of: stops) }
        guard candidates.count >= options.interrupted else {
            throw Failure(
                "Only \(candidates.count) of the \(counted(stops.count, "stage stop")) can take --interrupted; ask for "
                    + "fewer, for more --exposures, or for a smaller --cluster-radius.")
        }
        random.shuffle(&candidates)
        var stops = stops
        var rests: [Int: [PlannedStop]] = [:]
        for stop in candidates.prefix(options.interrupted) {
            let last = stops[stop].visits.count - 1
            let hole = stops[stop].visits[last].hole
            let shot = 1 + random.index(below: options.areas - 1)
            stops[stop].visits[last].areas = shot
            rests[place(ofRestOf: stop, in: stops), default: []].append(
                PlannedStop(
                    square: stops[stop].square, centre: hole,
                    visits: [.init(hole: hole, rank: 0, firstArea: shot, areas: options.areas - shot)]))
        }
        return stops.indices.flatMap { [stops[$0]] + (rests[$0] ?? []) }
    }

    private func canBeInterrupted(_ index: Int, of stops: [PlannedStop]) -> Bool {
        let stop = stops[index]
        guard stop.incident == .none, let visit = stop.visits.last, visit.areas == options.areas,
            disturbed[stop.square]?.contains(visit.hole) != true
        else { return false }
        let place = place(ofRestOf: index, in: stops)
        guard stops.indices.contains(place), stops[place].square == stop.square else { return false }
        // A stage that does not move stays at the stop planned before it.
        return !stops[(index + 1)...].prefix(place + 1 - index).contains { $0.incident == .unmovedStage }
    }

    /// The index of the stop after which the rest is shot: that stop itself, or the next one where the stage would come
    /// back to the same place and so make no stop of its own.
    private func place(ofRestOf stop: Int, in stops: [PlannedStop]) -> Int {
        stops[stop].visits.count > 1 ? stop : stop + 1
    }
}
