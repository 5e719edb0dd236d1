import EPUArchive
import EPUCore
import GRDB

/// One search for overlaps: which session is judged, against which others, how exposures are placed, and what counts.
struct OverlapAnalysis {
    let scope: GridScope
    /// The calibrations of all sessions of the scope.
    let calibrations: [StoredCalibration]
    let criteria: OverlapCriteria
    var radiusSource: RadiusSource?
    var assumptions = BeamAssumptions()
    /// Whether earlier sessions of the grid are compared, as far as there are any.
    let acrossSessions: Bool
    /// Whether this is the default analysis of the session.
    var isDefault = false
    /// The exposures that the run has read already.
    var reading = SessionReading()

    private var session: SessionRow { scope.session }

    /// Searches, and stores the result in place of an earlier one of the same criteria. Where nothing has changed since that was
    /// made, it is given as it is.
    func run(at time: Timestamp, _ db: Database) throws -> OverlapResult {
        var needed = self
        needed.assumptions = try assumptions.needed(for: scope.sessions.map(\.sessionID), db)
        let basis = try AnalysisBasis(scope, calibrations, needed.assumptions, db).text
        let earlier = try earlierResult(basis, db)
        let analysisID = try earlier ?? needed.search(basis, at: time, db)
        if earlier != nil { try setRadiusSource(of: analysisID, db) }
        if isDefault { try DefaultAnalysis(session).set(analysisID, db) }
        return try OverlapResult(analysisID, self, isNew: earlier == nil, db)
    }

