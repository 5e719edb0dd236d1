import EPUCore

/// What really happened in a simulation: where each exposure hit the specimen, and which pairs lie within the radius.
struct SimulationTruth: Sendable {
    struct Exposure: Sendable {
        let name: String
        /// Name of its session.
        let session: String
        /// On the specimen, in the stage coordinates of the first session, um.
        let position: Vector2
        /// Id, in its session.
        let square: Int
        /// Ids, as in the name.
        let hole: Int
        let area: Int
        /// Number of the stage stop within the session: a run of exposures, in time order, whose stage read-backs stay
        /// within `reachOfStop` of its first. A stop at which the stage did not move belongs to the one before.
        let stop: Int
        /// What its stage read-back is off by, um, in its session's stage coordinates.
        let readBackError: Vector2
    }

    /// How the foil of a grid square is distorted.
    struct Square: Sendable {
        /// In the first session.
        let id: Int
        let distortion: SquareDistortion
    }

    struct Pair: Sendable {
        let earlier: String
        let later: String
        /// um.
        let distance: Double
        let cause: OverlapCause
    }

    /// A planted incident.
    struct Incident: Sendable {
        let kind: IncidentKind
        let session: String
        let stop: Int
        /// Its exposures.
        let exposures: [String]
    }

    /// um.
    static let reachOfStop = 0.3

    /// In the order of time.
    let exposures: [Exposure]
    /// By the later one, then the earlier one, in the order of time.
    let pairs: [Pair]
    let incidents: [Incident]
    let squares: [Square]
    let sessions: [String]
    /// Of a second session.
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

    /// By acquisition time, ties by name.
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
