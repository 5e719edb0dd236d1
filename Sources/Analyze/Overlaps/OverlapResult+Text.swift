import EPUArchive
import EPUCore

extension OverlapResult {
    /// The verdict, which comes first, and what it rests on; of a result that was found before, the verdict alone.
    var text: String {
        guard isNew else {
            let unknown = drop > 0 ? unknowns.text.map { "; \($0)" } ?? "" : ""
            return "\(session): \(verdict)\(unknown); nothing new (analysis \(analysisID), \(criteria.text))"
        }
        var lines = [verdict]
        if overexposed > 0, let words = unknowns.counts.uncertainWords { lines.append(words) }
        if drop > 0, let unknown = unknowns.text { lines.append("not all is known: \(unknown)") }
        if drop > 0, let words = reviews.text { lines.append(words) }
        if overexposed > 0 { lines += IncidentRow.lines(incidents, clock) }
        lines += pairLines + notes + comparisonLines + gapLines
        lines.append(
            "calibration: " + Set(calibrations.map(\.calibration.placingText)).sorted().joined(separator: "; "))
        lines.append("analysis \(analysisID): \(criteria.text), \(counted(exposures, "exposure"))")
        return "\(session): " + lines.joined(separator: "\n").replacing("\n", with: "\n  ")
    }

    /// The number of micrographs that lists call bad: what is overexposed and no person keeps, and what a person called bad.
    var drop: Int { overexposed - reviews.kept + reviews.bad }

    /// The number of micrographs that the analysis or a person could judge.
    var judged: Int { exposures - undecided + reviews.decided }

    /// What to do, which never says clean where something is not known.
    private var verdict: String {
        let unknown = unknowns.text
        guard judged > 0 else { return "not known: \(unknown ?? "")" }
        guard drop == 0 else {
            let share = 100 * Double(drop) / Double(judged)
            // The causes are those of all that is overexposed, which a person's word does not change.
            let causes = incidents.causesText.map { (reviews.text == nil ? ": " : "; overexposed: ") + $0 } ?? ""
            return "drop \(drop) of \(counted(judged, "micrograph")) (\(share.text(decimals: 1)) %)" + causes
        }
        if overexposed > 0, let words = reviews.text {
            let rest = unknown.map { "; not all is known: \($0)" } ?? ""
            return "nothing \(unknown == nil ? "" : "found ")to drop of \(counted(judged, "micrograph")); \(words)"
                + rest
        }
        let found = criteria.noneText(of: judged, butFor: unknown)
        guard unknown == nil else { return "nothing found to drop: " + found }
        return "nothing to drop of \(counted(judged, "micrograph")): " + found
    }

    /// The pairs, where they say more than the micrographs do.
    private var pairLines: [String] {
        guard pairs > 0, causes != incidents.micrographsByCause else { return [] }
        let parts = causes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($1) \($0)" }
        return ["\(counted(pairs, "overlap pair")): \(parts.joined(separator: ", "))"]
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
                "no beam diameter is recorded: radius \(radius.text(significant: 4)) um, half the shorter side of the camera field; "
                    + "images nearer than that share ground")
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
