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
    let isSaid: Bool
    let fit: ShotHoleFit
    let pitch: Double

    /// By how much a move must be ahead of any other, log likelihood.
    static let leastLead = 8.0
    /// The most moves that the maps may leave open.
    static let mostRivals = 7
    /// The least log likelihood that it is one grid, where only a person's word says so.
    private static let leastIdentity = 12.0
    /// The tolerance of a square's lattice in direction, degrees.
    private static let turnTolerance = 0.3

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
        let outcome = unconfirmed
        if case .measured(let move) = outcome { return .measured(confirmed(move)) }
        return outcome
    }

    /// The outcome, in which it is not known yet by which step squares lie aside.
    private var unconfirmed: ShotHoleFit.Outcome {
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
        // Where a stage lost its way in one square, a turn may fit better as a whole than that the grid stayed: not where a square
        // lies exactly as it lay, then only the holes that were shot can tell.
        let near = rivals.filter { rival in
            rival.weight > best.weight - Self.leastLead
                || (!isSaid && rival.maps.exactSquares > 0 && isUnmoved(rival.move, at: rival.start.centre))
        }
        var chosen = (start: best.start, move: best.move)
        if !near.isEmpty || (isSaid && best.maps.identity(against: rivals.map(\.maps)) < Self.leastIdentity) {
            let staying = near.filter { isUnmoved($0.move, at: $0.start.centre) }
            let others = near.filter { !isUnmoved($0.move, at: $0.start.centre) }
            let open = ([best] + (staying + others).prefix(Self.mostRivals)).map { ($0.start, $0.move) }
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
