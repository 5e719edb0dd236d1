import ArgumentParser
import EPUArchive
import EPUConsole
import GRDB

struct SummaryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary",
        abstract: "Print each session in figures: exposures, beam diameters, overexposed share, faults.",
        discussion: """
            Of an archive of more than 20 sessions, those that came into it last; with --session any others, with --json all. \
            `epu-analyze list` has each session in a line.

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
            return try selected(db).map { session in
                try SessionSummary(session, AnalysisChoice(of: session, analysisID: nil, db), db)
            }
        }
        if output.json {
            try Console.result(json: summaries)
        } else {
            Console.result(summaries.map(\.text).joined(separator: "\n\n"))
        }
    }

    /// The greatest number of sessions that somebody reads one after another.
    private static let most = 20

    private func selected(_ db: Database) throws -> [SessionRow] {
        let all = try SessionRow.select(db, names: options.sessions.names)
        guard options.sessions.names.isEmpty, !output.json, all.count > Self.most else { return all }
        Console.message(
            "The archive has \(all.count) sessions; these are the \(Self.most) that came into it last. --session NAME shows "
                + "another one, `epu-analyze list` has all.")
        return Array(all.suffix(Self.most))
    }
}
