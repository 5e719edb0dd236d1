import EPUArchive
import EPUConsole
import EPUCore
import GRDB

/// Finds, by the R-tree, which exposures lie near each other.
///
/// The R-tree holds 32-bit floats, rounded outwards, so boxes are searched with a margin and distances are then to be tested
/// with the exact numbers. CROSS JOIN fixes the order of the loops: left to itself SQLite scans the R-tree first
/// (https://www.sqlite.org/optoverview.html#manual_control_of_query_plans_using_cross_join).
struct OverlapSearch {
    let placementSetID: Int64
    /// The session whose exposures are the later ones.
    let sessionID: Int64
    /// All exposures that are placed and matter, in time order.
    let exposures: [SessionExposure]
    /// The distance within which beam centres are sought in any case, um.
    let radius: Double
    /// Whether the search also reaches as far as an earlier beam may reach into a later camera field.
    let includesFields: Bool
    /// How much farther is searched, um, as positions are only known with an error.
    var margin = 0.0

    /// A placed exposure, with the earlier ones that may be near enough.
    struct Candidates {
        var placementID: Int64 = 0
        /// The indices of the exposures; `earlier` is ascending, and empty where there are none.
        var later = -1
        var earlier: [Int] = []
    }

    /// Calls `body` for each placed exposure. The memory is proportional to the exposures, whatever the number of pairs.
    func forEachExposure(_ db: Database, _ body: (Candidates) throws -> Void) throws {
        let indices = try PlacementIndices(of: placementSetID, exposures, db)
        var statement = try RowStatement(
            db,
            """
            WITH beam(low, high, reach_um) AS (VALUES \(beams))
            SELECT a.placement_id, i.placement_id
            FROM placement a
            CROSS JOIN beam
            CROSS JOIN placement_index i
                ON i.min_x_um <= a.x_um + max(?2, ?3 * (a.field_reach_um + reach_um))
                AND i.max_x_um >= a.x_um - max(?2, ?3 * (a.field_reach_um + reach_um))
                AND i.min_y_um <= a.y_um + max(?2, ?3 * (a.field_reach_um + reach_um))
                AND i.max_y_um >= a.y_um - max(?2, ?3 * (a.field_reach_um + reach_um))
                AND i.min_set <= high AND i.max_set >= low
                AND (i.placement_id <= a.placement_id OR NOT ?4)
            WHERE a.placement_set_id = ?1
                AND a.exposure_id IN (SELECT exposure_id FROM exposure WHERE session_id = ?5)
            """)
        statement.bind(placementSetID)
        statement.bind(Self.withMargin(radius + margin))
        statement.bind(includesFields ? 1.0 : 0.0)
        statement.bind(Int64(indices.areInOrder ? 1 : 0))
        statement.bind(sessionID)
        var current = Candidates()
        func finish() throws {
            guard current.later >= 0 else { return }
            current.earlier.sort()
            try body(current)
            current.earlier.removeAll(keepingCapacity: true)
        }
        var progress = ProgressLine("exposures compared", total: exposures.count { $0.sessionID == sessionID })
        defer { progress.finish() }
        try statement.forEachRow { row in
            let index = indices[row.int(0)]
            if index != current.later {
                try finish()
                current.placementID = row.int(0)
                current.later = index
                progress.advance(by: 1)
            }
            let other = indices[row.int(1)]
            if other >= 0, other < index { current.earlier.append(other) }
        }
        try finish()
    }

    /// A table in SQL with a row for each size of beams that there are: its slice of the R-tree, and the radius of the widest on
    /// the tilted specimen, um.
    private var beams: String {
        var widest: [BeamSize: Double] = [:]
        for exposure in exposures {
            let reach = exposure.beamReach / exposure.condition.cosine
            widest[BeamSize(exposure.beamDiameter), default: 0] = max(
                widest[BeamSize(exposure.beamDiameter)] ?? 0, reach)
        }
        return widest.sorted { $0.key < $1.key }.map { size, reach in
            let slice = size.slice(of: placementSetID)
            return "(\(slice.lowerBound), \(slice.upperBound), \(Self.withMargin(reach + margin)))"
        }.joined(separator: ", ")
    }

    private static func withMargin(_ reach: Double) -> Double { reach * (1 + 1e-6) + 1e-3 }
}

/// The index, in time order, of the exposure of each placement.
private struct PlacementIndices {
    private let first: Int64
    /// The indices by placement id from `first` on, where the ids are dense; -1: none.
    private var dense: [Int] = []
    private var sparse: [Int64: Int] = [:]
    /// Whether placements were stored in the order of time, so that a greater id is a later exposure. They are, except where
    /// exposures came late into a session.
    private(set) var areInOrder = true

    init(of placementSetID: Int64, _ exposures: [SessionExposure], _ db: Database) throws {
        var index: [Int64: Int] = [:]
        index.reserveCapacity(exposures.count)
        for (number, exposure) in exposures.enumerated() { index[exposure.exposureID] = number }
        let range = try Row.fetchOne(
            db,
            sql: "SELECT min(placement_id), max(placement_id), count(*) FROM placement WHERE placement_set_id = ?",
            arguments: [placementSetID])
        first = range?[0] ?? 0
        let (last, count): (Int64, Int64) = (range?[1] ?? 0, range?[2] ?? 0)
        let isDense = last - first < 4 * count + 1000
        if isDense { dense = [Int](repeating: -1, count: Int(last - first) + 1) }
        var select = try RowStatement(
            db, "SELECT placement_id, exposure_id FROM placement WHERE placement_set_id = ? ORDER BY placement_id")
        select.bind(placementSetID)
        var before = -1
        try select.forEachRow { row in
            guard let exposure = index[row.int(1)] else { return }
            if exposure < before { areInOrder = false }
            before = exposure
            if isDense { dense[Int(row.int(0) - first)] = exposure } else { sparse[row.int(0)] = exposure }
        }
    }

    subscript(_ placementID: Int64) -> Int {
        guard !dense.isEmpty else { return sparse[placementID] ?? -1 }
        let place = placementID - first
        return place >= 0 && place < dense.count ? dense[Int(place)] : -1
    }
}
