import EPUArchive
import EPUConsole
import EPUCore

/// What a run found in its sessions, as it is printed.
struct OverlapResults {
    private let results: [OverlapResult]
    private let archive: ArchiveOptions

    init(_ results: [OverlapResult], archive: ArchiveOptions) {
        self.results = results
        self.archive = archive
    }

    /// The sessions, those with nothing new a line each, and what they come to.
    var text: String {
        var lines: [String] = []
        for (index, result) in results.enumerated() {
            if index > 0, result.isNew || results[index - 1].isNew { lines.append("") }
            lines.append(result.text)
        }
        if results.count > 1 { lines.append("") }
        return (lines + [total, details].compactMap { $0 }).joined(separator: "\n")
    }

    /// All sessions in a sentence; nil where there is one only.
    private var total: String? {
        guard results.count > 1 else { return nil }
        let (drop, judged) = (results.reduce(0) { $0 + $1.drop }, results.reduce(0) { $0 + $1.judged })
        let hit = results.count { $0.drop > 0 }
        var parts: [String] = []
        if judged > 0 {
            let share = (100 * Double(drop) / Double(judged)).text(decimals: 1)
            parts.append(
                drop > 0
                    ? "drop \(drop) of \(counted(judged, "micrograph")) (\(share) %), in \(counted(hit, "session"))"
                    : "nothing found to drop of \(counted(judged, "micrograph"))")
        }
        if let unknown = Unknowns.text(ofSessions: results.count { !$0.unknowns.isClean }) { parts.append(unknown) }
        let new = results.count(where: \.isNew)
        parts.append(new == 0 ? "nothing new" : "\(new) analysed now, \(results.count - new) as before")
        return "\(counted(results.count, "session")): " + parts.joined(separator: "; ")
    }

    /// The command that prints what was found before; nil where all was found now.
    private var details: String? {
        let before = results.filter { !$0.isNew }
        guard let first = before.first else { return nil }
        var command = "epu-report summary" + archive.words
        if before.count == 1 {
            command += " " + shellOption("--session", first.session) + " --analysis \(first.analysisID)"
        }
        return "details of what was found before: " + command
    }
}
