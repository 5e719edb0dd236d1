import EPUCore

/// Two exposures of a session, and how far apart they truly are.
struct TruePair: Codable, Sendable {
    /// The name of the earlier exposure; that of the later one follows.
    let earlier: String
    let later: String
    /// The true distance of the two, um.
    let distance: Double
}

/// The pairs of a session by which the study judges what was found.
struct TruePairs {
    private let truth: StudyTruth

    init(_ truth: StudyTruth) { self.truth = truth }

    /// The distance beyond the radius to which `near` looks, um: more than two standard errors of any position that is of
    /// use.
    static let reach = 0.4

    private struct Cell: Hashable {
        let x: Int
        let y: Int
    }

    /// All pairs within the radius and `reach`, except those of one visit to a hole, whose areas lie side by side by design.
    ///
    /// It takes time in proportion to the exposures, as long as they do not lie in a heap.
    var near: [TruePair] {
        let reach = truth.radius + Self.reach
        let visits = self.visits
        var earlier: [Cell: [Int]] = [:]
        var pairs: [TruePair] = []
        for (index, exposure) in truth.exposures.enumerated() {
            let (x, y) = (Int((exposure.x / reach).rounded(.down)), Int((exposure.y / reach).rounded(.down)))
            for cell in (x - 1...x + 1).flatMap({ x in (y - 1...y + 1).map { Cell(x: x, y: $0) } }) {
                for other in earlier[cell] ?? [] where visits[other] != visits[index] {
                    let pair = pair(other, index)
                    if pair.distance <= reach { pairs.append(pair) }
                }
            }
            earlier[Cell(x: x, y: y), default: []].append(index)
        }
        return pairs
    }

    /// The greatest distance of a sampled pair, um, of which a stated error speaks: farther apart the lattice, on which
    /// stops are corrected, is less certain than from one hole to the next.
    private static let neighbourhood = 5.0

    /// Pairs of one grid square and different stops, within 5 um of each other, drawn at random.
    func sample(_ count: Int, seed: UInt64) -> [TruePair] {
        guard !truth.exposures.isEmpty else { return [] }
        var random = RandomSource(seed: seed, stream: "pairs of different stops")
        let squares = Dictionary(grouping: truth.exposures.indices) { truth.exposures[$0].square }
        var pairs: [TruePair] = []
        // A session of one stop, or of one in each square, has none.
        for _ in 0..<20 * count where pairs.count < count {
            let first = random.index(below: truth.exposures.count)
            let place = truth.exposures[first].position
            let others = (squares[truth.exposures[first].square] ?? []).filter {
                truth.exposures[$0].stop != truth.exposures[first].stop
                    && truth.exposures[$0].position.distance(to: place) < Self.neighbourhood
            }
            guard !others.isEmpty else { continue }
            let second = others[random.index(below: others.count)]
            pairs.append(pair(min(first, second), max(first, second)))
        }
        return pairs
    }

    private func pair(_ first: Int, _ second: Int) -> TruePair {
        let (a, b) = (truth.exposures[first], truth.exposures[second])
        return TruePair(earlier: a.name, later: b.name, distance: a.position.distance(to: b.position))
    }

    /// The visit of each exposure: a number that is the same for those of one visit to a hole, which are exposures in a
    /// row, each area once.
    private var visits: [Int] {
        var visit = -1
        var hole: Int?
        var areas: Set<Int> = []
        return truth.exposures.map { exposure in
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
