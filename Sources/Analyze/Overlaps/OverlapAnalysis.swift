import EPUShared
import GRDB

/// One search for overlaps: which exposures, placed how, and what counts.
struct OverlapAnalysis {
    let sessions: [SessionRow]
    let calibrations: [StoredCalibration]
    let criteria: OverlapCriteria
    var assumptions = BeamAssumptions()
    let acrossSessions: Bool

    private var sessionIDs: [Int64] { sessions.map(\.sessionID) }

    /// Searches, and stores the result in place of an earlier one of the same criteria.
    /// - Parameter recorded: the exposures of the sessions, in time order.
    func run(_ recorded: [SessionExposure], at time: Timestamp, _ db: Database) throws -> OverlapResult {
        let exposures = assumptions.applied(to: recorded)
        let offsets = try offsets(exposures, db)
        let set = try PlacementSet.of(
            calibrations, offsets: offsets, assuming: assumptions.needed(for: recorded), grid: sessions[0].grid, db)
        let relations = try ExposureRelations(exposures, set, sessionIDs: sessionIDs, db)
        let isComplete = try set.isComplete(db)
        if !isComplete { try set.indexAnew(exposures, db) }
        let added = try set.place(exposures, at: relations.positions, db)
        // A new exposure adds to those after it; what focusing adds follows from .dm files, which may have changed.
        let addsUp = !isComplete || added > 0 || assumptions.spotDose != nil
        let analysisID = try begin(set, exposures: exposures.count, at: time, db)

        var pass = try OverlapPass(
            relations, criteria, analysisID: analysisID,
            stored: addsUp ? nil : try PreExposure.stored(in: set.placementSetID, db),
            spots: try spots(relations, db), db)
        try OverlapSearch(
            placementSetID: set.placementSetID, exposures: exposures,
            radius: max(criteria.radius ?? 0, addsUp ? PreExposure.nearestReach : 0),
            includesFields: addsUp || criteria.needsFields
        ).forEachExposure(db) { try pass.judge($0) }
        if addsUp { try set.setComplete(db) }
        let gaps = BeamGaps(exposures)

        try IncidentStore(analysisID: analysisID, relations: relations).store(pass.found, pass.preExposures, db)
        try db.execute(
            sql: """
                UPDATE analysis SET pairs = ?, overexposed = ?, rules = ?, without_dose = ?, without_beam_diameter = ?,
                    without_field = ?, last_placement_id = (
                        SELECT max(placement_id) FROM placement p WHERE p.placement_set_id = analysis.placement_set_id)
                WHERE analysis_id = ?
                """,
            arguments: [
                pass.causes.values.reduce(0, +), pass.found.count, OverlapCause.rulesVersion, gaps.dose,
                gaps.beamDiameter,
                gaps.field, analysisID,
            ])
        return try result(analysisID, set, exposures: exposures.count, causes: pass.causes, db)
    }

    /// Measured under the sessions' own calibrations where they have some: a matrix that a user gave may not suit them.
    private func offsets(_ exposures: [SessionExposure], _ db: Database) throws -> [Int64: SessionOffset] {
        guard sessions.count > 1 else { return [:] }
        let own = try sessionIDs.flatMap { id in
            let chosen = try StoredCalibration.chosen(for: id, db)
            return chosen.isEmpty ? calibrations.filter { $0.sessionID == id } : chosen
        }
        return try OffsetMeasurement(exposures, own, sessions, db).offsets
    }

    private func spots(_ relations: ExposureRelations, _ db: Database) throws -> FocusSpots? {
        guard let dose = assumptions.spotDose else { return nil }
        return try FocusSpots(
            relations.exposures, positions: relations.positions, centres: relations.centres,
            clusters: relations.clusters, dose: dose, sessionIDs: sessionIDs, db)
    }

