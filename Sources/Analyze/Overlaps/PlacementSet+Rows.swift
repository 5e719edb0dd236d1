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
    /// - Returns: the number of new placements.
    func place(_ exposures: [SessionExposure], at positions: [Vector2], _ errors: PositionErrors, _ db: Database) throws
        -> Int
    {
        let placed = try Int64.fetchSet(
            db, sql: "SELECT exposure_id FROM placement WHERE placement_set_id = ?", arguments: [placementSetID])
        let new = exposures.indices.filter { positions[$0].isFinite && !placed.contains(exposures[$0].exposureID) }
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
            insert.bind(placementSetID)
            insert.bind(exposures[exposure].exposureID)
            insert.bind(position.x)
            insert.bind(position.y)
            insert.bind(errors.error(of: exposure))
            insert.bind(exposures[exposure].fieldReachOnSpecimen)
            try insert.run()
            entries.append(entry(insert.insertedID, at: position, exposures[exposure]))
            progress.advance(by: 1)
        }
        try PositionIndex.add(entries, db)
        return new.count
    }

    /// Brings the index, and the reach of fields, of what is placed already up to date: older tools knew nothing of beams, and
    /// of some exposures fields become known later. Ids and positions stay.
    func indexAnew(_ exposures: [SessionExposure], _ db: Database) throws {
        var ofExposure: [Int64: SessionExposure] = [:]
        for exposure in exposures { ofExposure[exposure.exposureID] = exposure }
        let placed = try Row.fetchAll(
            db, sql: "SELECT placement_id, exposure_id, x_um, y_um FROM placement WHERE placement_set_id = ?",
            arguments: [placementSetID])
        var remove = try RowStatement(db, "DELETE FROM placement_index WHERE placement_id = ?")
        var update = try RowStatement(db, "UPDATE placement SET field_reach_um = ? WHERE placement_id = ?")
        var entries: [PositionIndex.Entry] = []
        for row in placed {
            guard let exposure = ofExposure[row["exposure_id"]] else { continue }
            remove.bind(row["placement_id"] as Int64)
            try remove.run()
            update.bind(exposure.fieldReachOnSpecimen)
            update.bind(row["placement_id"] as Int64)
            try update.run()
            entries.append(entry(row["placement_id"], at: Vector2(row["x_um"], row["y_um"]), exposure))
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
