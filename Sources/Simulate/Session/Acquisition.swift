import EPUShared
import Foundation

/// Runs the stops of sessions in the order of time: moves the stage, centres, shifts the beam, exposes.
///
/// No pair of exposures is left nearer than `margin` to the radius, so that small errors of whoever judges a session do
/// not decide what counts as an overlap. Where chance puts one there, the hole's or the stop's errors are drawn anew; as
/// the last resort, such a hole is centred up to three times worse than others.
struct Acquisition {
    private let options: SimulationOptions
    private let foil: Foil
    private let shiftsOfMissedHole: [Vector2]
    /// Beam shift to the specimen, um per unit: the matrix, stretched across the tilt axis, in the frame of the session.
    private var beamToSpecimen: Matrix2
    private var inverse: Matrix2
    private(set) var exposures: [SimulatedExposure] = []
    private var grid: PositionGrid
    private var random: RandomSource
    private var names: NameTimes
    /// Where EPU took the centre of a hole to be when it shot it, um; for the holes that will be shot beside.
    private var measuredCentres: [Place: Vector2] = [:]

    private struct Place: Hashable {
        let square: Int
        let hole: Int
    }

    /// The stage at the end of a stop, um.
    private struct StageState {
        var square = -1
        var position = Vector2.zero
        /// True centre of the hole in the middle of the hole image.
        var centre = Vector2.zero
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

