import EPUCore

/// Which candidate is chosen, how sure that is, and why.
extension Calibrator {
    typealias Judgement = (chosen: Calibration, verdict: CalibrationVerdict, reasons: [String])

    func judge(_ candidates: CalibrationCandidates) -> Judgement {
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
            // Of two results with the same matrix, the one that is better known is taken.
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

    /// The margin beyond which the second-best candidate is out of the question: e^8 = 3000.
    private static let goodMargin = 8.0
    /// The margin below which a matrix is not determined: e^3 = 20.
    private static let doubtfulMargin = 3.0
    /// The rms of stage stops under a good matrix, in parts of the pitch; 0.02 on real data, 0.4 for chance.
    static let goodStopResidual = 0.09
    /// The greatest error of a good matrix, as a part.
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
                "\(other.method.name) gives another matrix (\(other.shape)).")
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
            faults.append("\(other.method.name) gives another matrix (\(other.shape)).")
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

    /// The verdict on the matrix of earlier sessions; nil where the template speaks against it.
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
}
