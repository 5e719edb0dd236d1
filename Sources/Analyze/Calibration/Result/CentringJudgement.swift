import EPUCore
import Foundation

extension Calibrator {
    /// The verdict on a matrix of hole images. It is refined on the lattice where stage stops tell it; if not, it is used as it
    /// is, and its verdict depends on the consequence, as some per cent of a beam that hardly moves are nothing.
    /// - Returns: nil where the matrix may be chance.
    func judgeCentring(_ candidate: Calibration, _ candidates: CalibrationCandidates) -> Judgement? {
        guard let found = candidate.centring else { return nil }
        let alone = found.isProven || found.support >= Self.leastSupport ? judgeAlone(candidate, found) : nil
        guard var judgement = judgeRefined(candidate, found) ?? alone else { return nil }
        for other in [candidates.holes, candidates.history].compactMap({ $0 })
        where !candidate.isConsistent(with: other) {
            judgement.reasons.append("\(other.method.name) gives another matrix (\(other.shape)).")
            judgement.verdict = .doubtful
        }
        return judgement
    }

    /// The support that fewer holes than prove a matrix must have for it to be used nonetheless, log likelihood.
    private static let leastSupport = 12.0

    private func evidence(_ found: Centring) -> String {
        "\(counted(found.holes, "hole")) lie where their images and the beam shift have them, to "
            + "\((1000 * CentringConsensus.tolerance).text(significant: 1)) nm or better: "
            + "\(counted(found.beyond, "equation")) beyond the unknowns."
    }

    private func judgeAlone(_ candidate: Calibration, _ found: Centring) -> Judgement {
        guard found.isProven else {
            return (candidate, .doubtful, [evidence(found), "These are too few to prove it."])
        }
        let shift = shift(candidate)
        let error = shift * candidate.relativeError
        guard error > Self.greatestConsequence else { return (candidate, .good, [evidence(found)]) }
        let fault =
            "Its scale and direction are those of the hole image, good to some 3 % and 1 degree: with beam shifts of up to "
            + "\(shift.text(significant: 2)) um that is up to \(error.text(significant: 2)) um."
        return (candidate, .doubtful, [evidence(found), fault])
    }

    /// How far the beam moves at most, um.
    private func shift(_ candidate: Calibration) -> Double {
        input.visits.greatestBeamShift * candidate.matrix.singularValues.greater
    }

    /// How far exposures may lie from where the matrix has them, um.
    private static let greatestConsequence = 0.05
    /// The greatest residual of stops under a good matrix, in parts of the pitch.
    private static let greatestResidual = 0.09
    /// The greatest relative error of a good matrix. In a similarity each part errs by half of this, except for the stretch: half
    /// a degree is 2.7 times as much.
    private static let greatestError = 0.0055
    /// The least evidence for a good matrix: e^8 = 3000, as for other methods.
    private static let leastEvidence = 8.0

    /// The verdict on the matrix that was refined on the lattice; nil where the stage stops do not tell scale and direction
    /// better.
    private func judgeRefined(_ candidate: Calibration, _ found: Centring) -> Judgement? {
        guard !input.condition.isTilted, let fit = CentringRefinement(candidate.matrix, input),
            fit.stopResidual < Self.greatestResidual, fit.margin >= Self.leastEvidence,
            fit.relativeError < candidate.relativeError
        else { return nil }
        // A few holes are believed where the lattice says so, too: chance is 0.4 of the pitch aside.
        let byLattice = Double(fit.freedom) * log(0.4 / max(fit.stopResidual, 0.03))
        guard found.isProven || found.support - Self.readings + byLattice >= Self.leastEvidence else { return nil }
        var refined = candidate
        refined.matrix = fit.matrix
        refined.relativeError = fit.relativeError
        let element = fit.relativeError * fit.matrix.scale / 2.0.squareRoot()
        refined.errors = Matrix2(element, element, element, element)
        refined.stops = input.visits.stops.count
        refined.note = "turned and scaled to put the stage stops on one lattice"
        let isSure = fit.relativeError <= Self.greatestError
        let fault =
            "\(counted(input.visits.stops.count, "stage stop")) leave an error of "
            + "\((100 * fit.relativeError).text(decimals: 1)) %."
        return (refined, isSure ? .good : .doubtful, [evidence(found)] + (isSure ? [] : [fault]))
    }

    /// The part of the support that is for lying near one of the foil's eight readings: ln 25.
    private static let readings = 3.0

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
                "\(counted(found.apart.count, "hole")) with images of their own do not lie where these have them: \(names)"
                    + (found.apart.count > 3 ? " and others." : "."))
        }
        return remarks
    }
}