    /// Fills in the session's images, events and exposures.
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
        names = NameTimes(format: options.instrument.format)
        for index in stops.indices {
            if stops[index].square != stage.square {
                clock = takeSquareImage(stops[index].square, at: clock, session: &session)
            }
            clock = names.firstFree(for: stops[index], from: clock)
            let stop = try settledStop(index, session: session, after: stage, clock: clock)
            record(stop, index: index, session: &session, remembering: beside)
            clock = stop.end
            stage = StageState(square: stops[index].square, position: stop.lastStage, centre: stop.centre)
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

    /// A stop as it went, until it is found fit to be kept.
    private struct SettledStop {
        var images: [HoleImage] = []
        var measured: [Int: Vector2] = [:]
        var lastStage = Vector2.zero
        var centre = Vector2.zero
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

    /// Nil where a pair of exposures would come too near to the radius. Leaves its exposures in `exposures` and `grid`.
    /// - Parameter errors: up to how many times the usual centring error a hole may have that finds no room with less.
    private mutating func attempt(
        _ index: Int, session: SimulatedSession, after stage: StageState, clock: Timestamp, errors: Int
    ) -> SettledStop? {
        let stop = session.stops[index]
        let holes = foil.squares[stop.square].holes
        let aim = aim(of: stop, after: stage)
        var result = SettledStop(end: clock)
        result.centre = aim.centre
        result.images = holeImages(
            of: stop, index: index, session: session, aim: aim, at: clock.adding(seconds: random.uniform(6, 10)))

        var time = clock.adding(seconds: random.uniform(32, 39))
        let drift = Drift(since: time, random: &random)
        for visit in stop.visits {
            let accepted = (0..<60 * errors).contains { draw in
                let residue = aim.isExact ? .zero : random.vector(rms: Double(1 + draw / 60) * options.centringError)
                let measured = holes[visit.hole].position + residue
                let before = exposures.count
                let end = expose(
                    visit, at: measured, stop: stop, index: index, session: session, aim: aim, drift: drift, from: time)
                guard exposures.indices.suffix(from: before).allSatisfy(keepsItsDistance) else {
                    exposures.removeLast(exposures.count - before)
                    grid.removeLast(downTo: before)
                    return false
                }
                time = end
                result.measured[visit.hole] = measured
                return true
            }
            guard accepted else { return nil }
        }
        result.end = time
        result.lastStage = aim.stage + drift.offset(at: time)
        return result
    }

    /// Shoots the areas of one hole.
    /// - Parameter measured: where EPU takes the hole's centre to be, um.
    /// - Returns: when the next hole can be shot.
    private mutating func expose(
        _ visit: PlannedStop.Visit, at measured: Vector2, stop: PlannedStop, index: Int, session: SimulatedSession,
        aim: Aim, drift: Drift, from start: Timestamp
    ) -> Timestamp {
        let (lead, period) = (options.instrument.dataNameLead, options.instrument.secondsPerExposure)
        var time = start
        for area in visit.firstArea..<visit.firstArea + visit.areas {
            let target = measured + aim.displacement + session.template.areas[area].offset
            let beamShift = inverse * (target - aim.stage)
            let stage = aim.stage + drift.offset(at: time)
            let exposure = SimulatedExposure(
                session: session.index, stop: index, square: stop.square, hole: visit.hole, area: area,
                rank: visit.rank, incident: stop.incident, acquired: time,
                named: time.adding(seconds: -random.uniform(lead.lowerBound, lead.upperBound)),
                stage: session.frame.stagePosition(of: stage + readBackError()), beamShift: beamShift,
                position: stage + beamToSpecimen * beamShift)
            exposures.append(exposure)
            grid.append(exposure.position)
            time = time.adding(seconds: random.uniform(period.lowerBound, period.upperBound))
        }
        // The beam takes longer to the next hole than to the next area.
        return time.adding(seconds: 0.6)
    }

    /// How the stage creeps after a move, until it has settled: up to 9 nm.
    private struct Drift {
        private let arrived: Timestamp
        /// um.
        private let extent: Vector2
        /// Seconds.
        private let settling: Double

        init(since arrived: Timestamp, random: inout RandomSource) {
            self.arrived = arrived
            let angle = random.uniform(0, 2 * .pi)
            extent = random.uniform(0, 9e-3) * Vector2(cos(angle), sin(angle))
            settling = random.uniform(30, 120)
        }

        func offset(at time: Timestamp) -> Vector2 { (1 - exp(-time.seconds(since: arrived) / settling)) * extent }
    }

    /// Where a stop's stage truly is, and by how much its exposures miss the holes that they are named after.
    private struct Aim {
        var stage: Vector2
        var displacement = Vector2.zero
        /// True centre of the hole in the middle of the hole image.
        var centre: Vector2
        /// Whether the stage moves between the image before the centring and the one after it.
        var moves = true
        /// Whether the displacement is the whole error.
        var isExact = false
    }

    private mutating func aim(of stop: PlannedStop, after previous: StageState) -> Aim {
        let square = foil.squares[stop.square]
        let centre = square.holes[stop.centre].position
        let stageError = random.vector(rms: options.stageError)
        switch stop.incident {
        case .none, .repeatedHole:
            return Aim(stage: centre + stageError, centre: centre)
        case .unmovedStage:
            let measured = previous.centre + random.vector(rms: 0.02)
            return Aim(
                stage: previous.position, displacement: measured - centre, centre: previous.centre, moves: false)
        case .wrongCentre(let step):
            let wrong =
                square.hole(at: square.holes[stop.centre].site + step).map { square.holes[$0].position }
                ?? centre + foil.axes.vector(step)
            return Aim(stage: wrong + stageError, displacement: wrong - centre, centre: wrong)
        case .partialOverlap(let hole):
            let shift = shiftsOfMissedHole[random.index(below: shiftsOfMissedHole.count)]
            let other = measuredCentres[Place(square: stop.square, hole: hole)] ?? square.holes[hole].position
            return Aim(
                stage: other + shift + stageError, displacement: other + shift - centre,
                centre: square.holes[hole].position, isExact: true)
        }
    }

    private mutating func holeImages(
        of stop: PlannedStop, index: Int, session: SimulatedSession, aim: Aim, at first: Timestamp
    ) -> [HoleImage] {
        let offCentre = aim.moves ? aim.stage + random.vector(rms: 0.45) : aim.stage
        let images = [(offCentre, 0.0), (aim.stage, random.uniform(9, 11))].map { stage, delay in
            let acquired = first.adding(seconds: delay)
            return HoleImage(
                stop: index, square: stop.square, hole: stop.centre, acquired: acquired,
                named: acquired.adding(seconds: random.uniform(3.8, 5.1)),
                stage: session.frame.stagePosition(of: stage + readBackError()),
                trueStage: stage, found: aim.centre, exposuresBefore: exposures.count)
        }
        return names.lasting(images)
    }

    /// 1 to 2 nm, never more than 3: in um.
    private mutating func readBackError() -> Vector2 {
        let error = random.vector(rms: 1.5e-3)
        return error.length <= 3e-3 ? error : (3e-3 / error.length) * error
    }

    /// Whether no exposure before this one is too near to the radius, or within it for no reason.
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
        names.remember(stop.images, exposures.suffix(count))
        let square = session.stops[index].square
        for (hole, centre) in stop.measured where session.stops[index].incident == .none {
            let place = Place(square: square, hole: hole)
            if remembering.contains(place) { measuredCentres[place] = centre }
        }
    }
}

/// Why two exposures of one grid, within the radius of each other, are there; the first that applies:
///
/// - `across-sessions`: they belong to two sessions, whatever went wrong in either;
/// - `by-design`: two areas of one visit to a hole, as the template has them; an interrupted hole's visit goes on at a
///   later stop, where nothing went wrong at either;
/// - `same-area`: the same area of the same hole, shot again;
/// - the fault of the later exposure's stop, else that of the earlier one's: `unmoved-stage` where the stage stayed at
///   the previous stop, `wrong-centre` where another hole was centred, `neighbour` where a hole was shot again (and
///   another area of it is near) or another hole's exposures hit beside it;
/// - `unexplained`, which no session is left with: see `keepsItsDistance`.
func overlapCause(earlier: SimulatedExposure, later: SimulatedExposure) -> OverlapCause {
    if earlier.session != later.session { return .acrossSessions }
    if earlier.square == later.square && earlier.hole == later.hole {
        // A hole is visited once at a stop.
        if earlier.stop == later.stop { return .byDesign }
        if earlier.area == later.area { return .sameArea }
        if earlier.incident == .none && later.incident == .none { return .byDesign }
    }
    return later.incident.cause ?? earlier.incident.cause ?? .unexplained
}
