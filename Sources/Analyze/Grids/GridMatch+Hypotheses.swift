import EPUCore
import Foundation

/// The moves that may be, and how likely each is before the maps are compared.
extension GridMatch {
    struct Hypothesis {
        let move: GridMove
        /// The log likelihood without that of the maps.
        let weight: Double
    }

    /// The expected strain that is left where one lattice lies on another: with two good calibrations, and with others.
    private static let strain = (good: 0.003, other: 0.02)
    /// The greatest strain of a turn that is tried.
    private static let greatestStrain = 0.06
    /// The greatest turn that is likely, degrees: a grid on one atlas that is turned more was taken out and its atlas kept, which
    /// EPU does not expect.
    private static let likelyTurn = 10.0
    /// The greatest offset, without whole steps, of a grid that stayed where it was, um: one that was taken out comes so near a
    /// whole step by a chance of 5 % on a foil of 2.5 um.
    static let unmoved = 0.3
    /// The greatest turn of such a grid, degrees.
    static let unmovedTurn = 0.5
    /// What an unlikely turn costs and a likely place gains, log likelihood.
    private static let unlikelyTurn = 9.0
    private static let likelyPlace = 9.0
    /// The error of the squares' places in the atlas, um.
    private static let recordedError = 10.0
    /// The most pairs of squares of one id from which moves are tried.
    private static let mostAnchors = 3
    /// The number of holes of a square from twice which on only some are tried.
    private static let mostHoles = 150
    /// The most moves that are judged, those with the most matches first.
    private static let mostHypotheses = 300

    /// Each pair of squares that may be one, each turn, and the shifts at which most holes match.
    func hypotheses(_ own: MapPattern, _ others: MapPattern) -> [Hypothesis] {
        var found: [(hypothesis: Hypothesis, votes: Double)] = []
        let anchors = own.squares.flatMap { square in
            others.squares.filter { isSaid || $0.id == square.id }.map { (square, $0) }
        }
        // On one atlas the likeliest is that the grid lies where it lay: whatever else fits must be better than that.
        if !isSaid, let (square, other) = anchors.first,
            let turn = TurnCandidate.all(from: square.lattice, to: other.lattice, kind: judged.kind)
                .filter({ !$0.isMirrored && $0.strain <= Self.greatestStrain })
                .min(by: { abs($0.turnDegrees) < abs($1.turnDegrees) })
        {
            let move = GridMove(
                turnDegrees: turn.turnDegrees, centre: square.middle, target: square.middle)
            found.append((Hypothesis(move: move, weight: weight(turn)), .infinity))
        }
        for (square, other) in isSaid ? anchors[...] : anchors.prefix(Self.mostAnchors) {
            let places = other.holes.map(\.place)
            let step = max(1, square.holes.count / Self.mostHoles)
            let sample = stride(from: 0, to: square.holes.count, by: step).map { square.holes[$0].place }
            // The centres of two maps of one square differ as far as one of them lacks a part of it.
            let reach = (isSaid ? 3 : 8) * pitch
            for turn in TurnCandidate.all(from: square.lattice, to: other.lattice, kind: judged.kind) {
                guard turn.strain <= Self.greatestStrain else { continue }
                let start = GridMove(
                    turnDegrees: turn.turnDegrees, isMirrored: turn.isMirrored, centre: square.middle,
                    target: other.middle)
                let shifts = StepVotes(
                    sample.map(start.place), on: places, lattice: other.lattice, reach: reach, most: isSaid ? 2 : 6
                ).shifts
                for (shift, votes) in shifts {
                    let move = GridMove(
                        turnDegrees: turn.turnDegrees, isMirrored: turn.isMirrored, centre: square.middle,
                        target: other.middle + shift)
                    found.append(
                        (
                            Hypothesis(move: move, weight: weight(turn)),
                            Double(votes) / Double(max(1, sample.count))
                        ))
                }
            }
        }
        // The list is sorted by all that it is sorted by, so that ties fall alike in each run.
        return found.enumerated().sorted { ($1.element.votes, $0.offset) < ($0.element.votes, $1.offset) }
            .prefix(Self.mostHypotheses).map(\.element.hypothesis)
    }

    private func weight(_ turn: TurnCandidate) -> Double {
        let error = session.isGood && judged.isGood ? Self.strain.good : Self.strain.other
        return -min(20, turn.strain * turn.strain / (2 * error * error))
    }

    /// What is likely before the holes are looked at, log likelihood; a person's word that grids are one says nothing of it.
    func prior(_ move: GridMove, at start: GridMove) -> Double {
        guard !isSaid else { return 0 }
        var prior = move.isMirrored || abs(move.turnDegrees) > Self.likelyTurn ? -Self.unlikelyTurn : 0
        if isUnmoved(move, at: start.centre) { prior += Self.likelyPlace }
        let aside = session.squares.compactMap { id, square in
            square.recorded.flatMap { own in judged.squares[id]?.recorded.map { move.place(own).distance(to: $0) } }
        }
        if !aside.isEmpty {
            let parts = aside.median / Self.recordedError
            prior -= min(8, parts * parts / 2)
        }
        return prior
    }

    func isUnmoved(_ move: GridMove, at place: Vector2) -> Bool {
        !move.isMirrored && abs(move.turnDegrees) <= Self.unmovedTurn
            && move.place(place).distance(to: place) <= Self.unmoved
    }
}
