import EPUArchive
import GRDB

/// What the archive holds of the placements of a set, read once. Exposures are given by their indices, in time order.
struct StoredPlacements {
    /// The placement of each exposure; 0: it has none, as ids begin at 1.
    private var ids: [Int64]
    private var isSummed: [Bool]
    /// The greatest id of the set's placements; nil: it has none.
    private(set) var lastID: Int64?

    /// - Parameter isNew: Whether the set was made a moment ago, so that there is nothing to read.
    init(of placementSetID: Int64, _ exposures: [SessionExposure], isNew: Bool, _ db: Database) throws {
        ids = [Int64](repeating: 0, count: exposures.count)
        isSummed = [Bool](repeating: false, count: exposures.count)
        guard !isNew else { return }
        let index = IDIndex(exposures.indices) { exposures[$0].exposureID }
        var select = try RowStatement(
            db,
            """
            SELECT p.exposure_id, p.placement_id, d.placement_id
            FROM placement p LEFT JOIN pre_exposure d USING (placement_id)
            WHERE p.placement_set_id = ?
            """)
        select.bind(placementSetID)
        try select.forEachRow { row in
            lastID = max(lastID ?? 0, row.int(1))
            guard let exposure = index[row.int(0)] else { return }
            ids[exposure] = row.int(1)
            isSummed[exposure] = !row.isNull(2)
        }
    }

    /// The id of an exposure's placement; nil: it has none.
    subscript(_ exposure: Int) -> Int64? { ids[exposure] == 0 ? nil : ids[exposure] }

    /// Whether it is stored what the field of an exposure had received.
    func hasPreExposure(_ exposure: Int) -> Bool { isSummed[exposure] }

    /// The same of some of the exposures.
    func of(_ some: [SessionExposure], among all: [SessionExposure]) -> StoredPlacements {
        guard some.count != all.count else { return self }
        let index = IDIndex(all.indices) { all[$0].exposureID }
        let kept = some.map { index[$0.exposureID] }
        var subset = self
        subset.ids = kept.map { $0.map { ids[$0] } ?? 0 }
        subset.isSummed = kept.map { $0.map { isSummed[$0] } ?? false }
        return subset
    }

    mutating func add(_ placementID: Int64, of exposure: Int) {
        ids[exposure] = placementID
        lastID = max(lastID ?? 0, placementID)
    }
}
