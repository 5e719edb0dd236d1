import EPUCore
import Foundation

/// Runs the stops of sessions in the order of time: moves the stage, centres, shifts the beam, exposes.
///
/// Where chance puts a pair of exposures too near to the radius (`SpacedExposures`), the hole's or the stop's errors are drawn
/// again; as the last resort, such a hole is centred up to three times worse than others.
struct Acquisition {
    let options: SimulationOptions
    let foil: Foil
    let shiftsOfMissedHole: [Vector2]
    /// The matrix from beam shift to the specimen, um per unit: stretched across the tilt axis, in the frame of the session.
    var beamToSpecimen: Matrix2
    var inverse: Matrix2
    var spaced: SpacedExposures
    var random: RandomSource
    var names: NameTimes
    var measured = MeasuredCentres()
    /// The way from the stage to where EPU took the centre of the hole to be that this session centred last, um.
    var centredWay: Vector2?

    init(options: SimulationOptions, foil: Foil, missed: MissedHole?) throws {
        shiftsOfMissedHole = missed?.shifts ?? []
        self.options = options
        names = NameTimes(format: options.instrument.format)
        self.foil = foil
        (beamToSpecimen, inverse) = try Self.beam(options, in: .first)
        spaced = SpacedExposures(options: options)
        random = RandomSource(seed: options.seed, stream: "acquisition")
    }

    var exposures: [SimulatedExposure] { spaced.exposures }

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
        let first = spaced.count
        measured.expect(stops)
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
            record(stop, index: index, session: &session)
            clock = stop.end
            stage = StageState(
                square: stops[index].square, position: stop.lastStage, centre: stop.aim.centre,
                readBackError: stop.aim.readBackErrors.last)
        }
        session.exposures = first..<spaced.count
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

    private mutating func record(_ stop: SettledStop, index: Int, session: inout SimulatedSession) {
        for image in stop.images {
            session.events.append(.holeImage(session.holeImages.count))
            session.holeImages.append(image)
        }
        let count = session.stops[index].visits.reduce(0) { $0 + $1.areas }
        session.events += exposures.indices.suffix(count).map { .exposure($0) }
        if !stop.images.isEmpty { centredWay = stop.centredWay }
        names.remember(stop.images, exposures.suffix(count))
        if session.stops[index].incident == .none {
            measured.remember(stop.measured, square: session.stops[index].square)
        }
    }
}
