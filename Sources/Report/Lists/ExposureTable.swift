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

    /// Writes the table.
    /// - Returns: the exposures as the lists name them, which come of the same rows, and none of those without a readable XML.
    func write(to path: String, _ db: Database) throws -> ListedExposures {
        let recorded = try db.columns(in: "exposure").map(\.name).filter { !Self.first.contains($0) }
        var listed = ListedExposures()
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
                        WHEN u.exposure_id IS NOT NULL THEN 'what its field had received is not known' END AS not_judged,
                   CASE WHEN p.placement_id IS NOT NULL AND u.exposure_id IS NULL
                   THEN o.later_id IS NOT NULL END AS overexposed,
                   o.cause, iif(o.later_id IS NULL, NULL, w.incident) AS incident, b.name AS overexposed_by, o.distance_um,
                   ifnull(iif(o.later_id IS NULL, NULL, w.probability), m.probability) AS probability, o.field_overlap,
                   o.beam_overlap, d.dose_e_per_a2 AS pre_dose_e_per_a2, d.unplanned_dose_e_per_a2, d.field_share,
                   d.unplanned_field_share, r.verdict AS review, r.reason, (SELECT not_compared FROM unknown) AS not_compared,
                   (SELECT calibration FROM unknown) AS calibration,
                   e.acquired_at, e.grid_square, e.foil_hole, e.area, p.x_um, p.y_um, p.error_um AS position_error_um,
                   g.optics_group, metadata_root.path || '/' || metadata.path AS metadata_path,
                   image_root.path || '/' || image.path AS image_path,
                   \(recorded.map { "e." + $0 }.joined(separator: ", ")),
                   \(ListedExposures.columnsSQL)
            FROM exposure e
            JOIN source_file metadata ON metadata.source_file_id = e.metadata_file_id
            JOIN session_root metadata_root ON metadata_root.session_root_id = metadata.session_root_id
            LEFT JOIN source_file image ON image.source_file_id = e.image_file_id
            LEFT JOIN session_root image_root ON image_root.session_root_id = image.session_root_id
            LEFT JOIN optics_group_member k ON k.exposure_id = e.exposure_id
            LEFT JOIN optics_group g ON g.optics_group_id = k.optics_group_id
            \(ExposureVerdict.joins(analysis: "?2"))
            LEFT JOIN pre_exposure d ON d.placement_id = p.placement_id AND (SELECT not_compared FROM unknown) IS NULL
            LEFT JOIN overlap o ON o.analysis_id = w.analysis_id AND o.later_id = w.exposure_id AND o.earlier_id = w.nearest_id
            LEFT JOIN exposure b ON b.exposure_id = o.earlier_id
            LEFT JOIN possible_overexposure m ON m.analysis_id = a.analysis_id AND m.exposure_id = e.exposure_id
            WHERE e.session_id = ?1
            ORDER BY e.acquired_at, e.name, e.exposure_id
            """, [choice.session.sessionID, choice.analysisID], unwritten: ListedExposures.columns
        ) { row in
            let first = row.count - Int32(ListedExposures.columns)
            let paths = first - Int32(recorded.count) - 2
            listed.add(row, metadataPath: paths, imagePath: paths + 1, first: first)
        }
        try listed.nameRoots(db)
        return listed
    }
}
