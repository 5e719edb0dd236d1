import EPUCore

/// One file of a session; numbers are indices of the session's images, or of an exposure among all.
enum WriteJob: Sendable {
    case squareImage(Int, Part)
    case holeImage(Int, Part)
    case exposure(Int, Part)
    case fractions(Int)
    case movie(Int)
    case session
    /// The .dm of a grid square with the first `events` events of the session in it.
    case gridSquare(Int, events: Int)

    /// Whether the file ends in .dm.
    var isDM: Bool {
        switch self {
        case .session, .gridSquare: true
        default: false
        }
    }

    enum Part: Sendable {
        case metadata
        case preview
    }
}

/// The files of a session in the order of time.
struct WriteJobs: Sequence, IteratorProtocol {
    private let session: SimulatedSession
    private let exposures: [SimulatedExposure]
    private let options: SimulationOptions
    private let hasMovieTwin: Bool
    private var position = 0
    private var pending: ArraySlice<TimedJob> = []
    private var square = -1
    private var time: Timestamp
    private var isDone = false

    struct TimedJob: Sendable {
        let time: Timestamp
        let job: WriteJob
    }

    init(session: SimulatedSession, model: SimulationModel, options: SimulationOptions) {
        self.session = session
        exposures = model.exposures
        self.options = options
        hasMovieTwin = options.instrument.camera.hasMovieTwin
        time = session.start
        // A running session has its settings from the start; they are written again as it goes on.
        if options.live && options.dm { pending = [TimedJob(time: time, job: .session)] }
    }

    mutating func next() -> TimedJob? {
        while pending.isEmpty {
            guard !isDone else { return nil }
            refill()
            if !options.dm { pending.removeAll { $0.job.isDM } }
        }
        return pending.removeFirst()
    }

    private mutating func refill() {
        guard position < session.events.count else {
            pending = [job(.gridSquare(square, events: position)), job(.session)]
            isDone = true
            return
        }
        let event = session.events[position]
        position += 1
        switch event {
        case .squareImage(let index):
            if square >= 0 {
                pending.append(job(.gridSquare(square, events: position - 1)))
                if options.live { pending.append(job(.session)) }
            }
            square = session.squareImages[index].square
            time = session.squareImages[index].acquired
            append { .squareImage(index, $0) }
            if options.live { pending.append(job(.gridSquare(square, events: position))) }
        case .holeImage(let index):
            time = session.holeImages[index].acquired
            append { .holeImage(index, $0) }
        case .exposure(let index):
            time = exposures[index].acquired
            append { .exposure(index, $0) }
            if hasMovieTwin { pending.append(job(.fractions(index))) }
            if options.movies { pending.append(job(.movie(index))) }
            let isLastOfStop = position == session.events.count || isHoleImage(session.events[position])
            if options.live && isLastOfStop { pending.append(job(.gridSquare(square, events: position))) }
        }
    }

    private func isHoleImage(_ event: SessionEvent) -> Bool {
        if case .holeImage = event { true } else { false }
    }

    private mutating func append(_ make: (WriteJob.Part) -> WriteJob) {
        if options.images { pending.append(job(make(.preview))) }
        pending.append(job(make(.metadata)))
    }

    private func job(_ job: WriteJob) -> TimedJob { TimedJob(time: time, job: job) }
}

/// Swaps the order of elements that are near each other, as copying over a network does.
struct LocallyShuffled<Base: IteratorProtocol>: IteratorProtocol {
    private var base: Base
    private var window: [Base.Element] = []
    private var random: RandomSource

    init(_ base: Base, random: RandomSource) {
        self.base = base
        self.random = random
    }

    mutating func next() -> Base.Element? {
        while window.count < 8, let element = base.next() { window.append(element) }
        return window.isEmpty ? nil : window.remove(at: random.index(below: window.count))
    }
}
