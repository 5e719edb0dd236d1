import EPUArchive
import EPUCore
import GRDB

/// Where the exposures of one grid lie, each session under one calibration: rows of `placement` and the R-tree.
struct PlacementSet {
    let placementSetID: Int64
    let placing: ExposurePlacing
    /// Whether it was made a moment ago, and has no placements.
    let isNew: Bool

    /// The set of exactly these calibrations, with what they say of stage stops, moves and assumptions; it is made if the archive
    /// has none.
    /// - Parameters:
    ///   - exposures: the exposures of all sessions, in time order.
    ///   - session: the session whose exposures are all placed; of the others only those near them are.
    static func of(
        _ calibrations: [StoredCalibration], _ exposures: [SessionExposure], judging session: SessionRow,
        moves: [Int64: GridMove] = [:], assuming assumptions: BeamAssumptions, _ db: Database
    ) throws -> PlacementSet {
        var placing = try ExposurePlacing(calibrations, exposures, judging: session.sessionID, moves: moves, db)
        let digests = try calibrations.map { try $0.correctionsDigest(db) }
        let list = calibrations.map(\.calibrationID).sqlList
        // A set of older tools is as useful if it holds only this session.
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
                placing.moves = known
                for (session, move) in moves { placing.moves[session] = known[session]?.takingAsides(of: move) }
                if try placing.isStored(in: id, exposures, db) {
                    return PlacementSet(placementSetID: id, placing: placing, isNew: false)
                }
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
        placing.moves = moves
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
        return PlacementSet(placementSetID: id, placing: placing, isNew: true)
    }

    /// Whether all of a session that is placed has its pre-exposure and its nearest earlier exposure, and all stands in the index
    /// with its beam.
    func isComplete(
        judging session: SessionRow, _ exposures: [SessionExposure], _ stored: StoredPlacements, _ db: Database
    ) throws -> Bool {
        let placed = exposures.indices.filter {
            exposures[$0].sessionID == session.sessionID && stored[$0] != nil
        }
        guard !placed.isEmpty else { return true }
        let nearestWithin = try Double.fetchOne(
            db, sql: "SELECT nearest_within_um FROM placement_set WHERE placement_set_id = ?",
            arguments: [placementSetID])
        return nearestWithin == PreExposure.nearestReach
            && placed.allSatisfy(stored.hasPreExposure)
    }

    /// Records that all that is placed has its pre-exposure.
    func setComplete(_ db: Database) throws {
        try db.execute(
            sql: "UPDATE placement_set SET nearest_within_um = ? WHERE placement_set_id = ?",
            arguments: [PreExposure.nearestReach, placementSetID])
    }
}
