import EPUArchive
import EPUConsole
import EPUCore
import GRDB

/// Finds, by the R-tree, which exposures lie near each other.
///
/// The R-tree holds 32-bit floats, rounded outwards, so boxes are searched with a margin and distances are then to be tested
/// with the exact numbers.
struct OverlapSearch {
    let placementSetID: Int64
    /// The session whose exposures are the later ones.
    let sessionID: Int64
    /// All exposures that are placed and matter, in time order.
    let exposures: [SessionExposure]
    /// The position of each exposure, um; not finite where there is none.
    let positions: [Vector2]
    let placements: StoredPlacements
    /// The distance within which beam centres are sought in any case, um.
    let radius: Double
    /// Whether the search also reaches as far as an earlier beam may reach into a later camera field.
    let includesFields: Bool
    /// How much farther is searched, um, as positions are only known with an error.
    var margin = 0.0

    /// A placed exposure, with the earlier ones that may be near enough.
    struct Candidates {
        let placementID: Int64
        /// The indices of the exposures; `earlier` is ascending, and empty where there are none.
        let later: Int
        let earlier: [Int]
    }

    /// Calls `body` for each placed exposure, in time order. The memory is proportional to the exposures, whatever the number of
    /// pairs.
    func forEachExposure(_ db: Database, _ body: (Candidates) throws -> Void) throws {
        let points = exposures.indices.lazy.compactMap { index -> PositionJoin.Point? in
            guard exposures[index].sessionID == sessionID, placements[index] != nil, positions[index].isFinite
            else { return nil }
            return PositionJoin.Point(
                number: index, position: SIMD2(positions[index].x, positions[index].y),
                fieldReach: includesFields ? exposures[index].fieldReachOnSpecimen : nil)
        }
        let number = IDIndex(exposures.indices) { placements[$0] }
        var join = try PositionJoin(
            slices, radius: Self.withMargin(radius + margin), capacity: exposures.count, db
        ) { number[$0] ?? -1 }
        var progress = ProgressLine("exposures compared", total: exposures.count { $0.sessionID == sessionID })
        defer { progress.finish() }
        try join.forEach(points) { later, earlier in
            guard let placementID = placements[later] else { return }
            try body(Candidates(placementID: placementID, later: later, earlier: earlier))
            progress.advance(by: 1)
        }
    }

    /// The slices of the R-tree for each size of beams that there are, with the radius of the widest on the tilted specimen, um.
    private var slices: [PositionTree.Slice] {
        var widest: [BeamSize: Double] = [:]
        for exposure in exposures {
            let reach = exposure.beamReach / exposure.cosine
            widest[BeamSize(exposure.beamDiameter), default: 0] = max(
                widest[BeamSize(exposure.beamDiameter)] ?? 0, reach)
        }
        return widest.sorted { $0.key < $1.key }.map { size, reach in
            PositionTree.Slice(extent: size.slice(of: placementSetID), reach: Self.withMargin(reach + margin))
        }
    }

    private static func withMargin(_ reach: Double) -> Double { reach * (1 + 1e-6) + 1e-3 }
}
