import EPUArchive
import GRDB

/// `exposures.csv`: everything that the archive knows of each exposure of a session, and what one analysis found. `overexposed`
/// is empty for an exposure that came after the analysis, or that it could not judge. `not_compared` names the sessions of the
/// grid of which it is not known what they had exposed; what the camera fields had received before is then not known, either.
/// `calibration` has the verdicts on the calibrations. `probability` is that of being overexposed. It is also given for possible
/// overexposures, which do not count and have no `overexposed_by`.
struct ExposureTable {
    let choice: AnalysisChoice

    func write(to path: String, _ db: Database) throws {
        try TableFile(path: path, format: .csv).write(
            db,
            """
            WITH unknown AS MATERIALIZED (
                SELECT (SELECT group_concat(other, ', ') FROM (
                            SELECT other FROM not_compared WHERE analysis_id = ?2 AND session_id = ?1
                            ORDER BY started_at, other_id)) AS not_compared,
                       (SELECT group_concat(verdict, ', ') FROM (
                            SELECT DISTINCT c.verdict FROM analysis_session l JOIN calibration c USING (calibration_id)
                            WHERE l.analysis_id = ?2 AND l.session_id = ?1 ORDER BY 1)) AS calibration)
            SELECT e.*, x.metadata_path, x.image_path, x.optics_group, p.x_um, p.y_um, o.earlier AS overexposed_by,
                   o.distance_um, o.cause, o.incident, o.field_overlap, o.beam_overlap,
                   d.dose_e_per_a2 AS pre_dose_e_per_a2, d.unplanned_dose_e_per_a2, d.field_share,
                   d.unplanned_field_share,
                   CASE WHEN p.placement_id IS NOT NULL AND NOT \(UndecidedExposures.sql)
                   THEN o.later_id IS NOT NULL END AS overexposed,
                   p.error_um AS position_error_um, ifnull(o.probability, m.probability) AS probability,
                   n.not_compared, n.calibration, v.verdict AS review, v.reason
            FROM exposure e
            JOIN exposures x USING (exposure_id)
            JOIN analysis a ON a.analysis_id = ?2
            LEFT JOIN placement p ON \(JudgedPlacement.sql)
            JOIN unknown n
            LEFT JOIN pre_exposure d ON d.placement_id = p.placement_id AND n.not_compared IS NULL
            LEFT JOIN all_overexposed o ON o.analysis_id = a.analysis_id AND o.later_id = e.exposure_id
            LEFT JOIN possible_overexposure m ON m.analysis_id = a.analysis_id AND m.exposure_id = e.exposure_id
            LEFT JOIN review v ON v.exposure_id = e.exposure_id
            WHERE e.session_id = ?1
            ORDER BY e.acquired_at, e.name, e.exposure_id
            """, [choice.session.sessionID, choice.analysisID])
    }
}
