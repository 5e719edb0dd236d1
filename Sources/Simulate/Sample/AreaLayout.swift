import EPUCore
import Foundation

/// Where in each hole the exposures are made, as the microscopist draws it in EPU's "template definition".
struct AreaLayout: Sendable {
    struct Area: Sendable {
        let id: Int
        /// The displacement from the hole's centre, on the stage, um.
        let offset: Vector2
    }

    /// The areas in the order in which they are shot, which is not the order of their places or their ids.
    let areas: [Area]

    /// Places the areas as far apart as the hole lets them: on a ring, from five areas on with one in the middle, from
    /// ten on in a hexagonal pattern. Up to three areas keep the usual 0.68 um from each other; a fuller template shrinks
    /// towards overlaps by design.
    /// - Throws: `Failure` where no template keeps all its distances `options.margin` away from the radius.
    init(options: SimulationOptions, session: Int = 0, firstID: Int = 0) throws {
        var random = RandomSource(seed: options.seed, stream: "template", index: session)
        // The next session on the grid has the same places under new ids.
        var drawing = RandomSource(seed: options.seed, stream: "template places")
        let places = Self.places(options.areas, holeSize: options.holeSize, turn: drawing.uniform(0, 2 * .pi))
        let factor = Self.clearFactor(places, options: options)
        guard let factor else {
            throw Failure(
                "No template of \(options.areas) areas in a hole of \(options.holeSize.text()) um keeps the margin of "
                    + "\(options.margin.text()) um from the radius of \(options.radiusUsed.text(significant: 3)) um; "
                    + "use fewer --areas, or another --radius, --margin or --hole-size.")
        }
        let reach = (places.map(\.length).max() ?? 0) * factor
        guard options.pitch * 0.98 - 2 * reach - 0.4 > options.radiusUsed + options.margin else {
            throw Failure(
                "With a pitch of \(options.pitch.text()) um the radius of \(options.radiusUsed.text(significant: 3)) um "
                    + "reaches from one hole into the next; use a smaller --radius or --beam-diameter, or a larger --pitch."
            )
        }
        var id = firstID
        var areas: [Area] = []
        for place in places {
            areas.append(Area(id: id, offset: factor * place))
            id += 7 + random.index(below: 4) * 3
        }
        random.shuffle(&areas)
        self.areas = areas
    }

    /// The factor by which to stretch the places so that their distances stay clear of the radius: with room for the
    /// errors of a second visit if possible, and at least with room for the drift during one. Nil where there is none.
    private static func clearFactor(_ places: [Vector2], options: SimulationOptions) -> Double? {
        let factors: [Double] = (0...40).flatMap { (step: Int) -> [Double] in
            let change = 0.01 * Double(step)
            return [1 - change, 1 + change]
        }
        for room in [0.07, 0.04, 0.015] {
            let fitting = factors.first { factor in
                places.indices.allSatisfy { a in
                    places[..<a].allSatisfy { other in
                        abs(factor * places[a].distance(to: other) - options.radiusUsed) > options.margin + room
                    }
                }
            }
            if let fitting { return fitting }
        }
        return nil
    }

    private static func places(_ count: Int, holeSize: Double, turn: Double) -> [Vector2] {
        let furthest = max(0.425 * holeSize, 0.1)
        func ring(_ count: Int, radius: Double, turn: Double) -> [Vector2] {
            (0..<count).map { index in
                let angle = turn + 2 * .pi * Double(index) / Double(count)
                return radius * Vector2(cos(angle), sin(angle))
            }
        }
        let spacing = 0.68
        switch count {
        case 1: return [.zero]
        case 2...4: return ring(count, radius: min(spacing / (2 * sin(.pi / Double(count))), furthest), turn: turn)
        case 5...9: return [.zero] + ring(count - 1, radius: furthest, turn: turn)
        default:
            let pattern = LatticeAxes(pitch: furthest / 2, angleDegrees: turn * 180 / .pi, shear: -.pi / 6, stretch: 0)
            let sites = (-3...3).flatMap { i in (-3...3).map { LatticeSite(i: i, j: $0) } }
            let inOrder = sites.sorted { p, q in
                let (a, b) = (FoilPattern.hexagonal.squaredLength(p), FoilPattern.hexagonal.squaredLength(q))
                return a != b ? a < b : (p.i, p.j) < (q.i, q.j)
            }
            return inOrder.prefix(count).map { pattern.vector($0) }
        }
    }
}
