import EPUCore
import Foundation

extension Calibrator {
    /// The verdict on the matrix of earlier sessions. It is good where this session's stops would have shown a wrong one: under
    /// it they stand on one lattice, and under any other reading of the foil, or a matrix that is 3 % longer or shorter or turned
    /// by as much, they do not.
    /// - Returns: nil where this session says too little, or speaks against it.
    func judgeByHistory(_ candidate: Calibration, _ candidates: CalibrationCandidates) -> Judgement? {
        guard let foil = input.lattice, !input.condition.isTilted,
            input.earlier.count(where: { $0.matrix.difference(from: candidate.matrix) < HistoryMethod.sameAlignment })
                >= Self.leastSessions, candidate.relativeError < Self.greatestSpread,
            candidates.support(for: candidate).disagreeing.isEmpty
        else { return nil }
        let problem = LatticeProblem(input.visits, foil, mostStops: LatticeMethod.mostStops)
        guard let own = HistoryCheck(problem, candidate.matrix), own.stopResidual < Self.greatestResidual else {
            return nil
        }
        let wrong = foil.kind.symmetries.dropFirst().compactMap { symmetry in
            foil.vectors.inverse.map { candidate.matrix * (foil.vectors * (symmetry * $0)) }
        }
        let changed = [-0.03, 0.03].flatMap { change in
            [
                Matrix2(scale: 1 + change) * candidate.matrix,
                Matrix2(scale: 1, angleDegrees: change * 180 / .pi, isMirrored: false) * candidate.matrix,
            ]
        }
        let rivals = (wrong + changed).compactMap { HistoryCheck(problem, $0) }
        guard rivals.count == wrong.count + changed.count,
            rivals.allSatisfy({ own.evidence - $0.evidence >= Self.leastPower })
        else { return nil }
        let sentence =
            "Good by history: the matrix is that of earlier sessions, and the stage stops of this one stand on one lattice "
            + "under it, as they would not under another."
        return (candidate, .good, [sentence])
    }

    /// The least number of sessions that tell how much the microscope's matrix varies.
    private static let leastSessions = 3
    /// The greatest error of a good history, as a part: the least that is claimed of any history is 1 %.
    private static let greatestSpread = 0.0105
    /// The greatest rms of stage stops, in parts of the pitch.
    private static let greatestResidual = 0.09
    /// How much worse the stops must stand under a wrong matrix, log likelihood: e^3 = 20.
    private static let leastPower = 3.0
}

/// How the stage stops stand on the foil's lattice under a matrix that is not fitted to them.
struct HistoryCheck {
    /// The rms of stops in parts of the pitch.
    let stopResidual: Double
    /// The log likelihood, as in `LatticeQuality`, but no unknown is spent on the matrix.
    let evidence: Double

    init?(_ problem: LatticeProblem, _ matrix: Matrix2) {
        guard let fit = LatticeFit(problem, given: matrix) else { return nil }
        stopResidual = fit.stopResidual(problem)
        let freedom = Double(max(0, 2 * problem.groups.count - 2 * problem.patches))
        evidence = -freedom * log(max(stopResidual, 0.004)) - min(20, Double(fit.occupancy(problem).stopPairs))
    }
}
