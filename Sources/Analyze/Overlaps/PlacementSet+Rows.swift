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
        var new = IndexColumn()
        for exposure in exposures.indices where positions[exposure].isFinite && stored[exposure] == nil {
            new.append(exposure)
        }
        guard !new.isEmpty else { return 0 }

        var insert = try RowBatch(
            db,
            "INSERT INTO placement (placement_id, placement_set_id, exposure_id, x_um, y_um, error_um, field_reach_um)",
            columns: 7)
        var id = try Self.lastID(db)
        var index = PositionIndex.Batch()
        var progress = ProgressLine("exposures placed", total: new.count)
        defer { progress.finish() }
        for exposure in new {
            let position = positions[exposure]
            id += 1
            insert.bind(id)
            insert.bind(placementSetID)
            insert.bind(exposures[exposure].exposureID)
            insert.bind(position.x)
            insert.bind(position.y)
            insert.bind(errors.error(of: exposure))
            insert.bind(exposures[exposure].fieldReachOnSpecimen)
            try insert.endRow()
            stored.add(id, of: exposure)
            index.add(id, at: position, slice: slice(of: exposures[exposure]))
            if index.isFull { try index.write(db) }
            progress.advance(by: 1)
        }
        try insert.finish()
        try index.write(db)
        return new.count
    }

    /// The greatest id that a placement has or had: ids are not used again.
    private static func lastID(_ db: Database) throws -> Int64 {
        let id =
            try Int64.fetchOne(
                db,
                sql: """
                    SELECT max(ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'placement'), 0),
                               ifnull((SELECT max(placement_id) FROM placement), 0))
                    """) ?? 0
        // No archive comes near to so many placements.
        guard id < Int64.max / 2 else {
            throw Failure("The archive's table placement is damaged: an id is \(id). Take a copy that is sound.")
        }
        return id
    }

    /// Brings the index, and the reach of fields, of what is placed already up to date: older tools knew nothing of beams, and
    /// of some exposures fields become known later. Ids and positions stay.
    func indexAnew(_ exposures: [SessionExposure], _ stored: StoredPlacements, _ db: Database) throws {
        var remove = try RowStatement(db, "DELETE FROM placement_index WHERE placement_id = ?")
        var update = try RowStatement(db, "UPDATE placement SET field_reach_um = ? WHERE placement_id = ?")
        var select = try RowStatement(db, "SELECT x_um, y_um FROM placement WHERE placement_id = ?")
        var index = PositionIndex.Batch()
        for (number, exposure) in exposures.enumerated() {
            guard let id = stored[number] else { continue }
            remove.bind(id)
            try remove.run()
            update.bind(exposure.fieldReachOnSpecimen)
            update.bind(id)
            try update.run()
            select.bind(id)
            try select.forEachRow { row in
                index.add(id, at: Vector2(row.double(0), row.double(1)), slice: slice(of: exposure))
            }
            if index.isFull { try index.write(db) }
        }
        try index.write(db)
    }

    private func slice(of exposure: SessionExposure) -> ClosedRange<Double> {
        BeamSize(exposure.beamDiameter).slice(of: placementSetID)
    }
}

extension SessionExposure {
    /// Half the diagonal of the camera field on the tilted specimen, um, or more where it is not known.
    var fieldReachOnSpecimen: Double { fieldReach / cosine }
}