    /// The result of an earlier run on as many exposures, which now counts as the latest; nil where there is none, or where
    /// offsets or assumptions ask to look at the exposures.
    func earlierResult(_ exposures: Int, at time: Timestamp, _ db: Database) throws -> OverlapResult? {
        guard sessions.count == 1, assumptions.dose == nil, assumptions.beamDiameter == nil else { return nil }
        let set = try PlacementSet.of(calibrations, assuming: assumptions, grid: sessions[0].grid, db)
        let id = try Int64.fetchOne(
            db,
            sql: """
                UPDATE analysis SET created_at = ?
                WHERE placement_set_id = ? AND radius_um IS ? AND min_field_overlap IS ? AND min_pre_dose_e_per_a2 IS ?
                    AND count_neighbours = ? AND across_sessions = ? AND exposures = ? AND rules = ?
                RETURNING analysis_id
                """,
            arguments: [
                time.archiveText, set.placementSetID, criteria.radius, criteria.minFieldOverlap, criteria.minPreDose,
                criteria.countNeighbours, acrossSessions, exposures, OverlapCause.rulesVersion,
            ])
        guard let id else { return nil }
        let causes = try Row.fetchAll(
            db, sql: "SELECT cause, count(*) FROM overlap WHERE analysis_id = ? GROUP BY cause", arguments: [id]
        ).compactMap { row in OverlapCause(rawValue: row[0]).map { ($0, row[1] as Int) } }
        return try result(id, set, exposures: exposures, causes: Dictionary(uniqueKeysWithValues: causes), db)
    }

    private func result(
        _ analysisID: Int64, _ set: PlacementSet, exposures: Int, causes: [OverlapCause: Int],
        _ db: Database
    ) throws -> OverlapResult {
        OverlapResult(
            analysisID: analysisID, sessions: sessions, calibrations: calibrations, criteria: criteria,
            offsets: set.offsets, exposures: exposures, causes: causes,
            gaps: try BeamGaps(of: analysisID, db), incidents: try IncidentRow.all(of: analysisID, db),
            notJudged: try Self.notJudged(sessionIDs, db))
    }

    private func begin(_ set: PlacementSet, exposures: Int, at time: Timestamp, _ db: Database) throws -> Int64 {
        let analysisID = try Int64.fetchOne(
            db,
            sql: """
                INSERT INTO analysis
                    (placement_set_id, radius_um, min_field_overlap, min_pre_dose_e_per_a2, count_neighbours,
                     across_sessions, exposures, pairs, overexposed, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, ?)
                ON CONFLICT (placement_set_id, ifnull(radius_um, 0), ifnull(min_field_overlap, 0),
                             ifnull(min_pre_dose_e_per_a2, 0), count_neighbours, across_sessions,
                             ifnull(session_id, 0)) DO UPDATE SET
                    exposures = excluded.exposures, created_at = excluded.created_at
                RETURNING analysis_id
                """,
            arguments: [
                set.placementSetID, criteria.radius, criteria.minFieldOverlap, criteria.minPreDose,
                criteria.countNeighbours, acrossSessions, exposures, time.archiveText,
            ])
        guard let analysisID else { throw Failure("The archive did not return the id of the analysis.") }
        for table in ["overlap", "overexposure", "incident"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE analysis_id = ?", arguments: [analysisID])
        }
        for calibration in calibrations {
            try db.execute(
                sql: "INSERT OR IGNORE INTO analysis_session VALUES (?, ?, ?)",
                arguments: [analysisID, calibration.sessionID, calibration.calibrationID])
        }
        return analysisID
    }

    /// Exposures in the ledger that could not be read, and so were compared with nothing.
    private static func notJudged(_ sessionIDs: [Int64], _ db: Database) throws -> Int {
        let list = sessionIDs.sqlList
        return try Int.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM source_file f JOIN session_root r USING (session_root_id)
                WHERE r.session_id IN (\(list)) AND f.kind = 'exposure'
                    AND f.status IN ('unreadable', 'malformed', 'incomplete')
                """) ?? 0
    }
}
