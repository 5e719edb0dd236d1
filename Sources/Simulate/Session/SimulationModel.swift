import EPUCore

/// The specimen and the sessions on it, with every exposure; nothing is written yet.
struct SimulationModel: Sendable {
    let foil: Foil
    let sessions: [SimulatedSession]
    /// The exposures of all sessions, in the order of time.
    let exposures: [SimulatedExposure]

    /// - Throws: `Failure` where the options ask for what cannot be.
    init(options: SimulationOptions) throws {
        try options.validate()
        let missed =
            options.partialOverlaps > 0
            ? try MissedHole(template: AreaLayout(options: options), options: options) : nil
        let base =
            options.exposures - options.areas * options.repeatedHoles - (missed?.areas ?? 0) * options.partialOverlaps
        let holes = (base + options.areas - 1) / options.areas
        let foil = Foil(options: options, goodHoles: Int((Double(holes) / options.finished).rounded()))
        let clustering = Clustering(pattern: foil.pattern, axes: foil.axes, radius: options.clusterRadiusUsed)
        let good = foil.squares.map { square in square.holes.indices.filter { !square.holes[$0].isRejected } }

        var ids = IDSource(seed: options.seed)
        var acquisition = try Acquisition(options: options, foil: foil, missed: missed)
        var random = RandomSource(seed: options.seed, stream: "stage plan")
        var first = try SimulatedSession(
            index: 0, options: options, foil: foil, clustering: clustering, start: options.start, ids: &ids)
        let plan = StagePlan(
            foil: foil, holes: good, clustering: clustering, template: first.template, exposures: base,
            random: &random)
        try acquisition.run(
            PlantedIncidents.planted(in: plan.stops, options: options, foil: foil, missed: missed), into: &first)

        var sessions = [first]
        if options.secondSession, let end = acquisition.exposures.last?.acquired {
            var second = try SimulatedSession(
                index: 1, options: options, foil: foil, clustering: clustering, start: end.adding(seconds: 7200),
                ids: &ids)
            let again = Self.firstHoles(of: Self.shot(good, in: plan.stops), fraction: options.secondFraction)
            let plan = StagePlan(
                foil: foil, holes: again, clustering: clustering, template: second.template,
                exposures: again.reduce(0) { $0 + $1.count } * options.areas, random: &random)
            try acquisition.run(plan.stops, into: &second)
            sessions.append(second)
        }
        self.foil = foil
        self.sessions = sessions
        exposures = acquisition.exposures
    }

    /// The holes that the stops visit, out of the given ones of each square.
    private static func shot(_ holes: [[Int]], in stops: [PlannedStop]) -> [[Int]] {
        var visited = holes.map { _ in Set<Int>() }
        for stop in stops { visited[stop.square].formUnion(stop.visits.map(\.hole)) }
        return zip(holes, visited).map { holes, visited in holes.filter(visited.contains) }
    }

    /// The first part of the holes, as large as `fraction`: square after square, and in the last of them from the middle
    /// outwards.
    private static func firstHoles(of holes: [[Int]], fraction: Double) -> [[Int]] {
        let all = holes.reduce(0) { $0 + $1.count }
        var left = max(1, Int((Double(all) * fraction).rounded()))
        return holes.map { indices in
            let taken = indices.prefix(left)
            left -= taken.count
            return Array(taken)
        }
    }
}

/// The counter from which EPU numbers everything that it makes: it has seven digits for years.
struct IDSource {
    private var next: Int
    private var random: RandomSource

    init(seed: UInt64) {
        random = RandomSource(seed: seed, stream: "ids")
        next = 5_000_000 + random.index(below: 2_000_000)
    }

    /// The first of `count` ids in a row.
    mutating func take(_ count: Int) -> Int {
        let first = next
        next += count + 5 + random.index(below: 90)
        return first
    }
}

extension SimulatedSession {
    /// Makes a session before its first exposure. Its hole ids are its own: each session searches for holes again.
    fileprivate init(
        index: Int, options: SimulationOptions, foil: Foil, clustering: Clustering, start: Timestamp,
        ids: inout IDSource
    ) throws {
        self.index = index
        self.start = start
        frame =
            index == 0
            ? .first
            : StageFrame(
                turnDegrees: options.secondTurnDegrees, isMirrored: options.secondMirror,
                centre: foil.squares.first?.centre ?? .zero,
                offset: options.secondOffset)
        isClustered = clustering.isClustered
        firstID = ids.take(10)
        template = try AreaLayout(
            options: options, session: index, firstID: ids.take(20 * options.areas + 30) + 22)
        firstHoleIDs = foil.squares.map { ids.take($0.holes.count) }
        squareIDs = Self.squareIDs(index: index, options: options, foil: foil)
        let isMirrored = frame.isMirrored
        holeNumbers = foil.squares.indices.map { square in
            Self.holeNumbers(of: square, index: index, options: options, foil: foil, isMirrored: isMirrored)
        }
    }

    /// The ids of the grid squares in the first atlas, or in another one: in no order that could be recognised.
    private static func squareIDs(index: Int, options: SimulationOptions, foil: Foil) -> [Int] {
        guard index > 0, options.secondAtlas else { return foil.squares.map(\.id) }
        var random = RandomSource(seed: options.seed, stream: "second atlas")
        var id = 9_000_000 + random.index(below: 900_000)
        var ids = foil.squares.map { _ in
            id += 2 + random.index(below: 24)
            return id
        }
        random.shuffle(&ids)
        return ids
    }

    private static func holeNumbers(
        of square: Int, index: Int, options: SimulationOptions, foil: Foil, isMirrored: Bool
    ) -> [Int] {
        let holes = foil.squares[square].holes.indices
        if options.holeNumberingUsed == .random {
            var numbers = Array(holes)
            var random = RandomSource(seed: options.seed, stream: "hole numbers \(index)", index: square)
            random.shuffle(&numbers)
            return numbers
        }
        guard isMirrored else { return Array(holes) }
        // The spiral is clockwise on the stage, whichever side of the grid is up.
        let places = squareSpiral(rings: foil.squares[square].rings)
        let numbers = Dictionary(uniqueKeysWithValues: places.enumerated().map { ($1, $0) })
        return places.map { numbers[LatticeSite(i: $0.i, j: -$0.j)] ?? 0 }
    }
}
