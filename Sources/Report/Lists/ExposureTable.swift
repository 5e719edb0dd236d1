import EPUArchive
import GRDB

/// `exposures.csv`: what one analysis found of each exposure of a session, and then everything that the archive knows of it.
///
/// The columns of the verdict come first. `list` is the list that the exposure is in, and `not_judged` says why
/// it is neither bad nor to keep. `overexposed` is empty for an exposure that came after the analysis, or that it could not judge.
/// `not_compared` names the sessions of the grid of which it is not known what they had exposed; what the camera fields had received
/// before is then not known, either. `calibration` has the verdicts on the calibrations. `probability` is that of being overexposed.
/// It is also given for possible overexposures, which do not count and have no `overexposed_by`. Every session has the same
/// columns, so that tables can be put together.
struct ExposureTable {
    let choice: AnalysisChoice

    /// The number of digits that count: enough for any measurement, and too few to show how a computer rounds.
    private static let digits = 9

    /// Columns of `exposure` that stand among the first.
    private static let first: Set = ["name", "acquired_at", "grid_square", "foil_hole", "area"]

    func write(to path: String, _ db: Database) throws {
        let recorded = try db.columns(in: "exposure").map(\.name).filter { !Self.first.contains($0) }
        try TableFile(path: path, format: .csv, digits: Self.digits).write(
            db,
            """
            WITH unknown AS MATERIALIZED (
                SELECT (SELECT group_concat(other, ', ') FROM (
                            SELECT other FROM not_compared WHERE analysis_id = ?2 AND session_id = ?1
                            ORDER BY started_at, other_id)) AS not_compared,
                       (SELECT group_concat(verdict, ', ') FROM (
                            SELECT DISTINCT c.verdict FROM analysis_session l JOIN calibration c USING (calibration_id)
                            WHERE l.analysis_id = ?2 AND l.session_id = ?1 ORDER BY 1)) AS calibration)
            SELECT e.name, CASE \(ExposureVerdict.sql) WHEN 1 THEN 'bad' WHEN 0 THEN 'keep' ELSE 'notjudged' END AS list,
                   CASE WHEN r.verdict IS NOT NULL THEN NULL WHEN p.placement_id IS NULL THEN 'came after the analysis'
                        WHEN \(UndecidedExposures.sql) THEN 'what its field had received is not known' END AS not_judged,
                   CASE WHEN p.placement_id IS NOT NULL AND NOT \(UndecidedExposures.sql)
                   THEN o.later_id IS NOT NULL END AS overexposed,
                   o.cause, o.incident, o.earlier AS overexposed_by, o.distance_um,
                   ifnull(o.probability, m.probability) AS probability, o.field_overlap, o.beam_overlap,
                   d.dose_e_per_a2 AS pre_dose_e_per_a2, d.unplanned_dose_e_per_a2, d.field_share,
                   d.unplanned_field_share, r.verdict AS review, r.reason, n.not_compared, n.calibration,
                   e.acquired_at, e.grid_square, e.foil_hole, e.area, p.x_um, p.y_um, p.error_um AS position_error_um,
                   x.optics_group, x.metadata_path, x.image_path, \(recorded.map { "e." + $0 }.joined(separator: ", "))
            FROM exposure e
            JOIN exposures x USING (exposure_id)
            \(ExposureVerdict.joins(analysis: "?2"))
            JOIN unknown n
            LEFT JOIN pre_exposure d ON d.placement_id = p.placement_id AND n.not_compared IS NULL
            LEFT JOIN all_overexposed o ON o.analysis_id = a.analysis_id AND o.later_id = e.exposure_id
            LEFT JOIN possible_overexposure m ON m.analysis_id = a.analysis_id AND m.exposure_id = e.exposure_id
            WHERE e.session_id = ?1
            ORDER BY e.acquired_at, e.name, e.exposure_id
            """, [choice.session.sessionID, choice.analysisID])
    }
}
