import EPUShared

extension Calibrator {
    /// What a matrix in the hole image's frame is good for goes by consequence: where the beam hardly moves, some per cent of
    /// it are nothing.
    /// - Returns: nil where it may be chance.
    func judgeCentring(_ candidate: Calibration, _ candidates: Candidates) -> Judgement? {
        guard let found = candidate.centring else { return nil }
        let evidence =
            "\(counted(found.holes, "hole")) lie where \(found.holes == 1 ? "its image" : "their images") and the beam "
            + "shift have them, to \((1000 * CentringConsensus.tolerance).text(significant: 1)) nm or better: "
            + "\(counted(found.beyond, "equation")) beyond the unknowns."
        guard found.isProven else {
            guard found.support >= Self.leastSupport else { return nil }
            return (candidate, .doubtful, [evidence, "These are too few to prove it."])
        }
        var faults: [String] = []
        let shift = input.visits.greatestBeamShift * candidate.matrix.singularValues.greater
        let error = shift * candidate.relativeError
        if error > Self.greatestConsequence {
            faults.append(
                "The scale and direction are those of the hole image, good to some 3 % and 1 degree: with beam shifts of "
                    + "up to \(shift.text(significant: 2)) um that is up to \(error.text(significant: 2)) um.")
        }
        for other in [candidates.holes, candidates.history].compactMap({ $0 })
        where !candidate.isConsistent(with: other) {
            faults.append("\(other.name) gives another matrix (\(other.shape)).")
        }
        return (candidate, faults.isEmpty ? .good : .doubtful, [evidence] + faults)
    }

    /// Exposures may lie so far from where the matrix has them, um.
    private static let greatestConsequence = 0.05
    /// What fewer holes than prove it must be worth to be used nonetheless.
    private static let leastSupport = 12.0

    /// What hole images say of the holes, whatever the verdict.
    func remarks(on found: Centring?) -> [String] {
        guard let found, found.isProven || found.repeating > 0 else { return [] }
        var remarks: [String] = []
        if found.repeating > 0 {
            remarks.append(
                "\(found.repeating) of \(counted(found.centred.count, "hole")) were not centred: they repeat the beam shift "
                    + "of the hole before.")
        }
        if found.isProven, !found.apart.isEmpty {
            let names = found.apart.prefix(3).map(String.init).joined(separator: ", ")
            remarks.append(
                "\(counted(found.apart.count, "hole")) with images of their own lie elsewhere than these say: \(names)"
                    + (found.apart.count > 3 ? " and others." : "."))
        }
        return remarks
    }
}
