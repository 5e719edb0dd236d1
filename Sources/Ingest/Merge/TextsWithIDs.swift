import EPUArchive
import GRDB

/// Translates the texts that hold ids, in rows that have come from an attached archive: without it epu-analyze would take their
/// analyses for outdated, and make them again. They are `placement_set_session.corrections` and `analysis.basis`.
struct TextsWithIDs {
    let source: String
    /// By how much ids grew, by table.
    let offsets: [String: Int64]

    func translate(_ db: Database) throws {
        let (sessions, calibrations) = (offsets["session"] ?? 0, offsets["calibration"] ?? 0)
        var corrections: [String: String] = [:]
        let corrected = try Int64.fetchAll(
            db, sql: "SELECT DISTINCT calibration_id FROM \(source).stage_stop ORDER BY calibration_id")
        for id in corrected {
            guard let old = try StopCorrections.digest(of: id, in: source, db),
                let new = try StopCorrections.digest(of: id + calibrations, db)
            else { continue }
            corrections[old] = new
            try db.execute(
                sql: """
                    UPDATE main.placement_set_session SET corrections = ? WHERE calibration_id = ? AND corrections = ?
                    """, arguments: [new, id + calibrations, old])
        }
        let analyses = try Row.fetchAll(
            db, sql: "SELECT analysis_id, basis FROM main.analysis WHERE analysis_id > ? AND basis IS NOT NULL",
            arguments: [offsets["analysis"] ?? 0])
        for analysis in analyses {
            let text = BasisText.translated(
                analysis["basis"], sessions: sessions, calibrations: calibrations, corrections: corrections)
            try db.execute(
                sql: "UPDATE main.analysis SET basis = ? WHERE analysis_id = ?",
                arguments: [text, analysis["analysis_id"]])
        }
    }
}
