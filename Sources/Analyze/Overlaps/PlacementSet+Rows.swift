import EPUArchive
import EPUConsole
import EPUCore
import GRDB

// MARK: - What is placed

extension PlacementSet {
    /// Stores and indexes what is not placed yet: nothing when only the criteria are new, only the new exposures when a session
    /// grew.
    /// - Parameters:
    ///   - exposures: all exposures of the set, in time order.
    ///   - positions: their positions, um; those that are not finite are left out.
    ///   - errors: the errors of these positions.
    ///   - stored: what is placed already; the new placements are added to it.
    /// - Returns: the number of new placements.
    func place(
        _ exposures: [SessionExposure], at positions: [Vector2], _ errors: PositionErrors,
        _ stored: inout StoredPlacements, _ db: Database
    ) throws -> Int {
        let new = exposures.indices.filter { positions[$0].isFinite && stored.placements[$0] == nil }
        guard !new.isEmpty else { return 0 }

        var insert = try RowStatement(
            db,
            """
            INSERT INTO placement (placement_set_id, exposure_id, x_um, y_um, error_um, field_reach_um)
            VALUES (?, ?, ?, ?, ?, ?)
            """)
        var entries: [PositionIndex.Entry] = []
        entries.reserveCapacity(new.count)
        var progress = ProgressLine("exposures placed", total: new.count)
        defer { progress.finish() }
        for exposure in new {
            let position = positions[exposure]
            let fieldReach = exposures[exposure].fieldReachOnSpecimen
            insert.bind(placementSetID)
            insert.bind(exposures[exposure].exposureID)
            insert.bind(position.x)
            insert.bind(position.y)
            insert.bind(errors.error(of: exposure))
            insert.bind(fieldReach)
            try insert.run()
            let id = insert.insertedID
            stored.add(
                StoredPlacements.Placement(placementID: id, position: position, fieldReach: fieldReach), of: exposure)
            entries.append(entry(id, at: position, exposures[exposure]))
            progress.advance(by: 1)
        }
        try PositionIndex.add(entries, db)
        return new.count
    }

    /// Brings the index, and the reach of fields, of what is placed already up to date: older tools knew nothing of beams, and
    /// of some exposures fields become known later. Ids and positions stay.
    func indexAnew(_ exposures: [SessionExposure], _ stored: inout StoredPlacements, _ db: Database) throws {
        var remove = try RowStatement(db, "DELETE FROM placement_index WHERE placement_id = ?")
        var update = try RowStatement(db, "UPDATE placement SET field_reach_um = ? WHERE placement_id = ?")
        var entries: [PositionIndex.Entry] = []
        for (index, exposure) in exposures.enumerated() {
            guard var placement = stored.placements[index] else { continue }
            placement.fieldReach = exposure.fieldReachOnSpecimen
            remove.bind(placement.placementID)
            try remove.run()
            update.bind(placement.fieldReach)
            update.bind(placement.placementID)
            try update.run()
            stored.add(placement, of: index)
            entries.append(entry(placement.placementID, at: placement.position, exposure))
        }
        try PositionIndex.add(entries, db)
    }

    private func entry(_ placementID: Int64, at position: Vector2, _ exposure: SessionExposure) -> PositionIndex.Entry {
        PositionIndex.Entry(
            placementID: placementID, position: position,
            slice: BeamSize(exposure.beamDiameter).slice(of: placementSetID))
    }
}

extension SessionExposure {
    /// Half the diagonal of the camera field on the tilted specimen, um, or more where it is not known.
    fileprivate var fieldReachOnSpecimen: Double { fieldReach / condition.cosine }
}
