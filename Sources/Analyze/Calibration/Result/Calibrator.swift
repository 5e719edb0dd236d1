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
        /// What the verdict rests on; sentences.
        let reasons: [String]
        /// All that was found, the chosen one left out, the likelier first.
        let others: [Calibration]
        /// The session's holes on the foil's lattice, where there is one and the matrix is known.
        var layout: HoleLayout?
    }

    /// Beam shifts that stay within this do not move the beam by more than 0.05 um.
    private static let leastBeamShift = 0.002

    /// - Parameter method: nil tries all, and checks the best against the others.
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
            // The rest of a session that was too large to be searched as a whole.
            verdict = .doubtful
            reasons.append("The stage stops of some grid squares miss the lattice.")
        }
        // What stops miss the lattice by may be the matrix's doing.
        if verdict != .good {
            layout?.forgetStopErrors()
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

    // MARK: - Judgement

    typealias Judgement = (chosen: Calibration, verdict: CalibrationVerdict, reasons: [String])

    private func judge(_ candidates: CalibrationCandidates) -> Judgement {
        let lattice = candidates.lattice.first.map { first in
            var candidate = first
            candidate.margin = candidates.margin(of: first)
            return judgeLattice(candidate, candidates)
        }
        if let lattice, lattice.verdict == .good { return lattice }
        let holes = candidates.holes.map { judgeHoles($0, candidates) }
        if let holes, holes.verdict == .good { return holes }
        let centring = candidates.centring.flatMap { judgeCentring($0, candidates) }
        if let centring, centring.verdict == .good { return centring }
        let byHistory = candidates.history.flatMap { judgeByHistory($0, candidates) }
        if let byHistory { return byHistory }
        if let lattice, lattice.verdict == .doubtful {
            // Of the same matrix the one that is better known.
            guard let centring, candidates.support(for: lattice.chosen).disagreeing.isEmpty,
                centring.chosen.relativeError < lattice.chosen.relativeError
            else { return lattice }
            return centring
        }
        if let holes { return holes }
        if let centring { return centring }
        if let history = candidates.history, let judgement = judgeHistory(history, candidates.template) {
            return judgement
        }
        if let template = candidates.template.first { return judgeTemplate(template) }
        return undetermined(candidates, because: lattice?.reasons ?? [])
    }

    /// Beyond this the second-best candidate is out of the question: e^8 = 3000.
    private static let goodMargin = 8.0
    private static let doubtfulMargin = 3.0
    /// Rms of stage stops in parts of the pitch; 0.02 on real data, 0.4 for chance.
    private static let goodStopResidual = 0.09
    private static let goodError = 0.0045

    private func judgeLattice(_ candidate: Calibration, _ candidates: CalibrationCandidates) -> Judgement {
        guard let quality = candidate.lattice else { return (candidate, .undetermined, []) }
        let support = candidates.support(for: candidate)
        let margin = candidate.margin ?? 0
        var faults: [String] = []
        if quality.stopResidual > Self.goodStopResidual {
            let share = (100 * quality.stopResidual).text(decimals: 0)
            faults.append("The stage stops miss the lattice by \(share) % of its pitch.")
        }
        if !quality.hasExpectedPitch, let pitch = input.pitch {
            faults.append(
                "The lattice's pitch is \(quality.pitch.text(decimals: 2)) um, not the \(pitch.text(significant: 3)) um "
                    + "that EPU's files or your options give.")
        }
        if quality.collisions * 10 > quality.sites {
            faults.append("\(quality.collisions) sites hold holes of several stage stops.")
        }
        if candidate.relativeError > Self.goodError {
            faults.append(
                "\(counted(candidate.stops ?? 0, "stage stop")) leave an error of "
                    + "\((100 * candidate.relativeError).text(decimals: 1)) %.")
        }
        if quality.freedom < LatticeQuality.leastFreedom && !support.agreeing.contains(where: { $0.method == .holes }) {
            faults.append("\(counted(candidate.stops ?? 0, "stage stop")) fit some lattice by any matrix.")
        }
        for other in support.disagreeing {
            faults.append(
                "\(other.name) gives another matrix (\(other.shape)).")
        }
        guard margin >= Self.doubtfulMargin,
            quality.stopResidual < Self.goodStopResidual || !support.agreeing.isEmpty
        else {
            let few = "\(counted(candidate.stops ?? 0, "stage stop")) fit several matrices about as well."
            return (candidate, .undetermined, margin < Self.doubtfulMargin ? [few] : faults)
        }
        if margin < Self.goodMargin { faults.insert("Another matrix fits nearly as well.", at: 0) }
        return (candidate, faults.isEmpty ? .good : .doubtful, faults)
    }

    private func judgeHoles(_ candidate: Calibration, _ candidates: CalibrationCandidates) -> Judgement {
        var faults: [String] = []
        if candidate.relativeError > Self.goodError {
            faults.append(
                "The hole map leaves an error of \((100 * candidate.relativeError).text(decimals: 1)) %: its scale is "
                    + "checked by \(counted(candidate.stops ?? 0, "stage stop")).")
        }
        if let residual = candidate.residual, residual > 0.3 {
            faults.append("Holes lie \(residual.text(significant: 2)) um from where their map has them.")
        }
        let ratio = (Tilt(input.condition).flattening * candidate.matrix).singularRatio
        if ratio > LatticeSearch.greatestRatio {
            faults.append("The matrix is stretched by \(ratio.text(decimals: 2)).")
        }
        let template = candidates.template.count == 1 ? candidates.template : []
        for other in template + [candidates.history].compactMap({ $0 }) where !other.isConsistent(with: candidate) {
            faults.append("\(other.name) gives another matrix (\(other.shape)).")
        }
        return (candidate, faults.isEmpty ? .good : .doubtful, faults)
    }

    private func judgeTemplate(_ candidate: Calibration) -> Judgement {
        var faults = ["The scale is that of the hole image, good to some per cent."]
        if let note = candidate.note { faults.insert(note.prefix(1).uppercased() + note.dropFirst() + ".", at: 0) }
        faults.append(
            "It rests on \(counted(input.visits.areas.count, "area")) in "
                + "\(counted(Set(input.visits.visits.map(\.foilHole)).count, "hole")); no lattice of stage stops checks it."
        )
        return (candidate, .doubtful, faults)
    }

    /// Nil where the template speaks against it.
    private func judgeHistory(_ candidate: Calibration, _ readings: [Calibration]) -> Judgement? {
        if readings.isEmpty {
            return (candidate, .doubtful, ["The matrix is that of earlier sessions; this one cannot confirm it."])
        }
        guard readings.contains(where: { $0.isConsistent(with: candidate) }) else { return nil }
        return (candidate, .doubtful, ["The matrix is that of earlier sessions; the template of this one agrees."])
    }

    private func undetermined(_ candidates: CalibrationCandidates, because reasons: [String]) -> Judgement {
        var reasons = reasons
        if input.exposures.count == 1 {
            reasons.append("There is one exposure only: it proves nothing of how beam shift maps to the stage.")
        } else if input.lattice == nil {
            reasons.append("Holes shot from one stage stop show no lattice.")
        } else if Set(input.visits.visits.map(\.stop)).count < 2 {
            reasons.append("There is one stage stop only.")
        } else if candidates.lattice.isEmpty {
            reasons.append("No matrix that a microscope might have puts the stage stops on one lattice.")
        }
        let (scale, origin) = scale(candidates)
        reasons.append("Only a scale of \(scale.text(significant: 3)) um is used, \(origin).")
        var chosen = Calibration(.none, Matrix2(scale: scale), relativeError: 1)
        chosen.stops = input.visits.stops.count
        return (chosen, .undetermined, reasons)
    }

    private func scale(_ candidates: CalibrationCandidates) -> (um: Double, origin: String) {
        if let lattice = input.lattice, let pitch = input.pitch {
            let scale = lattice.scale(pitch: pitch)
            if Calibration.plausibleScales.contains(scale) {
                return (scale, "the foil's pitch over that in beam shift")
            }
        }
        return (Calibration.typicalScale, "as measured on other microscopes")
    }

    /// What a user should know, whatever the verdict.
    private func remarks() -> [String] {
        var remarks: [String] = []
        if input.visits.additivityError > 1e-4 {
            remarks.append("Areas of the template lie differently in different holes.")
        }
        let stops = input.visits.stops.count
        let holes = Set(input.visits.visits.map(\.foilHole)).count
        let farthest = input.visits.greatestBeamShift * Calibration.typicalScale
        if stops > 1 && stops >= holes && farthest < Calibration.reachWithoutAFIS {
            remarks.append(
                "Each hole has a stage stop of its own (no AFIS): the beam moves by at most "
                    + "\(farthest.text(significant: 2)) um, so a wrong matrix does little.")
        }
        if input.magnifications.count > 1 {
            let list = input.magnifications.prefix(3).map {
                "\($0.magnification.map(String.init) ?? "unknown") (\($0.exposures))"
            }
            remarks.append("Magnifications \(list.joined(separator: ", ")) share one matrix.")
        }
        return remarks
    }
}

extension Calibration {
    /// As `the hole map`, for sentences.
    var name: String {
        switch method {
        case .holes: "The hole map"
        case .template: "The template"
        case .history: "The microscope's history"
        case .centring: "What EPU saw in hole images"
        case .lattice: "The lattice"
        case .given, .stage, .none: "The given matrix"
        }
    }

    /// As `mirrored, scale 24.3, angle 26.8 degrees`.
    var shape: String {
        (matrix.isMirrored ? "mirrored" : "not mirrored")
            + ", scale \(matrix.scale.text(decimals: 2)), angle \(matrix.angleDegrees.text(decimals: 1)) degrees"
    }
}
