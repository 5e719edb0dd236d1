import EPUCore
import Foundation

/// Runs the stops of sessions in the order of time: moves the stage, centres, shifts the beam, exposes.
///
/// No pair of exposures is left nearer than `margin` to the radius, so that small errors of whoever judges a session do
/// not decide what counts as an overlap. Where chance puts one there, the hole's or the stop's errors are drawn again; as
/// the last resort, such a hole is centred up to three times worse than others.
struct Acquisition {
    private let options: SimulationOptions
    private let foil: Foil
    private let shiftsOfMissedHole: [Vector2]
    /// The matrix from beam shift to the specimen, um per unit: stretched across the tilt axis, in the frame of the session.
    private var beamToSpecimen: Matrix2
    private var inverse: Matrix2
    private(set) var exposures: [SimulatedExposure] = []
    private var grid: PositionGrid
    private var random: RandomSource
    private var names: NameTimes
    /// The place where EPU took the centre of a hole to be when it shot it, um; only for holes beside which others will
    /// be shot.
    private var measuredCentres: [Place: Vector2] = [:]
    /// The way from the stage to where EPU took the centre of the hole to be that this session centred last, um.
    private var centredWay: Vector2?

    private struct Place: Hashable {
        let square: Int
        let hole: Int
    }

    init(options: SimulationOptions, foil: Foil, missed: MissedHole?) throws {
        shiftsOfMissedHole = missed?.shifts ?? []
        self.options = options
        names = NameTimes(format: options.instrument.format)
        self.foil = foil
        (beamToSpecimen, inverse) = try Self.beam(options, in: .first)
        grid = PositionGrid(reach: options.radiusUsed + options.margin)
        random = RandomSource(seed: options.seed, stream: "acquisition")
        exposures.reserveCapacity(options.exposures)
    }

    private static func beam(
        _ options: SimulationOptions, in frame: StageFrame
    ) throws -> (toSpecimen: Matrix2, inverse: Matrix2) {
        let toSpecimen = frame.beamToSpecimen(options.matrixOnTiltedSpecimen)
        guard let inverse = toSpecimen.inverse else { throw Failure("--matrix has no inverse.") }
        return (toSpecimen, inverse)
    }

    /// Runs the stops and fills in the session's images, events and exposures.
    mutating func run(_ stops: [PlannedStop], into session: inout SimulatedSession) throws {
        session.stops = stops
        (beamToSpecimen, inverse) = try Self.beam(options, in: session.frame)
        let first = exposures.count
        let beside = Set(
            stops.compactMap { stop -> Place? in
                guard case .partialOverlap(let hole) = stop.incident else { return nil }
                return Place(square: stop.square, hole: hole)
            })
        var clock = session.start.adding(seconds: 60)
        var stage = StageState()
        centredWay = nil
        names = NameTimes(format: options.instrument.format)
        for index in stops.indices {
            if stops[index].square != stage.square {
                clock = takeSquareImage(stops[index].square, at: clock, session: &session)
            }
            clock = names.firstFree(for: stops[index], from: clock)
            let stop = try settledStop(index, session: session, after: stage, clock: clock)
            record(stop, index: index, session: &session, remembering: beside)
            clock = stop.end
            stage = StageState(
                square: stops[index].square, position: stop.lastStage, centre: stop.aim.centre,
                readBackError: stop.aim.readBackErrors.last)
        }
        session.exposures = first..<exposures.count
    }

    private mutating func takeSquareImage(
        _ square: Int, at clock: Timestamp, session: inout SimulatedSession
    ) -> Timestamp {
        let acquired = clock.adding(seconds: random.uniform(25, 40))
        session.events.append(.squareImage(session.squareImages.count))
        session.squareImages.append(
            SquareImage(
                square: square, acquired: acquired, named: acquired.adding(seconds: random.uniform(2.3, 3.3)),
                stage: session.frame.stagePosition(of: foil.squares[square].centre)))
        return acquired.adding(seconds: random.uniform(140, 170))
    }

    // MARK: - One stop

    /// What came of a stop once its errors are drawn, until it is found fit to be kept.
    private struct SettledStop {
        let aim: StopAim
        /// The hole images of the stop; none where the hole is not centred.
        var images: [HoleImage]
        /// The place where EPU took the centre to be, um, by hole.
        var measured: [Int: Vector2] = [:]
        /// The way from the stage to where EPU takes the centre hole's centre to be, um.
        var centredWay: Vector2?
        var lastStage = Vector2.zero
        var end: Timestamp
    }

