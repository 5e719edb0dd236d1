import EPUCore

/// What really happened in a simulation: where each exposure hit the specimen, and which pairs lie within the radius.
struct SimulationTruth: Sendable {
    struct Exposure: Sendable {
        let name: String
        /// The name of the exposure's session.
        let session: String
        /// The position on the specimen, in the stage coordinates of the first session, um.
        let position: Vector2
        /// The id of the grid square, in the exposure's session.
        let square: Int
        /// The ids of hole and area, as in the name.
        let hole: Int
        let area: Int
        /// The number of the stage stop within the session: a run of exposures, in time order, whose stage read-backs
        /// stay within `reachOfStop` of its first. A stop at which the stage did not move belongs to the one before.
        let stop: Int
        /// The stage's read-back error, um, in the stage coordinates of the exposure's session.
        let readBackError: Vector2
    }

    /// How the foil of a grid square is distorted.
    struct Square: Sendable {
        /// The id of the grid square in the first session.
        let id: Int
        let distortion: SquareDistortion
    }

    struct Pair: Sendable {
        let earlier: String
        let later: String
        /// The distance of the two exposures, um.
        let distance: Double
        let cause: OverlapCause
    }

    /// A planted incident.
    struct Incident: Sendable {
        let kind: IncidentKind
        let session: String
        let stop: Int
        /// The names of the incident's exposures.
        let exposures: [String]
    }

    /// The greatest distance of a stop's read-backs from its first, um.
    static let reachOfStop = 0.3

    /// All exposures, in the order of time.
    let exposures: [Exposure]
    /// The pairs, sorted by the time of the later exposure, then of the earlier one.
    let pairs: [Pair]
    let incidents: [Incident]
    let squares: [Square]
    let sessions: [String]
    /// The stage frame of the second session; nil where there is none.
    let secondFrame: StageFrame?

    init(model: SimulationModel, options: SimulationOptions, names: SessionNames) {
        let order = Self.timeOrder(model, names)
        sessions = model.sessions.map { names.folder(of: $0) }
        secondFrame = model.sessions.dropFirst().first?.frame
        squares = model.foil.squares.map { Square(id: $0.id, distortion: $0.distortion) }
        let stops = Self.stopNumbers(model.exposures)
        exposures = order.map { index in
            let exposure = model.exposures[index]
            return Exposure(
                name: names.base(of: exposure), session: names.folder(of: model.sessions[exposure.session]),
                position: exposure.position,
                square: model.sessions[exposure.session].squareIDs[exposure.square], hole: names.holeID(of: exposure),
                area: names.areaID(of: exposure),
                stop: stops[index], readBackError: exposure.readBackError)
        }
        pairs = Self.pairs(model.exposures, order: order, names: exposures, radius: options.radiusUsed)
        incidents = Self.incidents(model.exposures, order: order, truth: exposures)
    }

    /// The indices of the exposures by acquisition time; those of one time are sorted by name.
    private static func timeOrder(_ model: SimulationModel, _ names: SessionNames) -> [Int] {
        model.exposures.indices.sorted { a, b in
            let (first, second) = (model.exposures[a], model.exposures[b])
            guard first.acquired == second.acquired else { return first.acquired < second.acquired }
            return names.base(of: first) < names.base(of: second)
        }
    }

    private static func stopNumbers(_ exposures: [SimulatedExposure]) -> [Int] {
        var numbers: [Int] = []
        numbers.reserveCapacity(exposures.count)
        var number = -1
        var first: SimulatedExposure?
        for exposure in exposures {
            if let start = first, start.session == exposure.session,
                start.stage.distance(to: exposure.stage) <= reachOfStop
            {
                numbers.append(number)
                continue
            }
            number = first?.session == exposure.session ? number + 1 : 0
            first = exposure
            numbers.append(number)
        }
        return numbers
    }

    private static func pairs(
        _ exposures: [SimulatedExposure], order: [Int], names: [Exposure], radius: Double
    ) -> [Pair] {
        var grid = PositionGrid(reach: radius)
        var pairs: [Pair] = []
        for (rank, index) in order.enumerated() {
            let later = exposures[index]
            var found: [(rank: Int, distance: Double)] = []
            grid.forEach(within: radius, of: later.position) { found.append(($0, $1)) }
            found.sort { $0.rank < $1.rank }
            for (earlier, distance) in found {
                pairs.append(
                    Pair(
                        earlier: names[earlier].name, later: names[rank].name, distance: distance,
                        cause: overlapCause(earlier: exposures[order[earlier]], later: later)))
            }
            grid.append(later.position)
        }
        return pairs
    }

    private static func incidents(
        _ exposures: [SimulatedExposure], order: [Int], truth: [Exposure]
    ) -> [Incident] {
        var incidents: [Incident] = []
        var members: [String] = []
        for (rank, index) in order.enumerated() {
            let exposure = exposures[index]
            guard let kind = exposure.incident.kind else { continue }
            members.append(truth[rank].name)
            let next = rank + 1 < order.count ? exposures[order[rank + 1]] : nil
            if next?.stop != exposure.stop || next?.session != exposure.session {
                incidents.append(
                    Incident(
                        kind: kind, session: truth[rank].session, stop: truth[rank].stop, exposures: members))
                members = []
            }
        }
        return incidents
    }
}
