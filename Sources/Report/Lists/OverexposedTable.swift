import EPUArchive
import GRDB

/// `overexposed.csv`: a row for each micrograph of a session that an analysis found overexposed, for people: what hit it, how near
/// and how much, why, and what a person said of it. Numbers have the digits that count.
struct OverexposedTable {
    let choice: AnalysisChoice

    func write(to path: String, _ db: Database) throws {
        try TableFile(path: path, format: .csv).write(
            db,
            """
            SELECT o.name, o.earlier AS overexposed_by, round(o.distance_um, 3) AS distance_um,
                   round(100 * o.field_overlap, 1) AS field_overlap_percent,
                   CASE WHEN NOT EXISTS (SELECT 1 FROM not_compared n WHERE n.analysis_id = ?2 AND n.session_id = ?1)
                   THEN round(o.pre_dose_e_per_a2, 1) END AS pre_dose_e_per_a2,
                   o.cause, o.incident, round(o.probability, 3) AS probability, o.review, r.reason,
                   e.foil_hole, e.grid_square, e.acquired_at
            FROM all_overexposed o
            JOIN exposure e ON e.exposure_id = o.later_id
            LEFT JOIN review r ON r.exposure_id = o.later_id
            WHERE o.analysis_id = ?2 AND e.session_id = ?1
            ORDER BY e.acquired_at, e.name, e.exposure_id
            """, [choice.session.sessionID, choice.analysisID])
    }
}
