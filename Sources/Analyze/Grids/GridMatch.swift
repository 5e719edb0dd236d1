import EPUCore
import Foundation

/// Finds how the grid was moved between two sessions: which of the foil's turns, upside down or not, and which of its steps.
///
/// Bars and foil repeat, so that many moves put holes on holes. Each is weighed by what the hole maps of all squares say of it
/// (`MapAgreement`), by the foil's own shape (`TurnCandidate.strain`), by where EPU recorded the squares and, for sessions on one
/// atlas, by what is likely: a new atlas is taken when a grid is loaded, so that one that was hardly moved is likelier than one
/// that was turned. A move counts if no other comes near.
struct GridMatch {
    let session: GridHoles
    let judged: GridHoles
    /// Whether a person said that both are on one grid: ids of squares then say nothing.
    private let isSaid: Bool
    let fit: ShotHoleFit
    let pitch: Double

    /// By how much a move must be ahead of any other, log likelihood.
    private static let leastLead = 8.0
    /// The least log likelihood that it is one grid, where only a person's word says so.
    private static let leastIdentity = 12.0
    /// The expected strain that is left where one lattice lies on another: with two good calibrations, and with others.
    private static let strain = (good: 0.003, other: 0.02)
    /// The greatest strain of a turn that is tried.
    private static let greatestStrain = 0.06
    /// The tolerance of a square's lattice in direction, degrees.
    private static let turnTolerance = 0.3
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

    /// Prepares the comparison; nil where the holes of the two show no lattice.
    init?(_ session: GridHoles, to judged: GridHoles, isSaid: Bool) {
        guard let pitch = judged.pitch, session.lattice != nil else { return nil }
        self.session = session
        self.judged = judged
        self.isSaid = isSaid
        self.pitch = pitch
        fit = ShotHoleFit(session, to: judged, pitch: pitch)
    }

    var outcome: ShotHoleFit.Outcome {
        let common = Set(session.squares.keys).intersection(judged.squares.keys)
        let own = MapPattern(session, ids: isSaid ? nil : common, pitch: pitch)
        let others = MapPattern(judged, ids: isSaid ? nil : common, pitch: pitch)
        let hypotheses = hypotheses(own, others)
        guard !hypotheses.isEmpty else { return isSaid ? .undetermined(Self.noMaps) : withoutMaps }
        let weighed = hypotheses.map {
            hypothesis -> (start: GridMove, move: GridMove, weight: Double, maps: MapAgreement) in
            let maps = MapAgreement(own, to: others, at: hypothesis.move, pitch: pitch)
            return (
                hypothesis.move, maps.move, hypothesis.weight + maps.evidence + prior(maps.move, at: hypothesis.move),
                maps
            )
        }
        guard let best = weighed.max(by: { $0.weight < $1.weight }), best.maps.matched >= MapPattern.fewestHoles,
            best.maps.matched > 2 * best.maps.unmatched
        else { return isSaid ? .undetermined(Self.noMaps) : withoutMaps }
        let rivals = weighed.filter { !isOne($0.move, best.move) }.sorted { $0.weight > $1.weight }
        let near = rivals.filter { $0.weight > best.weight - Self.leastLead }
        var chosen = (start: best.start, move: best.move)
        if !near.isEmpty || (isSaid && best.maps.identity(against: rivals.map(\.maps)) < Self.leastIdentity) {
            let open = ([best] + near.prefix(Self.mostRivals)).map { ($0.start, $0.move) }
            guard let clearest = clearest(of: open) else {
                return .undetermined(near.first.map { Self.ambiguous(best.move, $0.move) } ?? Self.tooLittle)
            }
            chosen = clearest
        }
        let outcome = fit.outcome(from: chosen.move)
        // Where squares lie as the foil within them does not, they are other squares.
        if case .measured(let move) = outcome, session.isGood, judged.isGood,
            move.turn(to: chosen.start) > turnLimit(move)
        {
            return .undetermined(Self.otherTurn(move, chosen.start))
        }
        return outcome
    }

    private func turnLimit(_ move: GridMove) -> Double { max(Self.turnTolerance, 4 * (move.turnErrorDegrees ?? 0)) }

    func isOne(_ a: GridMove, _ b: GridMove) -> Bool {
        a.isMirrored == b.isMirrored && a.turn(to: b) < 2 && a.place(b.centre).distance(to: b.target) < 0.5 * pitch
    }
}

// MARK: - What may be

extension GridMatch {
    private struct Hypothesis {
        let move: GridMove
        /// The log likelihood without that of the maps.
        let weight: Double
    }

    /// The most pairs of squares of one id from which moves are tried.
    private static let mostAnchors = 3
    /// The most moves that the maps may leave open.
    static let mostRivals = 7
    /// The number of holes of a square from twice which on only some are tried.
    private static let mostHoles = 150
    /// The most moves that are judged, those with the most matches first.
    private static let mostHypotheses = 300

    /// Each pair of squares that may be one, each turn, and the shifts at which most holes match.
    private func hypotheses(_ own: MapPattern, _ others: MapPattern) -> [Hypothesis] {
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
    private func prior(_ move: GridMove, at start: GridMove) -> Double {
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

// MARK: - Words

extension GridMatch {
    private static let noMaps =
        "their hole maps do not fit on each other; Metadata/GridSquare_*.dm of a square that both visited is needed"
    private static let tooLittle =
        "their holes fit on each other, but so do those of other grids of the kind; hole maps (Metadata/GridSquare_*.dm) of "
        + "more squares of both would tell"

    private static func otherTurn(_ move: GridMove, _ foil: GridMove) -> String {
        "their squares lie turned by \(move.turnDegrees.text(decimals: 2)) degrees, but the foil in them by "
            + "\(foil.turnDegrees.text(decimals: 2)), as on two grids, or where the stage had lost its way"
    }

    private static func ambiguous(_ best: GridMove, _ rival: GridMove) -> String {
        let turns =
            best.turn(to: rival) < 2 && best.isMirrored == rival.isMirrored
            ? "another shift, by \(best.target.distance(to: rival.place(best.centre)).text(decimals: 1)) um,"
            : "another turn, by \(rival.turnDegrees.text(decimals: 0)) degrees\(rival.isMirrored ? " and upside down" : ""),"
        return
            "\(turns) puts their holes on each other nearly as well as \(best.text), as bars and foil repeat; hole maps "
            + "(Metadata/GridSquare_*.dm) of more squares of both would tell"
    }
}
