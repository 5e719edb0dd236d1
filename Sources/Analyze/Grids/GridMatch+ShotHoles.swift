import EPUCore
import Foundation

/// What only the holes that both sessions shot tell: where there are no hole maps, or these leave several moves open.
extension GridMatch {
    private static let fewHoles =
        "where its grid lay cannot be measured, as too few holes of both lie near each other"
    /// The greatest shift that is sought where only shot holes tell, um.
    private static let greatestShift = 60.0
    /// The greatest turn of a grid on one atlas, degrees.
    private static let greatestTurn = 20.0
    /// How much better holes must fit than usual, and than at any other shift, in standard deviations.
    private static let leastDifference = 4.5
    /// The least lead over any other shift, in standard deviations.
    private static let leastLeadOfFit = 2.0
    /// The same limit where the shift is small enough to be expected without any evidence.
    private static let leastForLikely = 3.5
    /// The fewest degrees of freedom of a fit that is compared, and the fewest shifts among which the best can be told.
    private static let fewestFreedoms = 30
    private static let fewestShifts = 6

    /// The outcome for sessions on one atlas: an offset that is nearly zero is taken as true; any other must make the holes that
    /// both shot fit better at one shift than at all others.
    var withoutMaps: ShotHoleFit.Outcome {
        let common = session.squares.filter { !$0.value.shot.isEmpty && judged.squares[$0.key]?.shot.isEmpty == false }
        let most = common.max {
            (shared($0.key), $1.key) < (shared($1.key), $0.key)
        }
        guard let (id, square) = most, let other = judged.squares[id], let lattice = square.lattice,
            let otherLattice = other.lattice,
            let turn = TurnCandidate.all(from: lattice, to: otherLattice, kind: judged.kind)
                .filter({ !$0.isMirrored && abs($0.turnDegrees) <= Self.greatestTurn })
                .min(by: { abs($0.turnDegrees) < abs($1.turnDegrees) })
        else { return .unknown(Self.fewHoles) }
        let middle = square.shot.map(\.place).mean
        let start = GridMove(turnDegrees: turn.turnDegrees, centre: middle, target: middle)
        let sample = square.shot.map { start.place($0.place) }
        let others = other.shot.map(\.place)
        let near = StepVotes(sample, on: others, lattice: otherLattice, reach: 6 * pitch, most: 200).shifts
        guard near.reduce(0, { $0 + $1.votes }) >= 10, let any = near.first else { return .unknown(Self.fewHoles) }
        func move(_ shift: Vector2) -> GridMove {
            GridMove(turnDegrees: turn.turnDegrees, centre: middle, target: middle + shift)
        }
        let inverse = otherLattice.inverse ?? .identity
        let phase = inverse * any.shift
        let fine = otherLattice * (phase - FoilLattice.rounded(phase))
        if isUnmoved(move(fine), at: middle) { return fit.outcome(from: move(fine)) }
        let all = StepVotes(sample, on: others, lattice: otherLattice, reach: Self.greatestShift, most: 60).shifts
            .map { move($0.shift) }
        if let clearest = clearest(all) { return fit.outcome(from: clearest) }
        // A turn about the square itself is as likely beforehand as any other, but its shift is one of few that are so small.
        if fine.length <= Self.unmoved, let likely = clearest(all, least: Self.leastForLikely, lead: 0),
            isOne(likely, move(fine))
        {
            return fit.outcome(from: likely)
        }
        let turned =
            abs(turn.turnDegrees) > Self.unmovedTurn
            ? "turned by \(turn.turnDegrees.text(decimals: 1)) degrees and " : ""
        return .undetermined(
            "the grid was \(turned)moved between them by \(fine.x.text(decimals: 2)), \(fine.y.text(decimals: 2)) um, or by "
                + "that and some holes, and the hole maps do not tell which: ingest Metadata/GridSquare_*.dm of both")
    }

    private static let mostSteps = 2

    /// Of the moves that the maps leave open, the one at which the holes that both sessions shot fit better than at the others,
    /// and than some steps of the foil away from each; nil: none stands out.
    func clearest(of open: [(start: GridMove, move: GridMove)]) -> (start: GridMove, move: GridMove)? {
        guard let lattice = judged.lattice else { return nil }
        let steps = -Self.mostSteps...Self.mostSteps
        let aside = steps.flatMap { i in steps.map { lattice * Vector2(Double(i), Double($0)) } }
        let all = open.flatMap { open in
            aside.map { step in
                GridMove(
                    turnDegrees: open.move.turnDegrees, isMirrored: open.move.isMirrored, centre: open.move.centre,
                    target: open.move.target + step)
            }
        }
        guard let clearest = clearest(all) else { return nil }
        return open.first { isOne($0.move, clearest) }
    }

    private func shared(_ id: Int64) -> Int {
        min(session.squares[id]?.shot.count ?? 0, judged.squares[id]?.shot.count ?? 0)
    }

    /// Of several shifts, the one at which holes lie on each other more exactly than chance allows. At all wrong shifts they do
    /// so alike, by the scatter s of a foil's holes about its lattice; ln s of f degrees of freedom has a standard deviation of 1
    /// / sqrt (2 f).
    /// - Parameters:
    ///   - least: the number of standard deviations by which it must be better than usual.
    ///   - lead: the number by which it must be better than any other.
    private func clearest(
        _ moves: [GridMove], least: Double = leastDifference, lead: Double = leastLeadOfFit
    ) -> GridMove? {
        let found = moves.compactMap(fit.agreement).filter { $0.freedom >= Self.fewestFreedoms }
        // A single shift has nothing to be compared with, and tells nothing.
        guard found.count >= Self.fewestShifts else { return nil }
        let usual = found.map(\.rms).median
        let better = found.map { (move: $0.move, by: log(usual / $0.rms) * (2 * Double($0.freedom)).squareRoot()) }
        guard let best = better.max(by: { $0.by < $1.by }), best.by > least else { return nil }
        let rival = better.filter { !isOne($0.move, best.move) }.map(\.by).max() ?? 0
        return best.by > rival + lead ? best.move : nil
    }
}
