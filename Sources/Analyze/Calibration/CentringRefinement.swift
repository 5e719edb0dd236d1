import EPUArchive
import EPUCore
import Foundation

/// The matrix of the hole image, turned and scaled so that the stage stops stand on one lattice.
///
/// The hole image's calibration is a similarity (so EPU writes it), hence M = z M_EPU with a complex number z near 1. That
/// is two unknowns instead of four: few stops, which any matrix would put on some lattice, tell them. With sites n by
/// rounding,
///
///     M_EPU (beam shift) = L n - w stage + origin of the patch,   w = 1 / z
///
/// is linear in w, the lattice L and the origins.
struct CentringRefinement {
    /// M.
    let matrix: Matrix2
    /// Of M as a part: |dz|, rms.
    let relativeError: Double
    /// Rms of stage stops in parts of the pitch.
    let stopResidual: Double
    /// Coordinates of stops that neither the origins nor z take up.
    let freedom: Int
    /// Log likelihood ahead of other z within reach; infinite where there are none.
    let margin: Double

    private struct Trial {
        let factor: Vector2
        let evidence: Double
        let stopResidual: Double
    }

    /// Two stops of a patch, or more, are needed.
    init?(_ centring: Matrix2, _ input: CalibrationInput) {
        guard let foil = input.lattice else { return nil }
        let visits = input.visits.corrected(by: input.imagePairs.ofStop)
        let problem = LatticeProblem(visits, foil, mostStops: Self.mostStops)
        let coordinates = 2 * (problem.stops - problem.patches)
        guard coordinates >= 2, let farthest = problem.reach.max(), farthest > 0 else { return nil }
        let search = Search(problem: problem, centring: centring, coordinates: Double(coordinates))
        let pitch = foil.pitch * centring.scale
        let trials = search.trials(step: min(0.02, max(0.004, 0.12 * pitch / farthest)))
        // Elsewhere is where the farthest stop lies on another site.
        let apart = 0.5 * pitch / farthest
        var peaks: [Trial] = []
        for trial in trials.sorted(by: { $0.evidence > $1.evidence }) where peaks.count < Self.mostPeaks {
            if !peaks.contains(where: { $0.factor.distance(to: trial.factor) < apart }) { peaks.append(trial) }
        }
        let refined = peaks.compactMap { search.refined($0) }.sorted { $0.trial.evidence > $1.trial.evidence }
        guard let best = refined.first else { return nil }
        let rival = refined.dropFirst().first { $0.trial.factor.distance(to: best.trial.factor) >= apart / 2 }
        matrix = search.matrix(best.trial.factor)
        stopResidual = best.trial.stopResidual
        freedom = coordinates - 2
        margin = best.trial.evidence - (rival?.trial.evidence ?? -.infinity)
        let stage = Self.stageVariance(input, stopResidual * pitch, coordinates, freedom)
        let ofStops = stage / search.spread
        relativeError = (2 * (ofStops + best.holeVariance) + Self.stretchError * Self.stretchError).squareRoot()
    }

    /// More stops have the lattice's own method.
    private static let mostStops = 40
    private static let mostPeaks = 8
    /// How far from a similarity the hole image's calibration may be, as a part.
    private static let stretchError = 0.003
    /// Standard deviation of a read-back where no pairs of images tell it, um, worth so many coordinates.
    private static let typicalStageError = 0.07
    private static let typicalWeight = 4.0

    /// Of a stop's coordinate, um^2: what pairs of hole images measured, together with the stops' own residuals. Half of it
    /// is left of a stop that its own pair has corrected.
    private static func stageVariance(
        _ input: CalibrationInput, _ residual: Double, _ coordinates: Int, _ freedom: Int
    ) -> Double {
        let single = input.imagePairs.stageError ?? typicalStageError
        let paired = Double(input.imagePairs.ofStop.count) / Double(max(1, input.visits.stops.count))
        let known = single * (1 - paired / 2).squareRoot()
        let weight = input.imagePairs.summary.map { 2 * Double($0.pairs) } ?? typicalWeight
        // The residual is that of both coordinates.
        let squares = residual * residual / 2 * Double(coordinates)
        return (weight * known * known + (freedom > 0 ? squares : 0)) / (weight + Double(max(0, freedom)))
    }

