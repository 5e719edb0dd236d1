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
        PartialFiles.removeOnInterruption()
        let archive = try Archive(options.archive.path, access: .read)
        let path = URL(fileURLWithPath: options.archive.path).standardizedFileURL.path
        let choices = try archive.read { try options.analysed($0) }
        let written = try choices.map { choice in
            let folder = try AboutFolder(of: choice, below: place.out, command: "html", archive)
            folder.warn()
            let page = try archive.read { db in
                // The choice is made again, as another tool may have analysed the session meanwhile.
                let now = try AnalysisChoice(of: choice.session, analysisID: choice.analysisID, db)
                return try SessionPage(db, of: now ?? choice, archive: path, pictures: pictures)
            }
            let written = try page.write(to: place.out, pictures: pictures)
            try folder.write()
            return written
        }
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
