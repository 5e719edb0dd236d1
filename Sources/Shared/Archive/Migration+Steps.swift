import EPUCore
import GRDB

extension Migration {
    /// Runs the step from the version before to this one, on tables that already are the present ones.
    func step(to version: Int) throws {
        switch version {
        // The next analysis finds what the old version had not stored.
        case 4: try fillOverexposures()
        case 5: try db.execute(sql: "UPDATE analysis SET rules = 0")
        case 6:
            try forgetGuesses()
            try publishLatest()
            try keepAskedMethods()
        // 2 and 3 only added columns; 7 names the columns of foreign keys, and never uses an id again.
        default: break
        }
    }

    /// Fills in, for each overexposed exposure, the nearest earlier one; of equally near ones the first.
    private func fillOverexposures() throws {
        try db.execute(
            sql: """
                INSERT INTO overexposure (analysis_id, exposure_id, nearest_id)
                SELECT analysis_id, later_id, earlier_id
                FROM (SELECT o.*, row_number() OVER (
                                 PARTITION BY o.analysis_id, o.later_id
                                 ORDER BY o.distance_um, e.acquired_at, e.name) AS nearness
                      FROM counted_overlap o JOIN exposure e ON e.exposure_id = o.earlier_id)
                WHERE nearness = 1
                """)
    }

    /// Forgets the zeros in what fields had received in sets of which not all beams and fields are known: the next analysis finds
    /// all of them again.
    private func forgetGuesses() throws {
        let sets = """
            SELECT DISTINCT placement_set_id FROM placement JOIN exposure e USING (exposure_id)
            JOIN placement_set s USING (placement_set_id)
            WHERE \(CountedValue.beamDiameter(of: "e", in: "s")) IS NULL OR e.pixel_size_a IS NULL
                OR e.readout_width_px IS NULL OR e.readout_height_px IS NULL OR e.image_to_stage_m11 IS NULL
            """
        try db.execute(
            sql: """
                UPDATE pre_exposure SET dose_e_per_a2 = nullif(dose_e_per_a2, 0),
                    unplanned_dose_e_per_a2 = nullif(unplanned_dose_e_per_a2, 0), field_share = nullif(field_share, 0),
                    unplanned_field_share = nullif(unplanned_field_share, 0)
                WHERE placement_id IN (SELECT placement_id FROM placement WHERE placement_set_id IN (\(sets)));
                UPDATE placement_set SET nearest_within_um = NULL WHERE placement_set_id IN (\(sets));
                UPDATE analysis SET rules = 0 WHERE placement_set_id IN (\(sets));
                """)
    }

    private struct Latest: ArchiveRecord {
        let sessionID: Int64
        let analysisID: Int64
        let createdAt: String
    }

    /// Publishes the analysis of each session that was made last, so that reports go on showing what they showed.
    private func publishLatest() throws {
        let latest = try Latest.fetchAll(
            db,
            sql: """
                SELECT session_id, analysis_id, created_at FROM (
                    SELECT j.session_id, j.analysis_id, a.created_at, row_number() OVER (
                               PARTITION BY j.session_id ORDER BY a.created_at DESC, a.analysis_id DESC) AS age
                    FROM judged_session j JOIN analysis a USING (analysis_id))
                WHERE age = 1
                """)
        guard !latest.isEmpty else { return }
        let sessions = Dictionary(uniqueKeysWithValues: try SessionRow.select(db, names: []).map { ($0.sessionID, $0) })
        for latest in latest {
            guard let session = sessions[latest.sessionID] else { continue }
            try PublishedAnalysis.publish(
                latest.analysisID, for: session, at: Timestamp(archiveText: latest.createdAt) ?? .now, db)
        }
    }

    /// Keeps the methods that persons asked for. They stood with the calibrations, and now outlive these.
    private func keepAskedMethods() throws {
        try db.execute(
            sql: """
                UPDATE session SET asked_method = (
                    SELECT method FROM calibration c WHERE c.session_id = session.session_id AND c.chosen = 2
                    ORDER BY calibration_id)
                """)
    }
}
