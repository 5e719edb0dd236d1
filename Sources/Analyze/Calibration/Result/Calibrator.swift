import EPUCore
import Foundation

/// Finds a session's calibration by every method that it allows, and chooses.
struct Calibrator {
    let input: CalibrationInput

    /// What was found under one condition.
    struct Result: Sendable {
        let condition: Condition
        var chosen: Calibration
        let verdict: CalibrationVerdict
        /// The sentences that say what the verdict rests on.
        let reasons: [String]
        /// The other candidates that were found, the likelier first.
        let others: [Calibration]
        /// The session's holes on the foil's lattice, where there is one and the matrix is known.
        var layout: HoleLayout?
    }

    /// The range within which beam shifts do not move the beam by more than 0.05 um, beam-shift units.
    private static let leastBeamShift = 0.002

    /// - Parameter method: the method to use; nil tries all, and checks the best against the others.
    func result(_ method: CalibrationMethod?) -> Result {
        // One exposure proves nothing: its beam shift is that of all exposures by itself.
        if input.visits.greatestBeamShift < Self.leastBeamShift, input.exposures.count > 1 { return withoutBeamShift() }
        let candidates = CalibrationCandidates(input, method)
        var (chosen, verdict, reasons) = judge(candidates)
        if input.condition.isTilted && verdict == .good {
            verdict = .doubtful
            reasons.append("The stage is tilted: this was not tried on real tilted sessions.")
        }
        let unlike = candidates.all.filter { $0.method != chosen.method || $0.matrix != chosen.matrix }
        var layout = verdict == .undetermined ? nil : HoleLayout(input, under: &chosen)
        if verdict == .good, let quality = chosen.lattice, quality.stopResidual > Self.goodStopResidual {
            // These holes are the rest of a session that was too large to be searched as a whole.
            verdict = .doubtful
            reasons.append("The stage stops of some grid squares miss the lattice.")
        }
        // The distance by which stops miss the lattice may come from the matrix.
        if verdict != .good {
            layout?.forgetStopErrors(input.imagePairs)
            chosen.stopErrors = nil
        }
        if verdict != .undetermined { chosen.agrees = agreeing(with: chosen, among: unlike) }
        return Result(
            condition: input.condition, chosen: chosen, verdict: verdict,
            reasons: reasons + remarks() + remarks(on: candidates.centring?.centring), others: unlike,
            layout: layout)
    }

    private func withoutBeamShift() -> Result {
        Result(
            condition: input.condition,
            chosen: Calibration(.stage, Matrix2(scale: Calibration.typicalScale), relativeError: 1), verdict: .good,
            reasons: ["The beam shift is the same in all exposures: stage positions alone place them."], others: [])
    }

    private func agreeing(with chosen: Calibration, among others: [Calibration]) -> [CalibrationMethod] {
        var methods: [CalibrationMethod] = []
        for other in others where other.method != chosen.method && !methods.contains(other.method) {
            // The second reading of two areas is no confirmation, unless of what earlier sessions say.
            guard let first = others.first(where: { $0.method == other.method }),
                chosen.isConsistent(with: first) || (chosen.method == .history && chosen.isConsistent(with: other))
            else { continue }
            methods.append(other.method)
        }
        return methods
    }
}
