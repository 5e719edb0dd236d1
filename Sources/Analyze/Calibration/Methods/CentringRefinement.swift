import EPUArchive
import EPUCore
import Foundation

/// The matrix of the hole image, turned and scaled so that the stage stops stand on the lattice of their square.
///
/// The hole image's calibration is a similarity (so EPU writes it), hence M = z M_EPU with a complex number z near 1. That
/// is two unknowns instead of four: few stops, which any matrix would put on some lattice, tell them. With sites n by
/// rounding,
///
///     M_EPU (beam shift) = L n - w stage + origin,   w = 1 / z
///
/// is linear in w, and in the lattice L and the origin of each patch. Holes and stops weigh as in `LatticeFit`.
struct CentringRefinement {
    /// The refined matrix M.
    let matrix: Matrix2
    /// The standard error of M, as a part: the rms of |dz|.
    let relativeError: Double
    /// The rms distance of stage stops from their sites, in parts of the pitch.
    let stopResidual: Double
    /// The coordinates of stops that neither the origins nor z take up.
    let freedom: Int
    /// The log likelihood by which z is ahead of others within reach; infinite where there are none.
    let margin: Double

    private struct Trial {
        let factor: Vector2
        let evidence: Double
        let stopResidual: Double
    }

    /// Refines the matrix; nil where no patch has two stops, or these do not tell it.
    init?(_ centring: Matrix2, _ input: CalibrationInput) {
        guard let foil = input.lattice else { return nil }
        let problem = LatticeProblem(input.visits, foil, mostStops: Self.mostStops, imagePairs: input.imagePairs)
        let coordinates = 2 * (problem.stops - problem.patches)
        guard coordinates >= 2, let farthest = problem.reach.max(), farthest > 0 else { return nil }
        let search = Search(problem: problem, centring: centring, coordinates: Double(coordinates))
        let pitch = foil.pitch * centring.scale
        let trials = search.trials(step: min(0.02, max(0.004, 0.12 * pitch / farthest)))
        // A z counts as elsewhere if it puts the farthest stop on another site.
        let apart = 0.5 * pitch / farthest
        var peaks: [Trial] = []
        for trial in trials.sorted(by: { $0.evidence > $1.evidence }) where peaks.count < Self.mostPeaks {
            if !peaks.contains(where: { $0.factor.distance(to: trial.factor) < apart }) { peaks.append(trial) }
        }
        let refined = peaks.compactMap { search.refined($0) }.sorted { $0.evidence > $1.evidence }
        guard let best = refined.first else { return nil }
        let rival = refined.dropFirst().first { $0.factor.distance(to: best.factor) >= apart / 2 }
        stopResidual = best.stopResidual
        freedom = coordinates - 2
        margin = best.evidence - (rival?.evidence ?? -.infinity)
        let stage = Self.stageVariance(input, problem, stopResidual * pitch, coordinates, freedom).squareRoot()
        guard let last = search.solution(near: best.factor, stage: stage) else { return nil }
        matrix = search.matrix(last.factor)
        relativeError = (2 * last.variance + Self.stretchError * Self.stretchError).squareRoot()
    }

    /// The greatest number of stops: for more there is the lattice's own method.
    private static let mostStops = 40
    /// The most trials, best first, that are refined.
    private static let mostPeaks = 8
    /// How far from a similarity the hole image's calibration may be, as a part.
    private static let stretchError = 0.003
    /// The standard deviation of a read-back where no pairs of images tell it, um, worth so many coordinates: more than the usual
    /// one, as few stops must not be believed too much.
    private static let cautiousStageError = 1.4 * HoleImagePairs.usualError
    /// The number of coordinates that this deviation is worth.
    private static let cautiousWeight = 4.0

