import EPUArchive
import EPUCore

extension AnalysisComparison {
    /// How many of the micrographs that changed are printed: --json has all.
    private static let mostLines = 12

    var text: String {
        var parts = [([first.text, second.text] + notes).joined(separator: "\n"), table]
        if !lost.isEmpty { parts.append(list(lost, "lost", of: first, other: second)) }
        if !gained.isEmpty { parts.append(list(gained, "gained", of: second, other: first)) }
        return parts.joined(separator: "\n\n")
    }

    private var notes: [String] {
        var lines: [String] = []
        if let positions {
            lines.append(
                positions.greatestUm == 0
                    ? "both place the \(counted(positions.exposures, "exposure")) alike"
                    : "positions of \(counted(positions.exposures, "exposure")) differ by "
                        + "\(positions.medianUm.text(decimals: 3)) um in the median, "
                        + "\(positions.greatestUm.text(decimals: 3)) um at most")
        }
        if first.sessions != sessions || second.sessions != sessions {
            lines.append("compared in \(sessions.joined(separator: ", "))")
        }
        if overexposed.causeChanged > 0 {
            lines.append(
                "\(overexposed.causeChanged) of the kept ones have another cause in analysis \(second.analysisID)")
        }
        return lines
    }

    private var table: String {
        var table = TextTable(["", "lost", "kept", "gained"])
        for (label, changes) in [("overexposed", overexposed), ("overlap pairs", pairs)] {
            add(label, changes.total, to: &table)
            for cause in OverlapCause.allCases.map(\.rawValue) {
                if let counts = changes.byCause[cause] { add("  " + cause, counts, to: &table) }
            }
        }
        return table.text
    }

    private func add(_ label: String, _ counts: FindingChanges.Counts, to table: inout TextTable) {
        table.add([label, "\(counts.lost)", "\(counts.kept)", "\(counts.gained)"])
    }

    private func list(
        _ micrographs: [ChangedMicrograph], _ word: String, of side: ByCriteria<Side>, other: ByCriteria<Side>
    ) -> String {
        var table = TextTable(["", "um", "in \(other.analysisID)", "cause", "from"])
        for micrograph in micrographs.prefix(Self.mostLines) {
            table.add([
                "  " + micrograph.name, micrograph.distanceUm.text(decimals: 3),
                micrograph.otherDistanceUm.map { $0.text(decimals: 3) } ?? "", micrograph.cause, micrograph.earlier,
            ])
        }
        var lines = ["\(micrographs.count) \(word), overexposed in analysis \(side.analysisID) only:", table.text]
        if micrographs.count > Self.mostLines {
            lines.append("  and \(micrographs.count - Self.mostLines) more: --json has all")
        }
        return lines.joined(separator: "\n")
    }
}

extension AnalysisComparison.Side {
    fileprivate var text: String {
        "analysis \(analysisID): \(sessions.joined(separator: ", ")): \(counted(exposures, "exposure")), "
            + "\(Set(calibrations.map(\.calibration.placingText)).sorted().joined(separator: "; ")), \(criteriaText)"
            + ", " + Set(published.map(\.text)).sorted().joined(separator: "; ")
    }
}