    // MARK: - Search

    private struct Search {
        let problem: LatticeProblem
        let centring: Matrix2
        let coordinates: Double

        func matrix(_ factor: Vector2) -> Matrix2 { Matrix2(factor.x, -factor.y, factor.y, factor.x) * centring }

        /// Sum over stops of their squared distance from the mean of their patch, um^2.
        var spread: Double {
            var stages: [SIMD2<Int>: Vector2] = [:]
            for index in problem.stop.indices {
                stages[SIMD2(problem.patch[index], problem.stop[index])] = problem.stage[index]
            }
            return Dictionary(grouping: stages, by: { $0.key.x }).values.reduce(0) { sum, members in
                let mean = members.map(\.value).mean
                return sum + members.reduce(0) { $0 + ($1.value - mean).squaredLength }
            }
        }

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
            let (scale, turn) = (CentringMethod.scaleReach, CentringMethod.turnReach * .pi / 180)
            let steps = (Int((scale / step).rounded(.up)), Int((turn / step).rounded(.up)))
            return (-steps.0...steps.0).flatMap { i in
                (-steps.1...steps.1).compactMap { j in
                    let (length, angle) = (1 + Double(i) * step, Double(j) * step)
                    return trial(length * Vector2(cos(angle), sin(angle)))
                }
            }
        }

        /// Least squares from there; nil where it leads out of reach.
        func refined(_ start: Trial) -> (trial: Trial, holeVariance: Double)? {
            var factor = start.factor
            var variance = 0.0
            for _ in 0..<4 {
                guard let solution = solution(near: factor) else { return nil }
                (factor, variance) = solution
            }
            let isInReach =
                abs(factor.length - 1) <= CentringMethod.scaleReach
                && abs(factor.angle) <= CentringMethod.turnReach * .pi / 180
            return isInReach ? trial(factor).map { ($0, variance) } : nil
        }

        /// z, and its variance (of each part) by the errors of the holes alone.
        private func solution(near factor: Vector2) -> (factor: Vector2, variance: Double)? {
            guard let fit = LatticeFit(problem, given: matrix(factor)) else { return nil }
            let pitch = fit.pitch(problem)
            let placed = problem.stop.indices.filter { fit.isOnLattice($0, pitch: pitch) }
            // Unknowns: L by rows, w. Origins are taken out by means over the patch.
            var normal = [[Double]](repeating: [Double](repeating: 0, count: 6), count: 6)
            var right = [Double](repeating: 0, count: 6)
            var squares = 0.0
            for members in Dictionary(grouping: placed, by: { problem.patch[$0] }).values {
                let site = members.map { fit.sites[$0].vector }.mean
                let stage = members.map { problem.stage[$0] }.mean
                let beam = members.map { problem.beamShift[$0] }.mean
                for index in members {
                    let (n, s) = (fit.sites[index].vector - site, problem.stage[index] - stage)
                    let b = centring * (problem.beamShift[index] - beam)
                    let rows = [([n.x, n.y, 0, 0, -s.x, s.y], b.x), ([0, 0, n.x, n.y, -s.y, -s.x], b.y)]
                    for (row, value) in rows {
                        for i in 0..<6 {
                            right[i] += row[i] * value
                            for j in 0..<6 { normal[i][j] += row[i] * row[j] }
                        }
                        squares += value * value
                    }
                }
            }
            guard let system = SymmetricSystem(normal) else { return nil }
            let x = system.solution(right)
            let left = max(0, squares - zip(x, right).reduce(0) { $0 + $1.0 * $1.1 })
            let freedom = max(1, 2 * placed.count - 6 - 2 * problem.patches)
            let w = Vector2(x[4], x[5])
            guard w.squaredLength > 0 else { return nil }
            return (1 / w.squaredLength * Vector2(w.x, -w.y), system.variances[4] * left / Double(freedom))
        }
    }
}
