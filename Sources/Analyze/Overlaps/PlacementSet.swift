import EPUShared
import GRDB

/// Where the exposures of one grid lie, each session under one calibration: rows of `placement` and the R-tree.
struct PlacementSet {
    let placementSetID: Int64
    /// For each session of the set one, or one for each condition.
    let calibrations: [StoredCalibration]

    /// The set of exactly these calibrations, made where the archive has none.
    static func of(_ calibrations: [StoredCalibration], grid: String, _ db: Database) throws -> PlacementSet {
        let list = calibrations.map { String($0.calibrationID) }.joined(separator: ", ")
        let known = try Int64.fetchOne(
            db,
            sql: """
                SELECT placement_set_id FROM placement_set_session
                GROUP BY placement_set_id
                HAVING count(*) = ? AND sum(calibration_id IN (\(list))) = ?
                """,
            arguments: [calibrations.count, calibrations.count])
        if let known { return PlacementSet(placementSetID: known, calibrations: calibrations) }
        try db.execute(sql: "INSERT INTO placement_set (grid) VALUES (?)", arguments: [grid])
        let id = db.lastInsertedRowID
        for calibration in calibrations {
            try db.execute(
                sql: "INSERT INTO placement_set_session VALUES (?, ?, ?)",
                arguments: [id, calibration.sessionID, calibration.calibrationID])
        }
        return PlacementSet(placementSetID: id, calibrations: calibrations)
    }

    /// Places and indexes what is not placed yet: nothing when only the radius is new, the new exposures of a session
    /// that grew.
    /// - Parameter exposures: all of the set's, in time order.
    func place(_ exposures: [SessionExposure], _ db: Database) throws {
        let placed = try Int64.fetchSet(
            db, sql: "SELECT exposure_id FROM placement WHERE placement_set_id = ?", arguments: [placementSetID])
        let calibrations = CalibrationOfExposure(calibrations)
        let insert = try db.cachedStatement(
            sql: "INSERT INTO placement (placement_set_id, exposure_id, x_um, y_um) VALUES (?, ?, ?, ?)")
        // Half a unit wide in the third dimension: boxes without volume are all alike to the R-tree, which then splits
        // its nodes blindly and has to visit most of them (200,000 points: 650 times slower).
        let index = try db.cachedStatement(
            sql: "INSERT INTO placement_index VALUES (?1, ?2, ?2, ?3, ?3, ?4, ?4 + 0.5)")
        var progress = ProgressLine("exposures placed", total: exposures.count - placed.count)
        defer { progress.finish() }
        for exposure in exposures where !placed.contains(exposure.exposureID) {
            guard let calibration = calibrations[exposure] else { continue }
            let position = exposure.stage + calibration.matrix * exposure.beamShift
            try insert.execute(arguments: [placementSetID, exposure.exposureID, position.x, position.y])
            try index.execute(arguments: [db.lastInsertedRowID, position.x, position.y, placementSetID])
            progress.advance(by: 1)
        }
    }

    /// Calls `body` for each pair of placed exposures at most `radius` um apart, once, in either order.
    ///
    /// The R-tree holds 32-bit floats, rounded outwards, so the box is searched with a margin and the distance is then
    /// tested with the exact numbers. CROSS JOIN fixes the order of the loops: left to itself SQLite scans the R-tree
    /// first (https://www.sqlite.org/optoverview.html#manual_control_of_query_plans_using_cross_join).
    func forEachPair(within radius: Double, _ db: Database, _ body: (Int64, Int64, Double) throws -> Void) throws {
        let pairs = try Row.fetchCursor(
            db,
            sql: """
                SELECT a.exposure_id, b.exposure_id,
                       (b.x_um - a.x_um) * (b.x_um - a.x_um) + (b.y_um - a.y_um) * (b.y_um - a.y_um) AS squared
                FROM placement a
                CROSS JOIN placement_index i
                    ON i.min_x_um <= a.x_um + :box AND i.max_x_um >= a.x_um - :box
                    AND i.min_y_um <= a.y_um + :box AND i.max_y_um >= a.y_um - :box
                    AND i.min_set <= :set AND i.max_set >= :set
                CROSS JOIN placement b ON b.placement_id = i.placement_id
                WHERE a.placement_set_id = :set AND b.placement_set_id = :set AND b.placement_id > a.placement_id
                    AND squared <= :radius * :radius
                """,
            arguments: ["set": placementSetID, "radius": radius, "box": radius * (1 + 1e-6) + 1e-3])
        while let pair = try pairs.next() {
            let squared: Double = pair[2]
            try body(pair[0], pair[1], squared.squareRoot())
        }
    }
}
