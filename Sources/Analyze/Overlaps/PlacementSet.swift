import EPUArchive
import EPUConsole
import EPUCore
import Foundation
import GRDB

/// Where the exposures of one grid lie, each session under one calibration: rows of `placement` and the R-tree.
struct PlacementSet {
    let placementSetID: Int64
    /// For each session of the set one, or one for each condition.
    let calibrations: [StoredCalibration]
    /// What these say of the read-backs of stage stops.
    let stops: StopCorrections
    /// How each session's stage coordinates lie to those of the session that is judged.
    let moves: [Int64: GridMove]
    /// The session that is judged.
    let sessionID: Int64

    /// The set of exactly these calibrations, with what they say of stage stops, moves and assumptions, made where the archive
    /// has none.
    /// - Parameters:
    ///   - exposures: of all sessions, in time order.
    ///   - session: whose exposures are all placed; of the others only those near them.
    static func of(
        _ calibrations: [StoredCalibration], _ exposures: [SessionExposure], judging session: SessionRow,
        moves: [Int64: GridMove] = [:], assuming assumptions: BeamAssumptions, _ db: Database
    ) throws -> PlacementSet {
        let stops = try StopCorrections(calibrations, exposures, db)
        func set(_ id: Int64, _ moves: [Int64: GridMove]) -> PlacementSet {
            PlacementSet(
                placementSetID: id, calibrations: calibrations, stops: stops, moves: moves,
                sessionID: session.sessionID)
        }
        let digests = try calibrations.map { try $0.correctionsDigest(db) }
        let list = calibrations.map(\.calibrationID).sqlList
        // A set of older tools is of the same use where it holds the session alone.
        let isAlone = calibrations.allSatisfy { $0.sessionID == session.sessionID }
        let candidates = try Int64.fetchAll(
            db,
            sql: """
                SELECT placement_set_id FROM placement_set_session JOIN placement_set USING (placement_set_id)
                WHERE assumed_dose_e_per_a2 IS ? AND assumed_beam_diameter_um IS ? AND spot_dose_e_per_a2 IS ?
                    AND (placement_set.session_id = ? OR (? AND placement_set.session_id IS NULL))
                GROUP BY placement_set_id
                HAVING count(*) = ? AND sum(calibration_id IN (\(list))) = ?
                ORDER BY placement_set_id
                """,
            arguments: [
                assumptions.dose, assumptions.beamDiameter, assumptions.spotDose, session.sessionID, isAlone,
                calibrations.count, calibrations.count,
            ])
        for id in candidates {
            let known = try GridMove.stored(in: id, db)
            let isPlacedAlike = try zip(calibrations, digests).allSatisfy { calibration, digest in
                try Bool.fetchOne(
                    db,
                    sql: """
                        SELECT corrections IS ? FROM placement_set_session
                        WHERE placement_set_id = ? AND session_id = ? AND calibration_id = ?
                        """, arguments: [digest, id, calibration.sessionID, calibration.calibrationID]) ?? false
            }
            if isPlacedAlike,
                calibrations.allSatisfy({
                    (known[$0.sessionID] ?? .none).isSame(as: moves[$0.sessionID] ?? .none)
                })
            {
                return set(id, known)
            }
        }
        try db.execute(
            sql: """
                INSERT INTO placement_set
                    (grid, assumed_dose_e_per_a2, assumed_beam_diameter_um, spot_dose_e_per_a2, session_id)
                VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [
                session.grid, assumptions.dose, assumptions.beamDiameter, assumptions.spotDose, session.sessionID,
            ])
        let id = db.lastInsertedRowID
        for (calibration, digest) in zip(calibrations, digests) {
            let move = moves[calibration.sessionID] ?? .none
            try db.execute(
                sql: """
                    INSERT INTO placement_set_session
                        (placement_set_id, session_id, calibration_id, corrections, \(GridMove.columns))
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [id, calibration.sessionID, calibration.calibrationID, digest]
                    + StatementArguments(move.values))
        }
        return set(id, moves)
    }

    /// Beam shift to the judged session's stage coordinates, um per unit: of each of the set's calibrations.
    var matrices: [Matrix2] { calibrations.map { (moves[$0.sessionID] ?? .none).linear * $0.matrix } }

    /// Where the set's calibrations, corrections of stage stops and moves put exposures, um; not finite for one that no
    /// calibration is for.
    /// - Parameter calibration: of each exposure, its index among the set's.
    func positions(of exposures: [SessionExposure], calibration: [Int?]) -> [Vector2] {
        zip(exposures, calibration).map { exposure, calibration in
            guard let calibration else { return Vector2(.nan, .nan) }
            let own =
                exposure.stage - stops.correction(of: exposure.exposureID)
                + calibrations[calibration].matrix * exposure.beamShift
            return moves[exposure.sessionID]?.place(own) ?? own
        }
    }

    /// Whether all of a session that is placed has its pre-exposure and its nearest earlier exposure, and all stands in the index
    /// with its beam.
    func isComplete(judging session: SessionRow, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT NOT EXISTS (
                    SELECT 1 FROM placement p JOIN placement_set s USING (placement_set_id)
                    LEFT JOIN pre_exposure d USING (placement_id)
                    WHERE p.placement_set_id = ?1
                        AND p.exposure_id IN (SELECT exposure_id FROM exposure WHERE session_id = ?3)
                        AND (d.placement_id IS NULL OR s.nearest_within_um IS NOT ?2))
                """, arguments: [placementSetID, PreExposure.nearestReach, session.sessionID]) ?? false
    }

    /// Says that all that is placed has its pre-exposure.
    func setComplete(_ db: Database) throws {
        try db.execute(
            sql: "UPDATE placement_set SET nearest_within_um = ? WHERE placement_set_id = ?",
            arguments: [PreExposure.nearestReach, placementSetID])
    }

    /// Stores and indexes what is not placed yet: nothing when only the criteria are new, the new exposures of a session
    /// that grew.
    /// - Parameters:
    ///   - exposures: all of the set's, in time order.
    ///   - positions: theirs; those that are not finite are left out.
    ///   - errors: of these.
    /// - Returns: how many are new.
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
        var index = try PlacementIndex(placementSetID, db)
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
            try index.add(insert.insertedID, at: position, exposures[exposure])
            progress.advance(by: 1)
        }
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
        var index = try PlacementIndex(placementSetID, db)
        for row in placed {
            guard let exposure = ofExposure[row["exposure_id"]] else { continue }
            remove.bind(row["placement_id"] as Int64)
            try remove.run()
            update.bind(exposure.fieldReachOnSpecimen)
            update.bind(row["placement_id"] as Int64)
            try update.run()
            try index.add(row["placement_id"], at: Vector2(row["x_um"], row["y_um"]), exposure)
        }
    }
}

/// Adds placements of one set to the R-tree.
private struct PlacementIndex {
    private let placementSetID: Int64
    private var insert: RowStatement

    init(_ placementSetID: Int64, _ db: Database) throws {
        self.placementSetID = placementSetID
        insert = try RowStatement(
            db,
            """
            INSERT INTO placement_index (placement_id, min_x_um, max_x_um, min_y_um, max_y_um, min_set, max_set)
            VALUES (?1, ?2, ?2, ?3, ?3, ?4, ?5)
            """)
    }

    /// The box has a width in the third dimension: boxes without volume are all alike to the R-tree, which then splits its
    /// nodes blindly and has to visit most of them (200,000 points: 650 times slower).
    mutating func add(_ placementID: Int64, at position: Vector2, _ exposure: SessionExposure) throws {
        let slice = BeamSize(exposure.beamDiameter).slice(of: placementSetID)
        insert.bind(placementID)
        insert.bind(position.x)
        insert.bind(position.y)
        insert.bind(slice.lowerBound)
        insert.bind(slice.upperBound)
        try insert.run()
    }
}

extension SessionExposure {
    /// Half the diagonal of the camera field on the tilted specimen, um, or more where it is not known.
    fileprivate var fieldReachOnSpecimen: Double { fieldReach / condition.cosine }
}

/// Beams by their size, in powers of 2: each size is a slice of the R-tree, so that a few wide beams do not make every search
/// as wide as theirs.
struct BeamSize: Hashable, Comparable {
    let exponent: Int

    static let exponents = 0...7

    /// - Parameter diameter: um; nil: not known; 0.5 and less: the smallest size.
    init(_ diameter: Double?) {
        let exponent = log2(max(diameter ?? CountedValue.widestUnknownBeam, 0.5) / 0.5).rounded(.up)
        self.exponent = exponent < Double(Self.exponents.upperBound) ? Int(exponent) : Self.exponents.upperBound
    }

    static func < (a: BeamSize, b: BeamSize) -> Bool { a.exponent < b.exponent }

    /// In the third dimension: a 32-bit float holds it exactly up to a million sets.
    func slice(of placementSetID: Int64) -> ClosedRange<Double> {
        let low = Double(placementSetID) + Double(exponent) / 16
        return low...low + 1 / 32
    }
}
