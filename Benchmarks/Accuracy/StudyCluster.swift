import EPUCore

/// How many holes a stage stop of a session reaches, and how far the beam must go for them.
struct StudyCluster {
    /// The radius of the cluster, um.
    let radius: Double
    /// The number of holes of a cluster that no rim cuts.
    private let holes: Int

    /// The clusters that hold most holes for their reach, as their holes and reach in pitches: those of epu-simulate's
    /// superlattices.
    private static let onSquareFoils = [(9, 1.414), (13, 2), (17, 2.236), (25, 2.828), (29, 3.162)]
    private static let onHexagonalFoils = [(7, 1.0), (13, 1.732), (19, 2), (31, 2.646)]
    /// The reach of EPU's image shift, um.
    private static let furthest = 12.0

    init(isHexagonal: Bool, pitch: Double, random: inout RandomSource) {
        // The factor leaves room, as the foil is stretched by a little over a hundredth.
        let clusters = (isHexagonal ? Self.onHexagonalFoils : Self.onSquareFoils).map { ($0.0, 1.03 * $0.1 * pitch) }
        let possible = clusters.filter { $0.1 <= Self.furthest }
        // Half of the draws take the largest cluster up to 12 um, as facilities set it; the other half take any of them.
        let isFurthest = random.index(below: 2) == 0
        (holes, radius) = possible[isFurthest ? possible.count - 1 : random.index(below: possible.count)]
    }

    /// The average number of holes that a stop reaches, counting the stops at the rim of a square, which have fewer, and
    /// with which a session begins.
    /// - Parameters:
    ///   - planned: The number of stops that the session would have if it were not broken off.
    ///   - finished: The part of them that it has.
    func holesAStop(planned: Double, finished: Double) -> Double {
        let side = planned.squareRoot()
        return Double(holes) * side / (side + 4) * (0.7 + 0.3 * finished)
    }
}
