import EPUCore
import Foundation

/// How large the errors of holes and of read-backs are, which follows from the residuals of a session.
extension StopResiduals {
    /// The squared distance, in standard deviations of one coordinate, that one of so many stops exceeds by a chance of 5 %: for
    /// a normal distribution in the plane exp(-t^2 / 2) lies beyond t.
    static func farthest(of count: Int) -> Double { 2 * log(20 * Double(max(1, count))) }

    /// The standard deviation of holes about the mean of their stop; holes that were hit far beside their site do not count.
    static func holeError(_ problem: LatticeProblem, _ fit: LatticeFit, _ means: [Mean], _ isOnLattice: [Bool])
        -> Double?
    {
        let residuals = means.map(\.residual)
        var squares: [Double] = []
        squares.reserveCapacity(isOnLattice.count)
        for index in isOnLattice.indices where isOnLattice[index] {
            let stop = problem.stop[index]
            let holes = means[stop].holes
            guard holes > 1 else { continue }
            squares.append((fit.residuals[index] - residuals[stop]).squaredLength * holes / (holes - 1))
        }
        guard squares.count >= 6 else { return nil }
        // The median of a squared distance in the plane is 2 ln 2 variances.
        let typical = squares.median / (2 * log(2))
        var (sum, kept) = (0.0, 0)
        for square in squares where square <= 16 * typical {
            sum += square
            kept += 1
        }
        guard kept > 0 else { return nil }
        // Lattice vectors and origins are fitted to the same holes.
        let unknowns = 4 * Double(problem.isOneLattice ? 1 : problem.patches)
        let freedom = max(0.5, 1 - unknowns / (2 * Double(squares.count)))
        return max((sum / (2 * Double(kept) * freedom)).squareRoot(), 1e-6)
    }

    static func stopError(
        _ rest: [Vector2], _ means: [Mean], _ used: [Int], hole: Double, freedom: [Double]
    ) -> Double {
        // These are the squares of whole errors, calculated from what is left of them.
        let squares = used.map { rest[$0].squaredLength / (freedom[$0] * means[$0].unknownPart) }
        let ofHoles = used.map { hole * hole / (means[$0].holes * means[$0].unknownPart) }
        var variance = max(0, squares.median / (2 * log(2)) - ofHoles.median)
        let limit = farthest(of: used.count)
        for _ in 0..<6 {
            var (sum, sumOfHoles, kept) = (0.0, 0.0, 0)
            for index in squares.indices where squares[index] <= limit * (variance + ofHoles[index]) {
                sum += squares[index] / 2
                sumOfHoles += ofHoles[index]
                kept += 1
            }
            guard kept > 0 else { break }
            variance = max(0, (sum - sumOfHoles) / Double(kept))
        }
        return variance.squareRoot()
    }
}