    /// The variance of a coordinate of a read-back, um^2: from what pairs of hole images measured, together with the stops' own
    /// residuals, of which pairs have taken away half.
    private static func stageVariance(
        _ input: CalibrationInput, _ problem: LatticeProblem, _ residual: Double, _ coordinates: Int, _ freedom: Int
    ) -> Double {
        let known = input.imagePairs.stageError ?? cautiousStageError
        let weight = input.imagePairs.summary.map { 2 * Double($0.pairs) } ?? cautiousWeight
        let left = (0..<problem.stops).reduce(0) { $0 + problem.unknownPart(ofStop: $1) } / Double(problem.stops)
        // The residual contains both coordinates.
        let squares = residual * residual / 2 * Double(coordinates) / left
        return (weight * known * known + (freedom > 0 ? squares : 0)) / (weight + Double(max(0, freedom)))
    }

    // MARK: - Search

    private struct Search {
        let problem: LatticeProblem
        let centring: Matrix2
        let coordinates: Double

        func matrix(_ factor: Vector2) -> Matrix2 { Matrix2(factor.x, -factor.y, factor.y, factor.x) * centring }

        func trial(_ factor: Vector2) -> Trial? {
            guard let fit = LatticeFit(problem, given: matrix(factor)) else { return nil }
            let residual = fit.stopResidual(problem)
            let (scale, turn) = (
                (factor.length - 1) / CentringMethod.scaleError, factor.angle / CentringMethod.turnError
            )
            // Stops stand within some 3 % of the pitch: less is luck, where they are few.
            let fitting = -coordinates * log(max(residual, 0.03))
            return Trial(
                factor: factor, evidence: fitting - (scale * scale + turn * turn) / 2, stopResidual: residual)
        }

        func trials(step: Double) -> [Trial] {
            let (scale, turn) = (Centring.scaleReach, Centring.turnReach * .pi / 180)
            let steps = (Int((scale / step).rounded(.up)), Int((turn / step).rounded(.up)))
            return (-steps.0...steps.0).flatMap { i in
                (-steps.1...steps.1).compactMap { j in
                    let (length, angle) = (1 + Double(i) * step, Double(j) * step)
                    return trial(length * Vector2(cos(angle), sin(angle)))
                }
            }
        }

        /// The least-squares solution that is found from a start; nil where it leads out of reach.
        func refined(_ start: Trial) -> Trial? {
            var factor = start.factor
            for _ in 0..<4 {
                guard let solution = solution(near: factor, stage: problem.stageError) else { return nil }
                factor = solution.factor
            }
            let isInReach =
                abs(factor.length - 1) <= Centring.scaleReach
                && abs(factor.angle) <= Centring.turnReach * .pi / 180
            return isInReach ? trial(factor) : nil
        }

        /// The least-squares z, and the variance of each of its parts.
        /// - Parameter stage: the standard deviation of a read-back's error in x and in y, um.
        func solution(near factor: Vector2, stage: Double) -> (factor: Vector2, variance: Double)? {
            guard let fit = LatticeFit(problem, given: matrix(factor)) else { return nil }
            let pitch = fit.pitch(problem)
            let seen = problem.patchLattices.holeDeviation.map { $0 * centring.scale } ?? StopErrorSizes.typicalHole
            let hole = max(seen, StopErrorSizes.leastHole)
            var sums = [LatticeSums](repeating: LatticeSums(), count: problem.patches)
            for group in problem.groups {
                var own = LatticeSums()
                for index in group.visits where fit.isOnLattice(index, pitch: pitch) {
                    own.add(
                        site: fit.sites[index].vector, stage: problem.stage[index],
                        beamShift: centring * problem.beamShift[index])
                }
                let unknown = problem.unknownPart(ofStop: group.stop) * stage * stage
                let share = StopErrorSizes.share(holes: own.holes, stage: unknown, hole: hole)
                sums[group.patch].add(own.sharingError(share), times: 1)
            }
            guard let (w, variance) = LatticeSums.similarity(sums, likeness: problem.likeness),
                w.squaredLength > 0
            else { return nil }
            return (1 / w.squaredLength * Vector2(w.x, -w.y), variance * hole * hole)
        }
    }
}