    private mutating func settledStop(
        _ index: Int, session: SimulatedSession, after stage: StageState, clock: Timestamp
    ) throws -> SettledStop {
        for round in 0..<300 {
            let before = exposures.count
            let stop = attempt(index, session: session, after: stage, clock: clock, errors: 1 + round / 100)
            if let stop { return stop }
            exposures.removeLast(exposures.count - before)
            grid.removeLast(downTo: before)
        }
        let what = session.stops[index].incident.kind.map { "The \($0.rawValue) incident" } ?? "A stage stop"
        throw Failure(
            "\(what) in grid square \(foil.squares[session.stops[index].square].id) cannot be placed with all distances "
                + "\(options.margin.text()) um off the radius of \(options.radiusUsed.text(significant: 3)) um; use a "
                + "smaller --margin, another --radius or --seed, or fewer --areas.")
    }

    /// Draws the errors of a stop and shoots it; nil where a pair of exposures would come too near to the radius. Its
    /// exposures are left in `exposures` and `grid`.
    /// - Parameter errors: How many times the usual centring error a hole may have, at most, that finds no room with less.
    private mutating func attempt(
        _ index: Int, session: SimulatedSession, after stage: StageState, clock: Timestamp, errors: Int
    ) -> SettledStop? {
        let stop = session.stops[index]
        let holes = foil.squares[stop.square].holes
        let centring = HoleCentring(options: options, frame: session.frame)
        let aim = aim(of: stop, index: index, session: session, after: stage, clock: clock)
        // A hole that is not centred is shot with the last one's beam shift.
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
                let before = exposures.count
                let end = expose(
                    visit, by: way, stop: stop, index: index, session: session, aim: aim, drift: drift, from: time)
                guard exposures.indices.suffix(from: before).allSatisfy(keepsItsDistance) else {
                    exposures.removeLast(exposures.count - before)
                    grid.removeLast(downTo: before)
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
            exposures.append(exposure)
            grid.append(exposure.position)
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
        return (measuredCentres[Place(square: square, hole: hole)] ?? foil.squares[square].holes[hole].position) + shift
    }

    private mutating func holeImages(
        of stop: PlannedStop, index: Int, session: SimulatedSession, aim: StopAim
    ) -> [HoleImage] {
        let images = [
            (aim.arrival, aim.readBackErrors.first, 0.0), (aim.stage, aim.readBackErrors.last, random.uniform(9, 11)),
        ].map { stage, error, delay in
            let acquired = aim.imaged.adding(seconds: delay)
            return HoleImage(
                stop: index, square: stop.square, hole: stop.centre, acquired: acquired,
                named: acquired.adding(seconds: random.uniform(3.8, 5.1)),
                stage: session.frame.stagePosition(of: stage + jitter()) + error,
                trueStage: stage, found: aim.centre, exposuresBefore: exposures.count)
        }
        return names.lasting(images)
    }

    /// The jitter of a read-back, um: 1 to 2 nm, never more than 3.
    private mutating func jitter() -> Vector2 {
        let error = random.vector(rms: 1.5e-3)
        return error.length <= 3e-3 ? error : (3e-3 / error.length) * error
    }

    /// Whether every exposure before this one is clear of the radius, and none is within it without a reason.
    private func keepsItsDistance(_ index: Int) -> Bool {
        let exposure = exposures[index]
        var keeps = true
        grid.forEach(within: options.radiusUsed + options.margin, of: exposure.position) { other, distance in
            guard other < index else { return }
            if distance > options.radiusUsed - options.margin
                || overlapCause(earlier: exposures[other], later: exposure) == .unexplained
            {
                keeps = false
            }
        }
        return keeps
    }

    private mutating func record(
        _ stop: SettledStop, index: Int, session: inout SimulatedSession, remembering: Set<Place>
    ) {
        for image in stop.images {
            session.events.append(.holeImage(session.holeImages.count))
            session.holeImages.append(image)
        }
        let count = session.stops[index].visits.reduce(0) { $0 + $1.areas }
        session.events += exposures.indices.suffix(count).map { .exposure($0) }
        if !stop.images.isEmpty { centredWay = stop.centredWay }
        names.remember(stop.images, exposures.suffix(count))
        let square = session.stops[index].square
        for (hole, centre) in stop.measured where session.stops[index].incident == .none {
            let place = Place(square: square, hole: hole)
            if remembering.contains(place) { measuredCentres[place] = centre }
        }
    }
}
