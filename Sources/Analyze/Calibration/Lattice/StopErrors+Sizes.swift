import EPUCore
import Foundation

/// How large the errors of holes and of read-backs are, which follows from the residuals of a session.
extension StopErrors {
    /// The squared distance, in standard deviations of one coordinate, that one of so many stops exceeds by a chance of 5 %: for
    /// a normal distribution in the plane exp(-t^2 / 2) lies beyond t.
    static func farthest(of count: Int) -> Double { 2 * log(20 * Double(max(1, count))) }

    /// The standard deviation of holes about the mean of their stop; holes that were hit far beside their site do not count.
    static func holeError(_ problem: LatticeProblem, _ fit: LatticeFit, _ means: [Mean], pitch: Double)
        -> Double?
    {
        var squares: [Double] = []
        for index in problem.stop.indices where fit.isOnLattice(index, pitch: pitch) {
            let mean = means[problem.stop[index]]
            guard mean.holes > 1 else { continue }
            squares.append((fit.residuals[index] - mean.residual).squaredLength * mean.holes / (mean.holes - 1))
        }
        guard squares.count >= 6 else { return nil }
        // The median of a squared distance in the plane is 2 ln 2 variances.
        let typical = squares.median / (2 * log(2))
        let kept = squares.filter { $0 <= 16 * typical }
        guard !kept.isEmpty else { return nil }
        // Lattice vectors and origins are fitted to the same holes.
        let unknowns = 4 * Double(problem.isOneLattice ? 1 : problem.patches)
        let freedom = max(0.5, 1 - unknowns / (2 * Double(squares.count)))
        return max((kept.reduce(0, +) / (2 * Double(kept.count) * freedom)).squareRoot(), 1e-6)
    }

    static func stopError(
        _ rest: [Vector2], _ means: [Mean], _ used: [Int], hole: Double, freedom: [Double]
    ) -> Double {
        /// The square of a whole error, calculated from what is left of it.
        func square(_ index: Int) -> Double {
            rest[index].squaredLength / (freedom[index] * means[index].unknownPart)
        }
        func ofHoles(_ index: Int) -> Double { hole * hole / (means[index].holes * means[index].unknownPart) }
        var variance = max(0, used.map(square).median / (2 * log(2)) - used.map(ofHoles).median)
        let limit = farthest(of: used.count)
        for _ in 0..<6 {
            let kept = used.filter { square($0) <= limit * (variance + ofHoles($0)) }
            guard !kept.isEmpty else { break }
            let count = Double(kept.count)
            variance = max(
                0, (kept.reduce(0) { $0 + square($1) / 2 } - kept.reduce(0) { $0 + ofHoles($1) }) / count)
        }
        return variance.squareRoot()
    }
}
