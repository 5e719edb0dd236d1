import EPUShared

/// Which exposures of a session an earlier one overlaps, from their true positions. Areas of one visit to a hole lie side
/// by side by design.
struct TrueOverexposures {
    /// With an earlier exposure clearly within the radius.
    private(set) var certain: [String] = []
    /// With none so near, but with one near the radius.
    private(set) var undecided: [String] = []

    /// um on either side of the radius: what an analysis with a good calibration may be wrong by.
    static let doubt = 0.1

    private struct Cell: Hashable {
        let x: Int
        let y: Int
    }

    /// Takes time in proportion to the exposures, as long as they do not lie in a heap.
    init(_ truth: StudyTruth) {
        let reach = truth.radius + Self.doubt
        let visits = Self.visits(truth.exposures)
        var earlier: [Cell: [Int]] = [:]
        for (index, exposure) in truth.exposures.enumerated() {
            let (x, y) = (Int((exposure.x / reach).rounded(.down)), Int((exposure.y / reach).rounded(.down)))
            var nearest = Double.infinity
            for cell in (x - 1...x + 1).flatMap({ x in (y - 1...y + 1).map { Cell(x: x, y: $0) } }) {
                for other in earlier[cell] ?? [] where visits[other] != visits[index] {
                    nearest = min(nearest, exposure.position.distance(to: truth.exposures[other].position))
                }
            }
            if nearest <= truth.radius - Self.doubt {
                certain.append(exposure.name)
            } else if nearest <= reach {
                undecided.append(exposure.name)
            }
            earlier[Cell(x: x, y: y), default: []].append(index)
        }
    }

    /// A number for each exposure, the same for those of one visit to a hole: exposures in a row, each area once.
    private static func visits(_ exposures: [StudyTruth.Exposure]) -> [Int] {
        var visit = -1
        var hole: Int?
        var areas: Set<Int> = []
        return exposures.map { exposure in
            if exposure.hole != hole || areas.contains(exposure.area) {
                visit += 1
                hole = exposure.hole
                areas = []
            }
            areas.insert(exposure.area)
            return visit
        }
    }
}
