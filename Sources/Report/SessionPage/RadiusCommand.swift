import EPUArchive
import EPUCore
import GRDB

/// The command that repeats an analysis with another radius and with all else unchanged.
struct RadiusCommand {
    /// The parts of the command before and after the radius; nil if there is no such command, because the analysis uses several
    /// calibrations that no option can name together.
    let parts: (start: String, end: String)?

    private struct Used: ArchiveRecord {
        let name: String
        let calibrationID: Int64
        let chosen: Bool
    }

    /// - Parameter archive: the path of the archive.
    init(of choice: AnalysisChoice, archive: String, _ db: Database) throws {
        let settings = try AnalysisSettings.fetchOne(
            db,
            sql: """
                SELECT a.across_sessions, p.assumed_dose_e_per_a2, p.assumed_beam_diameter_um,
                       p.spot_dose_e_per_a2
                FROM analysis a JOIN placement_set p USING (placement_set_id) WHERE analysis_id = ?
                """, arguments: [choice.analysisID])
        let used = try Used.fetchAll(
            db,
            sql: """
                SELECT s.name, c.calibration_id, c.chosen FROM analysis_session l
                JOIN judged_session j ON j.analysis_id = l.analysis_id AND j.session_id = l.session_id
                JOIN session s ON s.session_id = l.session_id JOIN calibration c USING (calibration_id)
                WHERE l.analysis_id = ? ORDER BY s.session_id, c.calibration_id
                """, arguments: [choice.analysisID])
        var end = ""
        if !used.allSatisfy(\.chosen) {
            guard used.count == 1 else {
                parts = nil
                return
            }
            end += " --calibration \(used[0].calibrationID)"
        }
        // The slider shows what distances alone decide.
        var others = choice.criteria.withoutFields
        others.radius = nil
        end += others.options.map { " " + $0 }.joined()
        if settings?.acrossSessions == false { end += " --within-session" }
        for (option, value) in [
            ("missing-dose", settings?.assumedDoseEPerA2), ("missing-beam-diameter", settings?.assumedBeamDiameterUm),
            ("spot-dose", settings?.spotDoseEPerA2),
        ] {
            if let value { end += " --\(option) \(value.text())" }
        }
        var sessions: [String] = []
        for row in used where !sessions.contains(row.name) { sessions.append(row.name) }
        end += sessions.map { " " + shellOption("--session", $0) }.joined()
        parts = ("epu-analyze overlaps --db \(shellWord(archive)) --radius ", end)
    }
}
