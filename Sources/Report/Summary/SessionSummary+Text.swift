import EPUArchive
import EPUCore

extension SessionSummary {
    var text: String {
        var lines = [session]
        lines += roots.map { "  folder       \($0)" }
        lines.append("  microscope   \(instrument ?? "not recorded"), EPU \(epuVersion ?? "not recorded")")
        if let times { lines.append("  time         \(times); \(clock.heading)") }
        lines.append(
            "  exposures    \(exposures) in \(counted(foilHoles, "foil hole")) of "
                + "\(counted(gridSquares, "grid square")), \(counted(holeImages, "hole image"))"
                + (withoutImage > 0 ? ", \(withoutImage) exposures without JPG" : ""))
        for diameter in beamDiameters {
            let size = diameter.beamDiameterUm.map { "\($0.text()) um" } ?? "not recorded"
            lines.append("  beam         \(size): \(counted(diameter.exposures, "exposure"))")
        }
        if exposures > 0 {
            let texts = settings.texts.map { "\($0.name) \($0.text)" }
            lines.append("  settings     " + texts.prefix(3).joined(separator: "; "))
            lines.append("               " + texts.dropFirst(3).joined(separator: "; "))
        }
        for calibration in calibrations { lines += calibration.calibration.summaryLines }
        if let stageError { lines.append("  stage        \(stageError.sentence)") }
        if let stagePairs {
            lines.append((stageError == nil ? "  stage        " : "               ") + stagePairs.sentence)
        }
        if let analysis {
            lines.append(
                "  analysis     \(analysis.result.text(of: exposures - analysis.notJudged - analysis.undecided))"
            )
            if let warning = analysis.warning {
                lines.append("               \(warning) Run `epu-analyze` again.")
            }
            for (cause, count) in analysis.causes.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
                lines.append("               \(count) \(cause)")
            }
            lines += analysis.notCompared.map { "               " + $0.text }
            if !analysis.incidents.isEmpty {
                lines += IncidentRow.lines(analysis.incidents, clock).enumerated().map { number, line in
                    (number == 0 ? "  events       " : "           ") + line.replacing("\n", with: "\n           ")
                }
            }
            if analysis.notJudged > 0 {
                lines.append(
                    "               \(analysis.notJudged) came later and are not judged: run `epu-analyze` again"
                )
            }
        } else if exposures > 0 {
            lines.append("  analysis     none yet: run `epu-analyze`")
        }
        if reviewedKeep + reviewedBad > 0 {
            lines.append("  reviewed     \(reviewedKeep) to keep, \(reviewedBad) bad, by a person: lists obey that")
        }
        lines += notices.map { "  notice       \($0.message)" }
        let faults = files.filter { $0.status != "ok" && $0.status != "unknown" }
        lines += faults.map { "  ledger       \($0.count) \($0.kind): \($0.status)" }
        if problems > 0 { lines.append("  problems     \(problems): see the view source_problems") }
        return lines.joined(separator: "\n")
    }
}

extension SessionSummary.Analysis {
    fileprivate func text(of judged: Int) -> String {
        let origin = published.sentence(analysisID, criteria.text(acrossSessions: acrossSessions))
        guard judged > 0 else { return "not known: none could be judged (\(origin))" }
        guard overexposed > 0 else { return criteria.noneText(of: judged, butFor: unknown) + " (\(origin))" }
        let share = 100 * Double(overexposed) / Double(judged)
        return "\(overexposed) of \(judged) overexposed (\(share.text(decimals: 1)) %)" + unknowns.counts.uncertainText
            + (unknown.map { "; \($0)" } ?? "") + " (\(origin))"
    }
}
