import EPUCore
import Foundation

extension LatticeFit {
    struct Uncertainty: Sendable {
        /// The standard error of each element, um per unit.
        let elements: Matrix2
        /// The standard error of the matrix as a whole, as a part: the rms of |dM M^-1| / sqrt 2.
        let relative: Double
    }

    /// The uncertainty by a bootstrap over stage stops (Efron 1979), never less than independent errors of the holes would give.
    func uncertainty(_ problem: LatticeProblem, resamples: Int = 200) -> Uncertainty {
        let pitch = pitch(problem)
        // The sums of each group of visits.
        var sums: [LatticeSums] = []
        sums.reserveCapacity(problem.groups.count)
        var squares = 0.0
        var count = 0.0
        for group in problem.groups {
            let members = group.visits.filter { isOnLattice($0, pitch: pitch) }
            var own = StopSums(stage: members.first.map { problem.stage[$0] } ?? .zero)
            for index in members { own.add(site: sites[index].vector, beamShift: problem.beamShift[index]) }
            let share = StopErrorSizes.share(sizes, holes: own.holes, problem, group.stop)
            let common = share * members.map { residuals[$0] }.mean
            for index in members { squares += (inverse * (residuals[index] - common)).squaredLength }
            count += own.holes
            sums.append(LatticeSums(own).sharingError(share))
        }
        let errors = resampled(problem, sums, resamples)
        // This is for each component of the beam shift, with four unknowns and an origin for each patch.
        let variance = squares / max(1, 2 * count - 8 - 2 * Double(problem.patches))
        let floor = variance * matrix.squaredElements * (inverseVariance.x + inverseVariance.y) / 2
        guard !errors.isEmpty else { return Uncertainty(elements: Matrix2(scale: 0), relative: floor.squareRoot()) }
        // Medians are used because a resample of few stops may lack those that hold the matrix. For normal errors |x| has the
        // median 0.6745, and the sum of four squares 3.357.
        let relative = (errors.map { ($0 * inverse).squaredElements / 2 }.median * 4 / 3.357).squareRoot()
        // Resamples of few stops scatter less than sessions do, by what origins and matrix take up.
        let stops = Double(problem.stops)
        let small = (stops / max(1, stops - Double(problem.patches) - 2)).squareRoot()
        let factor = max(small, floor.squareRoot() / max(relative, 1e-15))
        func deviation(_ element: (Matrix2) -> Double) -> Double {
            factor * errors.map { abs(element($0)) }.median / 0.6745
        }
        return Uncertainty(
            elements: Matrix2(deviation(\.m11), deviation(\.m12), deviation(\.m21), deviation(\.m22)),
            relative: factor * relative)
    }

    /// What the matrix changes by where stops are drawn with replacement.
    /// - Parameter sums: those of each group of visits.
    private func resampled(_ problem: LatticeProblem, _ sums: [LatticeSums], _ resamples: Int) -> [Matrix2] {
        var random = RandomSource(seed: 1, stream: "bootstrap")
        var errors: [Matrix2] = []
        errors.reserveCapacity(resamples)
        let anchor = LatticeSums.Anchor(
            vectors: vectors, inverse: inverse, vectorDeviation: 0.3 * problem.lattice.pitch,
            inverseDeviation: 0.3 * inverse.singularValues.greater)
        let likeness = problem.likeness
        var weights = [Double](repeating: 0, count: problem.stops)
        var patches = [LatticeSums](repeating: LatticeSums(), count: problem.patches)
        for _ in 0..<resamples {
            for stop in weights.indices { weights[stop] = 0 }
            for _ in weights { weights[random.index(below: problem.stops)] += 1 }
            for patch in patches.indices { patches[patch] = LatticeSums() }
            // Groups come by their stops.
            for (place, group) in problem.groups.enumerated() where weights[group.stop] > 0 {
                patches[group.patch].add(sums[place], times: weights[group.stop])
            }
            guard
                let other = LatticeSums.solve(patches, anchor: anchor, likeness: likeness, map: map)?.inverse.inverse
            else { continue }
            errors.append(other - matrix)
        }
        return errors
    }
}

extension Matrix2 {
    var squaredElements: Double { m11 * m11 + m12 * m12 + m21 * m21 + m22 * m22 }

    /// The standard error of what the matrix makes of a vector, as a part of its length, where its elements have these errors.
    func relativeError(by errors: Matrix2) -> Double { (errors.squaredElements / 2).squareRoot() / scale }

    /// How far apart two matrices are, as a part: the greatest change of a vector that one makes of the other's.
    func difference(from other: Matrix2) -> Double {
        guard let inverse = other.inverse else { return .infinity }
        return ((self * inverse) - .identity).singularValues.greater
    }
}