    /// Notes where the radius came from when it was asked for last: a radius that is given may be the default one, and the other
    /// way round.
    private func setRadiusSource(of analysisID: Int64, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE analysis SET radius_source = ?1 WHERE analysis_id = ?2 AND radius_source IS NOT ?1",
            arguments: [radiusSource?.rawValue, analysisID])
    }

    private func search(_ basis: String, at time: Timestamp, _ db: Database) throws -> Int64 {
        let recorded = try scope.exposures(reading, db)
        let comparison = try GridComparison(scope, recorded, calibrations, db)
        let compared = Set(comparison.sessions.map(\.sessionID))
        let calibrations = calibrations.filter { compared.contains($0.sessionID) }
        func isPlaced(_ exposure: SessionExposure) -> Bool {
            compared.contains(exposure.sessionID) && !comparison.apart.contains(exposure.sessionID)
        }
        let placed = recorded.allSatisfy(isPlaced) ? recorded : recorded.filter(isPlaced)
        let all = assumptions.applied(to: placed)
        let set = try PlacementSet.of(
            calibrations, recorded, judging: session, moves: comparison.moves, assuming: assumptions, db)
        var stored = try StoredPlacements(of: set.placementSetID, all, isNew: set.isNew, db)
        let isComplete = try set.isComplete(judging: session, all, stored, db)
        if !isComplete { try set.indexAnew(all, stored, db) }
        let relations = try ExposureRelations(
            near(all, set.placing), set.placing, sessionIDs: Array(compared), db)
        let exposures = relations.exposures
        stored = stored.of(exposures, among: all)
        let added = try set.place(exposures, at: relations.positions, relations.errors, &stored, db)
        // A new exposure adds to what those after it received; what focusing adds follows from .dm files, which may have changed.
        let addsUp = !isComplete || added > 0 || assumptions.spotDose != nil
        let judged = exposures.count { $0.sessionID == session.sessionID }
        let analysisID = try begin(set, exposures: judged, at: time, db)
        try store(comparison, calibrations, of: analysisID, db)

        var pass = try OverlapPass(
            relations, criteria, analysisID: analysisID,
            addsUp: addsUp,
            spots: try spots(relations, set.placing.moves, Array(compared), db), db)
        try OverlapSearch(
            placementSetID: set.placementSetID, sessionID: session.sessionID, exposures: exposures,
            positions: relations.positions, placements: stored,
            radius: max(criteria.radius ?? 0, addsUp ? PreExposure.nearestReach : 0),
            includesFields: addsUp || criteria.needsFields,
            margin: margin(relations.errors)
        ).forEachExposure(db) { try pass.judge($0) }
        try pass.finish()
        if addsUp { try set.setComplete(db) }
        let gaps = BeamGaps(exposures)

        // In one order, whatever the search's: means are sums, and rounded by their order.
        let found = pass.found.sorted { exposures[$0.exposure].exposureID < exposures[$1.exposure].exposureID }
        try IncidentStore(analysisID: analysisID, relations: relations).store(found, db)
        try db.execute(
            sql: """
                UPDATE analysis SET pairs = ?, overexposed = ?, rules = ?, without_dose = ?, without_beam_diameter = ?,
                    without_field = ?, undecided = ?, position_error_um = ?, basis = ?, last_placement_id = ?
                WHERE analysis_id = ?
                """,
            arguments: [
                pass.causes.values.reduce(0, +), pass.found.count, OverlapCause.rulesVersion, gaps.dose,
                gaps.beamDiameter, gaps.field, pass.undecided, relations.errors.typical(of: session.sessionID), basis,
                stored.lastID, analysisID,
            ])
        return analysisID
    }

    /// The exposures to place. Focusing at other holes of a cluster than those that are near may matter, too: then all are
    /// placed.
    private func near(_ exposures: [SessionExposure], _ placing: ExposurePlacing) -> [SessionExposure] {
        guard assumptions.spotDose == nil, exposures.contains(where: { $0.sessionID != session.sessionID }) else {
            return exposures
        }
        let calibration = placing.calibration(of: exposures)
        let errors = PositionErrors(exposures, placing, calibration: calibration)
        return NearExposures.of(
            session.sessionID, exposures, at: placing.positions(of: exposures, calibration: calibration),
            radius: criteria.radius ?? 0, margin: margin(errors))
    }

    /// How much farther than the criteria ask for pairs are sought, um, as positions are only known with an error. One stop of
    /// which little is known must not make every search wide: the place beside is soon another hole.
    private func margin(_ errors: PositionErrors) -> Double {
        min(
            errors.reach(downTo: min(PairProbability.least, criteria.certainty)),
            max(0, PreExposure.nearestReach - (criteria.radius ?? 0)))
    }

    private func spots(
        _ relations: ExposureRelations, _ moves: [Int64: GridMove], _ sessionIDs: [Int64], _ db: Database
    ) throws -> FocusSpots? {
        guard let dose = assumptions.spotDose else { return nil }
        return try FocusSpots(
            relations.exposures, positions: relations.positions, centres: relations.centres,
            clusters: relations.clusters, dose: dose, moves: moves, sessionIDs: sessionIDs, db)
    }

    /// The id of the earlier result; nil where there is none, or where exposures, calibrations or sessions have come since it was
    /// made.
    private func earlierResult(_ basis: String, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT analysis_id FROM analysis
                WHERE \(OverlapCriteria.identity) AND session_id = ? AND across_sessions = ? AND basis = ? AND rules = ?
                """,
            arguments: criteria.arguments + [session.sessionID, acrossSessions, basis, OverlapCause.rulesVersion])
    }

    private func begin(_ set: PlacementSet, exposures: Int, at time: Timestamp, _ db: Database) throws -> Int64 {
        let analysisID = try Int64.fetchOne(
            db,
            sql: """
                INSERT INTO analysis
                    (\(OverlapCriteria.columns), placement_set_id, session_id, radius_source, across_sessions, exposures, pairs,
                     overexposed, created_at)
                VALUES (\(OverlapCriteria.marks), ?, ?, ?, ?, ?, 0, 0, ?)
                ON CONFLICT (placement_set_id, \(OverlapCriteria.indexed), across_sessions, ifnull(session_id, 0)) DO UPDATE SET
                    exposures = excluded.exposures, created_at = excluded.created_at,
                    radius_source = excluded.radius_source
                RETURNING analysis_id
                """,
            arguments: criteria.arguments + [
                set.placementSetID, session.sessionID, radiusSource?.rawValue, acrossSessions, exposures,
                time.archiveText,
            ])
        guard let analysisID else { throw Failure("The archive did not return the id of the analysis.") }
        let results = [
            "overlap", "overexposure", "undecided_exposure", "possible_overexposure", "incident", "analysis_session",
            "uncompared_session",
        ]
        for table in results {
            try db.execute(sql: "DELETE FROM \(table) WHERE analysis_id = ?", arguments: [analysisID])
        }
        return analysisID
    }

    private func store(
        _ comparison: GridComparison, _ calibrations: [StoredCalibration], of analysisID: Int64, _ db: Database
    ) throws {
        for calibration in calibrations {
            try db.execute(
                sql: "INSERT INTO analysis_session (analysis_id, session_id, calibration_id) VALUES (?, ?, ?)",
                arguments: [analysisID, calibration.sessionID, calibration.calibrationID])
        }
        for (session, reason) in comparison.uncertain {
            try db.execute(
                sql: "INSERT INTO uncompared_session (analysis_id, session_id, reason) VALUES (?, ?, ?)",
                arguments: [analysisID, session.sessionID, reason])
        }
    }
}
