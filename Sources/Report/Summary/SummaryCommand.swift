import ArgumentParser
import EPUArchive
import EPUConsole

struct SummaryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary",
        abstract: "Print each session in figures: exposures, beam diameters, overexposed share, faults.",
        discussion: """
            EXAMPLE
              epu-report summary --db archive.db
            """)

    @OptionGroup var options: ReportOptions
    @OptionGroup var output: JSONOptions

    func run() throws {
        let archive = try Archive(options.archive.path, access: .read)
        let summaries = try archive.read { db in
            if options.analysis != nil {
                return try options.analysed(db).map { try SessionSummary($0.session, $0, db) }
            }
            return try SessionRow.select(db, names: options.sessions.names).map { session in
                try SessionSummary(session, AnalysisChoice(of: session, analysisID: nil, db), db)
            }
        }
        if output.json {
            try Console.result(json: summaries)
        } else {
            Console.result(summaries.map(\.text).joined(separator: "\n\n"))
        }
    }
}
