import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import Foundation

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Set the sessions of an archive side by side, as a table or as a page.",
        discussion: """
            Of each session, by its published analysis: what was overexposed and why, the dose that micrographs had received \
            before, and the calibration, as `epu-analyze compare` prints it. Where not all could be compared, none found is \
            "not known", and something found "at least" so much.

            With --html it writes DIR/index.html instead: all sessions in a table, each with its status (clean, the share \
            overexposed, doubtful, not known, not analysed), that sorts, filters and saves what it shows as CSV. Below, where a \
            microscope has several sessions, are its trends: share overexposed, scale and angle of the calibration, exposures \
            per hour. Sessions that have a page, DIR/SESSION/report.html, are links to it. The page is one file that needs no \
            server and no network; 10,000 sessions scroll like 10.

            EXAMPLE
              epu-report compare --db archive.db --html
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var sessions: SessionOptions

    @Flag(help: "Write the page DIR/index.html.")
    var html = false

    @OptionGroup var folder: ReportFolderOptions
    @OptionGroup var output: JSONOptions

    /// The object that `--json` prints.
    private struct Result: Encodable {
        let sessions: [SessionFigures]
        let page: String?
    }

    func run() throws {
        let archive = try Archive(archive.path, access: .read)
        let rows = try archive.read { try SessionRow.withExposures($0, names: sessions.names) }
        var progress = ProgressLine("sessions read", total: rows.count)
        let comparison = try SessionComparison(of: rows, in: archive) { progress.advance(by: 1) }
        progress.finish()
        let page = html ? (folder.out as NSString).appendingPathComponent("index.html") : nil
        if let page {
            try archive.read { try ArchivePage(comparison, beside: folder.out, $0).page.write(to: page) }
        }
        if output.json {
            try Console.result(json: Result(sessions: comparison.sessions, page: page))
        } else {
            Console.result(
                page.map { "\(counted(comparison.sessions.count, "session")): \($0)" }
                    ?? SessionTable(comparison.sessions).text)
        }
        for warning in comparison.warnings { Console.message("Warning: " + warning) }
    }
}
