import EPUCore
import EPUDrawing

extension OverlapCause {
    /// The colour of the cause, which is the same in every plot.
    var colour: Colour { Colour(hexColour) }
}

extension OverlapMap {
    /// The lines of a legend: one for each cause that occurs, in the order in which causes are explained.
    var causeLegend: [(mark: PlotLegend.Mark, text: String)] {
        let micrographs = exposures.reduce(into: [OverlapCause: Int]()) { counts, exposure in
            if let cause = exposure.cause { counts[cause, default: 0] += 1 }
        }
        return OverlapCause.allCases.compactMap { cause in
            micrographs[cause].map {
                (.dot(cause.colour, radius: 5), "\(cause.rawValue): \(counted($0, "overexposed micrograph"))")
            }
        }
    }
}
