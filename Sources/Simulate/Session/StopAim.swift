import EPUCore

/// The stage at the end of a stop.
struct StageState: Sendable {
    var square = -1
    /// The true position of the stage, um.
    var position = Vector2.zero
    /// The true centre of the hole in the middle of the hole image, um.
    var centre = Vector2.zero
    /// The read-back error, um, in the session's stage frame.
    var readBackError = Vector2.zero
}

/// Where a stop's stage truly is, and by how much its exposures miss the holes that they are named after. Lengths are um.
struct StopAim: Sendable {
    let stage: Vector2
    private(set) var displacement = Vector2.zero
    /// The true centre of the hole in the middle of the hole image.
    let centre: Vector2
    /// Whether the displacement is the whole error.
    private(set) var isExact = false
    /// The time when the first image is taken.
    let imaged: Timestamp
    /// The true position of the stage in the first image, before the centring.
    let arrival: Vector2
    /// The read-back errors of the stage in the first image, and from then on, in the session's stage frame.
    let readBackErrors: (first: Vector2, last: Vector2)

    /// - Parameters:
    ///   - index: The index of the stop in its session.
    ///   - placeOfMiss: The place at which the centre of a hole is put that is missed for this one.
    init(
        of stop: PlannedStop, index: Int, session: SimulatedSession, after previous: StageState, clock: Timestamp,
        foil: Foil, options: SimulationOptions, random: inout RandomSource,
        placeOfMiss: (Int, inout RandomSource) -> Vector2
    ) {
        let square = foil.squares[stop.square]
        let hole = square.holes[stop.centre].position
        let stageError = random.vector(rms: options.stageError)
        switch stop.incident {
        case .none, .repeatedHole:
            centre = hole
            stage = hole + stageError
        case .unmovedStage:
            centre = previous.centre
            stage = previous.position
            displacement = previous.centre + random.vector(rms: 0.02) - hole
        case .wrongCentre(let step):
            centre =
                square.hole(at: square.holes[stop.centre].site + step).map { square.holes[$0].position }
                ?? hole + square.axes.vector(step)
            stage = centre + stageError
            displacement = centre - hole
        case .partialOverlap(let other):
            let place = placeOfMiss(other, &random)
            centre = square.holes[other].position
            stage = place + stageError
            displacement = place - hole
            isExact = true
        }
        imaged = clock.adding(seconds: random.uniform(6, 10))
        guard stop.incident != .unmovedStage else {
            arrival = stage
            readBackErrors = (previous.readBackError, previous.readBackError)
            return
        }
        arrival = stage + random.vector(rms: 0.45)
        let readBack = ReadBackError(options: options, session: session.index)
        func error(_ start: Vector2, _ end: Vector2, image: Int) -> Vector2 {
            readBack.error(after: session.frame.stageOffset(of: end - start), stop: index, image: image)
        }
        readBackErrors = (
            error(previous.position, arrival, image: 0), error(arrival, stage, image: 1)
        )
    }
}
