import EPUCore
import Foundation

/// How a hole can be missed so that its exposures hit those of a neighbour in part, `partialDistance` beside them.
struct MissedHole: Sendable {
    /// The number of areas that are shot before the mistake is seen: all, or fewer where more would bring some distance
    /// near the radius. Each new exposure lies beside every earlier one of the neighbour, not only beside its own area's.
    let areas: Int
    /// The displacements from the neighbour's areas to the new exposures, um: those that keep away from the radius best.
    let shifts: [Vector2]

    /// - Throws: `Failure` where the geometry leaves no direction for even one area.
    init(template: AreaLayout, options: SimulationOptions) throws {
        let offsets = template.areas.map(\.offset)
        let all = (0..<360).map { degree in
            let angle = Double(degree) * .pi / 180
            return options.partialDistance * Vector2(cos(angle), sin(angle))
        }
        for areas in stride(from: offsets.count, to: 0, by: -1) {
            let clearances = all.map { shift in
                offsets[..<areas].flatMap { new in
                    offsets.map { abs((new + shift).distance(to: $0) - options.radiusUsed) - options.margin }
                }.min() ?? 0
            }
            // Drift and a little room for later visits.
            let best = clearances.max() ?? 0
            guard best > 0.015 || (areas == 1 && best > 0) else { continue }
            self.areas = areas
            shifts = zip(all, clearances).filter { $0.1 >= 0.8 * best }.map(\.0)
            return
        }
        throw Failure(
            "No exposure at \(options.partialDistance.text()) um from another keeps all distances in its hole "
                + "\(options.margin.text()) um off the radius of \(options.radiusUsed.text(significant: 3)) um; use another "
                + "--partial-distance or --margin.")
    }
}
