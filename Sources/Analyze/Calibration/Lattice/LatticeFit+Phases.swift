import EPUCore
import Foundation

extension LatticeFit {
    /// The origin of each patch as the circular mean of the places within the cell.
    func phaseOrigins(_ problem: LatticeProblem, within reach: Double) -> [Vector2] {
        let toSites = patchVectors.map(\.inverse)
        var sums = [SIMD4<Double>](repeating: .zero, count: problem.patches)
        for index in problem.stop.indices where problem.reach[index] <= reach {
            guard let toSites = toSites[problem.patch[index]] else { continue }
            let place = toSites * (problem.beamShift[index] + inverse * problem.stage[index])
            let (i, j) = (2 * .pi * place.x, 2 * .pi * place.y)
            sums[problem.patch[index]] += SIMD4(cos(i), sin(i), cos(j), sin(j))
        }
        return zip(sums, patchVectors).map { sum, vectors in
            vectors * Vector2(atan2(sum[1], sum[0]) / (2 * .pi), atan2(sum[3], sum[2]) / (2 * .pi))
        }
    }
}
