import EPUArchive
import EPUCore

extension OverlapResult {
    var text: String {
        var lines = [
            "\(session): \(counted(exposures, "exposure")), "
                + "\(Set(calibrations.map(\.calibration.placingText)).sorted().joined(separator: "; ")), \(criteria.text) "
                + "(analysis \(analysisID))"
        ]
        lines += notes + comparisonLines + gapLines
        if pairs > 0 {
            let parts = causes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($1) \($0)" }
            lines.append("\(counted(pairs, "overlap pair")): \(parts.joined(separator: ", "))")
        }
        if overexposed > 0 { lines += IncidentRow.lines(incidents) }
        return (lines + [verdict]).joined(separator: "\n")
    }

    /// The last line, which never says clean where something is not known.
    private var verdict: String {
        let unknown = unknowns.text
        guard undecided == 0 || undecided < exposures else { return "not known: \(unknown ?? "")" }
        guard overexposed > 0 else { return criteria.noneText(of: exposures - undecided, butFor: unknown) }
        return overexposedText + (unknown.map { "; \($0)" } ?? "")
    }

    private var overexposedText: String {
        let judged = exposures - undecided
        let share = 100 * Double(overexposed) / Double(judged)
        return "\(overexposed) of \(judged) overexposed (\(share.text(decimals: 1)) %)" + unknowns.counts.uncertainText
    }

    private var notes: [String] {
        var lines: [String] = []
        if calibrations.contains(where: { $0.calibration.verdict == .undetermined }) {
            lines.append(
                "the calibration is undetermined (see `epu-analyze calibrate`): only overlaps within a stage stop, and those "
                    + "that any matrix would give")
        }
        if radiusSource == .cameraField, let radius = criteria.radius {
            lines.append(
                "no beam diameter is recorded: radius \(radius.text()) um, half the shorter side of the camera field; images "
                    + "nearer than that share ground")
        }
        return lines
    }

    /// How many of the sessions are printed by name: the JSON has all.
    private static let mostSessions = 12

    private var comparisonLines: [String] {
        var lines: [String] = []
        let measured = Set(offsets.map(\.session))
        let unmeasured = comparedWith.filter { name in
            !measured.contains(name) && !notCompared.contains { $0.session == name }
        }
        for offset in offsets.prefix(Self.mostSessions) {
            lines.append(
                "\(session) lies at \(offset.move.text) from \(offset.session), which is taken into account")
        }
        if !unmeasured.isEmpty {
            lines.append("\(unmeasured.joined(separator: ", ")) exposed other grid squares only")
        }
        lines += notCompared.prefix(Self.mostSessions).map(\.text)
        if notCompared.count > Self.mostSessions {
            lines.append("and \(notCompared.count - Self.mostSessions) more: the table uncompared_session has all")
        }
        return lines
    }

    private var gapLines: [String] {
        var lines: [String] = []
        if notJudged > 0 {
            lines.append("\(counted(notJudged, "exposure")) not judged: unreadable, see source_problems")
        }
        // Where nothing is overexposed by distance, nobody asks what it had received.
        guard criteria.needsFields || overexposed > 0 else { return lines }
        if withoutBeamDiameter > 0 {
            lines.append(
                "\(counted(withoutBeamDiameter, "exposure")) without beam diameter: what they hit is not known unless you give "
                    + "--missing-beam-diameter UM")
        }
        if withoutDose > 0 {
            lines.append(
                "\(counted(withoutDose, "exposure")) without dose: what they add to others is not known unless you give "
                    + "--missing-dose D")
        }
        if withoutField > 0, criteria.needsFields {
            lines.append(
                "\(counted(withoutField, "exposure")) without image size, pixel size or direction of the camera: what "
                    + "their field had received is not known where that matters")
        }
        return lines
    }
}
