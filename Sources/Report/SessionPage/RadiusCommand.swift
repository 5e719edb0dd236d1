import EPUArchive
import EPUCore
import GRDB

/// The command that repeats an analysis with another radius and with all else unchanged.
struct RadiusCommand {
    /// The parts of the command before and after the radius; nil if there is no such command, because the analysis uses several
    /// calibrations that no option can name together.
    let parts: (start: String, end: String)?

    /// - Parameter archive: the path of the archive.
    init(of choice: AnalysisChoice, archive: String, _ db: Database) throws {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT a.across_sessions, p.assumed_dose_e_per_a2, p.assumed_beam_diameter_um,
                       p.spot_dose_e_per_a2
                FROM analysis a JOIN placement_set p USING (placement_set_id) WHERE analysis_id = ?
                """, arguments: [choice.analysisID])
        let used = try Row.fetchAll(
            db,
            sql: """
                SELECT s.name, c.calibration_id, c.chosen FROM analysis_session l
                JOIN judged_session j ON j.analysis_id = l.analysis_id AND j.session_id = l.session_id
                JOIN session s ON s.session_id = l.session_id JOIN calibration c USING (calibration_id)
                WHERE l.analysis_id = ? ORDER BY s.session_id, c.calibration_id
                """, arguments: [choice.analysisID])
        var end = ""
        if used.contains(where: { !($0["chosen"] as Bool) }) {
            guard used.count == 1 else {
                parts = nil
                return
            }
            end += " --calibration \(used[0]["calibration_id"] as Int64)"
        }
        // The slider shows what distances alone decide.
        var others = choice.criteria.withoutFields
        others.radius = nil
        end += others.options.map { " " + $0 }.joined()
        if !(row?["across_sessions"] ?? true) { end += " --within-session" }
        for (option, column) in [
            ("missing-dose", "assumed_dose_e_per_a2"), ("missing-beam-diameter", "assumed_beam_diameter_um"),
            ("spot-dose", "spot_dose_e_per_a2"),
        ] {
            if let value: Double = row?[column] { end += " --\(option) \(value.text())" }
        }
        var sessions: [String] = []
        for row in used where !sessions.contains(row["name"]) { sessions.append(row["name"]) }
        end += sessions.map { " --session \(shellWord($0))" }.joined()
        parts = ("epu-analyze overlaps --db \(shellWord(archive)) --radius ", end)
    }
}
