import EPUArchive
import EPUCore
import GRDB

/// The exposures of a set that have a placement, by the index that each has in time order.
struct PlacedExposures {
    struct Placed {
        /// The index of the exposure.
        let index: Int
        let placementID: Int64
        /// um
        let position: Vector2
        /// Half the diagonal of its camera field on the tilted specimen, um.
        let fieldReach: Double
    }

    private(set) var inTimeOrder: [Placed] = []
    private let first: Int64
    /// The indices by placement id from `first` on, where the ids are dense; -1: none.
    private var dense: [Int32] = []
    private var sparse: [Int64: Int32] = [:]

    /// - Parameter exposures: the exposures in time order.
    init(of placementSetID: Int64, _ exposures: [SessionExposure], _ db: Database) throws {
        var index: [Int64: Int] = [:]
        index.reserveCapacity(exposures.count)
        for (number, exposure) in exposures.enumerated() { index[exposure.exposureID] = number }
        var select = try RowStatement(
            db,
            """
            SELECT placement_id, exposure_id, x_um, y_um, field_reach_um FROM placement WHERE placement_set_id = ?
            """)
        select.bind(placementSetID)
        var placed: [Placed] = []
        try select.forEachRow { row in
            guard let exposure = index[row.int(1)] else { return }
            placed.append(
                Placed(
                    index: exposure, placementID: row.int(0), position: Vector2(row.double(2), row.double(3)),
                    fieldReach: row.double(4)))
        }
        inTimeOrder = placed.sorted { $0.index < $1.index }
        var (least, greatest) = (Int64.max, Int64.min)
        for placed in inTimeOrder {
            least = min(least, placed.placementID)
            greatest = max(greatest, placed.placementID)
        }
        first = least
        guard !inTimeOrder.isEmpty else { return }
        let (span, overflows) = greatest.subtractingReportingOverflow(least)
        let isDense = !overflows && span < 4 * inTimeOrder.count + 1000
        if isDense { dense = [Int32](repeating: -1, count: Int(span) + 1) }
        for placed in inTimeOrder {
            let index = Int32(clamping: placed.index)
            if isDense { dense[Int(placed.placementID - first)] = index } else { sparse[placed.placementID] = index }
        }
    }

    /// The index of the exposure of a placement; -1: none.
    subscript(_ placementID: Int64) -> Int {
        guard !dense.isEmpty else { return Int(sparse[placementID] ?? -1) }
        guard placementID >= first, placementID - first < Int64(dense.count) else { return -1 }
        return Int(dense[Int(placementID - first)])
    }
}
