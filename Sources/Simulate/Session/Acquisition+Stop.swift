import EPUCore
import Foundation

/// What happens at one stop: its errors, its images and its exposures.
extension Acquisition {
    /// Draws the errors of a stop and shoots it, until what comes of it is fit to be kept.
    mutating func settledStop(
        _ index: Int, session: SimulatedSession, after stage: StageState, clock: Timestamp
    ) throws -> SettledStop {
        for round in 0..<300 {
            let before = spaced.count
            let stop = attempt(index, session: session, after: stage, clock: clock, errors: 1 + round / 100)
            if let stop { return stop }
            spaced.removeLast(downTo: before)
        }
        let what = session.stops[index].incident.kind.map { "The \($0.rawValue) incident" } ?? "A stage stop"
        throw Failure(
            "\(what) in grid square \(foil.squares[session.stops[index].square].id) cannot be placed with all distances "
                + "\(options.margin.text()) um off the radius of \(options.radiusUsed.text(significant: 3)) um; use a "
                + "smaller --margin, another --radius or --seed, or fewer --areas.")
    }

    /// Draws the errors of a stop and shoots it; nil where a pair of exposures would come too near to the radius. Its
    /// exposures are left in `spaced`.
    /// - Parameter errors: How many times the usual centring error a hole may have, at most, that finds no room with less.
    private mutating func attempt(
        _ index: Int, session: SimulatedSession, after stage: StageState, clock: Timestamp, errors: Int
    ) -> SettledStop? {
        let stop = session.stops[index]
        let holes = foil.squares[stop.square].holes
        let centring = HoleCentring(options: options, frame: session.frame)
        let aim = aim(of: stop, index: index, session: session, after: stage, clock: clock)
        // A hole that is not centred is shot with the beam shift of the last one that was.
        let repeated = isCentred(stop, index: index, session: session.index) ? nil : centredWay
        var result = SettledStop(
            aim: aim, images: holeImages(of: stop, index: index, session: session, aim: aim), end: clock)

        var time = clock.adding(seconds: random.uniform(32, 39))
        let drift = StageDrift(since: time, random: &random)
        for visit in stop.visits {
            let accepted = (0..<60 * errors).contains { draw in
                let residue = aim.isExact ? .zero : random.vector(rms: Double(1 + draw / 60) * options.centringError)
                var way = holes[visit.hole].position + residue + aim.displacement - aim.stage
                // The beam shift follows what was found in the image of the centre hole to the last digit.
                if visit.hole == stop.centre { way = repeated ?? centring.way(ofPixels: centring.pixels(of: way)) }
                let before = spaced.count
                let end = expose(
                    visit, by: way, stop: stop, index: index, session: session, aim: aim, drift: drift, from: time)
                guard spaced.keepTheirDistance(from: before) else {
                    spaced.removeLast(downTo: before)
                    return false
                }
                time = end
                result.measured[visit.hole] = aim.stage + way - aim.displacement
                if visit.hole == stop.centre { result.centredWay = way }
                return true
            }
            guard accepted else { return nil }
        }
        if let way = result.centredWay, repeated == nil {
            for image in result.images.indices {
                let isShotFrom = image == result.images.indices.last
                result.images[image].seen =
                    centring.pixels(of: way + aim.stage - result.images[image].trueStage)
                    + (isShotFrom ? .zero : centring.finderError(stop: index, session: session.index))
            }
        } else {
            result.images = []
        }
        result.end = time
        result.lastStage = aim.stage + drift.offset(at: time)
        return result
    }

    /// Whether the hole of a stop gets images of its own. The first hole of a session does, and a hole where something
    /// goes wrong or where an interrupted hole is finished.
    private func isCentred(_ stop: PlannedStop, index: Int, session: Int) -> Bool {
        guard options.reusedCentring > 0, stop.incident == .none, stop.visits.first?.firstArea == 0 else { return true }
        var random = RandomSource(seed: options.seed, stream: "reused centring \(session)", index: index)
        return random.uniform(0, 1) >= options.reusedCentring
    }

    /// Shoots the areas of one hole.
    /// - Parameter way: The way from the stage to where EPU takes the hole's centre to be, um.
    /// - Returns: The time when the next hole can be shot.
    private mutating func expose(
        _ visit: PlannedStop.Visit, by way: Vector2, stop: PlannedStop, index: Int, session: SimulatedSession,
        aim: StopAim, drift: StageDrift, from start: Timestamp
    ) -> Timestamp {
        let (lead, period) = (options.instrument.dataNameLead, options.instrument.secondsPerExposure)
        var time = start
        for area in visit.firstArea..<visit.firstArea + visit.areas {
            let beamShift = inverse * (way + session.template.areas[area].offset)
            let stage = aim.stage + drift.offset(at: time)
            let exposure = SimulatedExposure(
                session: session.index, stop: index, square: stop.square, hole: visit.hole, area: area,
                rank: visit.rank, incident: stop.incident, acquired: time,
                named: time.adding(seconds: -random.uniform(lead.lowerBound, lead.upperBound)),
                stage: session.frame.stagePosition(of: stage + jitter()) + aim.readBackErrors.last,
                beamShift: beamShift,
                readBackError: aim.readBackErrors.last, position: stage + beamToSpecimen * beamShift)
            spaced.append(exposure)
            time = time.adding(seconds: random.uniform(period.lowerBound, period.upperBound))
        }
        // The beam takes longer to the next hole than to the next area.
        return time.adding(seconds: 0.6)
    }

    private mutating func aim(
        of stop: PlannedStop, index: Int, session: SimulatedSession, after stage: StageState, clock: Timestamp
    ) -> StopAim {
        var random = random
        defer { self.random = random }
        return StopAim(
            of: stop, index: index, session: session, after: stage, clock: clock, foil: foil, options: options,
            random: &random
        ) { placeOfMiss($0, square: stop.square, random: &$1) }
    }

    /// The place, um, at which the centre of a hole is put that was missed for `hole`: beside where that one's centre was
    /// taken to be.
    private func placeOfMiss(_ hole: Int, square: Int, random: inout RandomSource) -> Vector2 {
        let shift = shiftsOfMissedHole[random.index(below: shiftsOfMissedHole.count)]
        return (measured.centre(of: hole, square: square) ?? foil.squares[square].holes[hole].position) + shift
    }

    private mutating func holeImages(
        of stop: PlannedStop, index: Int, session: SimulatedSession, aim: StopAim
    ) -> [SimulatedHoleImage] {
        let images = [
            (aim.arrival, aim.readBackErrors.first, 0.0), (aim.stage, aim.readBackErrors.last, random.uniform(9, 11)),
        ].map { stage, error, delay in
            let acquired = aim.imaged.adding(seconds: delay)
            return SimulatedHoleImage(
                stop: index, square: stop.square, hole: stop.centre, acquired: acquired,
                named: acquired.adding(seconds: random.uniform(3.8, 5.1)),
                stage: session.frame.stagePosition(of: stage + jitter()) + error,
                trueStage: stage, found: aim.centre, exposuresBefore: spaced.count)
        }
        return names.lasting(images)
    }

    /// The jitter of a read-back, um: 1 to 2 nm, never more than 3.
    private mutating func jitter() -> Vector2 {
        let error = random.vector(rms: 1.5e-3)
        return error.length <= 3e-3 ? error : (3e-3 / error.length) * error
    }
}
