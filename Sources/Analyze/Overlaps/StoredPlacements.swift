import EPUArchive
import EPUCore
import GRDB

/// What the archive holds of the placements of a set, read once: the placement of each exposure, in time order.
struct StoredPlacements {
    struct Placement {
        let placementID: Int64
        /// um
        let position: Vector2
        /// Half the diagonal of its camera field on the tilted specimen, um.
        var fieldReach: Double
        /// Whether it is known what its field had received.
        let hasPreExposure: Bool
    }

    /// For each exposure; nil: it has none.
    private(set) var placements: [Placement?]
    /// The greatest id of the set's placements; nil: it has none.
    private(set) var lastID: Int64?

    /// - Parameter isNew: Whether the set was made a moment ago, so that there is nothing to read.
    init(of placementSetID: Int64, _ exposures: [SessionExposure], isNew: Bool, _ db: Database) throws {
        placements = [Placement?](repeating: nil, count: exposures.count)
        guard !isNew else { return }
        let index = IDIndex(exposures.lazy.map(\.exposureID))
        var select = try RowStatement(
            db,
            """
            SELECT p.exposure_id, p.placement_id, p.x_um, p.y_um, p.field_reach_um, d.placement_id
            FROM placement p LEFT JOIN pre_exposure d USING (placement_id)
            WHERE p.placement_set_id = ?
            """)
        select.bind(placementSetID)
        try select.forEachRow { row in
            lastID = max(lastID ?? 0, row.int(1))
            let exposure = index[row.int(0)]
            guard exposure >= 0 else { return }
            placements[exposure] = Placement(
                placementID: row.int(1), position: Vector2(row.double(2), row.double(3)), fieldReach: row.double(4),
                hasPreExposure: !row.isNull(5))
        }
    }

    /// The same of some of the exposures.
    func of(_ some: [SessionExposure], among all: [SessionExposure]) -> StoredPlacements {
        guard some.count != all.count else { return self }
        let index = IDIndex(all.lazy.map(\.exposureID))
        let kept = some.map { index[$0.exposureID] }
        var subset = self
        subset.placements = kept.map { placements[$0] }
        return subset
    }

    mutating func add(_ placement: Placement, of exposure: Int) {
        placements[exposure] = placement
        lastID = max(lastID ?? 0, placement.placementID)
    }
}
