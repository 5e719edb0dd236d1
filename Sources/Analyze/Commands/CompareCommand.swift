import ArgumentParser
import EPUArchive
import EPUConsole

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Set sessions side by side, or two analyses of one session.",
        discussion: """
            Of each session, by its published analysis: what was overexposed and why, the dose that micrographs had received \
            before (without what areas of one pass through a hole give each other), and the calibration. Exposures per hour \
            are those of the time in which it was recorded: intervals of more than ten minutes are pauses and left out. \
            Areas per hole is the mean number of different areas over the holes that were exposed.

            With --analysis, given twice: which micrographs and pairs only the first analysis finds (lost), only the \
            second (gained), or both (kept), and how far apart they place the exposures.

            EXAMPLE
              epu-analyze compare --db archive.db
              epu-analyze compare --db archive.db --analysis 1 --analysis 2
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var sessions: SessionOptions

    @Option(help: ArgumentHelp("An analysis by its id in the view analyses; give two.", valueName: "id"))
    var analysis: [Int64] = []

    @OptionGroup var output: JSONOptions

    func validate() throws {
        guard analysis.isEmpty || analysis.count == 2 else {
            throw ValidationError("--analysis is given twice, for the two that are compared, or not at all.")
        }
        guard analysis.isEmpty || analysis[0] != analysis[1] else {
            throw ValidationError("--analysis takes two that differ, not \(analysis[0]) twice.")
        }
    }

    func run() throws {
        let archive = try Archive(archive.path, access: .write)
        if analysis.count == 2 {
            let comparison = try archive.read { db in
                try AnalysisComparison(analysis[0], analysis[1], sessions: sessions.names, db)
            }
            try show(comparison, comparison.text, warnings: comparison.warnings)
        } else {
            let rows = try archive.read { try SessionRow.withExposures($0, names: sessions.names) }
            var progress = ProgressLine("sessions read", total: rows.count)
            let comparison = try SessionComparison(of: rows, in: archive) { progress.advance(by: 1) }
            progress.finish()
            try show(
                comparison.sessions, SessionTable(comparison.sessions).text, warnings: comparison.warnings)
        }
    }

    private func show(_ value: some Encodable, _ text: String, warnings: [String]) throws {
        if output.json { try Console.result(json: value) } else { Console.result(text) }
        for warning in warnings { Console.message("Warning: " + warning) }
    }
}
