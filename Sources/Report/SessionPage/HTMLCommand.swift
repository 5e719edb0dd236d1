import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import Foundation

struct HTMLCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "html",
        abstract: "Write a page for each session: verdict, incidents with pictures, map, timeline, calibration.",
        discussion: """
            Each page is one file, DIR/SESSION/report.html, that opens from disk and needs no network; send it as it is. \
            Larger pictures lie beside it, in report_assets. On the page a slider counts again within another radius.

            Where `epu-report compare --html` has written the page of all sessions, these pages lead to it.

            EXAMPLE
              epu-report html --db archive.db --out report
            """)

    @OptionGroup var options: ReportOptions
    @OptionGroup var place: ReportFolderOptions

    @Flag(inversion: .prefixedNo, help: "Show a pair of pictures of each incident.")
    var pictures = true

    @OptionGroup var quiet: QuietOptions
    @OptionGroup var output: JSONOptions

    struct Written: Encodable {
        let session: String
        let analysisID: Int64
        let file: String
        let incidents: Int
        /// The number of pictures that are missing, of those that belong to the incidents shown.
        let withoutPicture: Int

        enum CodingKeys: String, CodingKey {
            case session
            case analysisID = "analysisId"
            case file, incidents, withoutPicture
        }
    }

    func run() throws {
        let archive = try Archive(options.archive.path, access: .read)
        let choices = try archive.read { try options.analysed($0) }
        let written = try choices.map { try SessionPage.write(of: $0, below: place.out, pictures: pictures, archive) }
        if output.json {
            try Console.result(json: written)
        } else {
            quiet.result(
                written.map { page in
                    "\(page.session): \(page.file)"
                        + (page.withoutPicture > 0
                            ? "\n  \(counted(page.withoutPicture, "picture")) could not be shown; the page says why"
                            : "")
                }.joined(separator: "\n"))
        }
    }
}

extension SessionPage {
    /// Writes the page of a session, and what it was made from.
    /// - Parameter out: The folder above those of the sessions.
    static func write(
        of choice: AnalysisChoice, below out: String, pictures: Bool, together: Set<String> = [], _ archive: Archive
    ) throws -> HTMLCommand.Written {
        let path = URL(fileURLWithPath: archive.path).standardizedFileURL.path
        let folder = try AboutFolder(of: choice, below: out, command: "html", together: together, archive)
        folder.warn()
        let page = try archive.read { db in
            // The choice is made again, as another tool may have analysed the session meanwhile.
            let now = try AnalysisChoice(of: choice.session, analysisID: choice.analysisID, db)
            return try SessionPage(db, of: now ?? choice, archive: path, pictures: pictures)
        }
        let written = try page.write(to: out, pictures: pictures)
        try folder.write()
        return written
    }
}
