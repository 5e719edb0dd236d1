import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import EPUDrawing
import Synchronization

struct MontageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "montage",
        abstract: "Draw the overexposed exposures beside the earlier ones, as PNG.",
        discussion: """
            Each row shows one overexposed exposure: the earlier exposure, the later one, and the hole image of each. \
            Under AFIS most foil holes have no image of their own; then that of the hole in the middle of the stage \
            stop is shown, marked as borrowed. Where a picture is missing or unreadable, a grey tile says why.

            On both exposures the other one's beam and camera field are drawn where they lay, at the picture's scale, \
            and thinly the exposure's own beam. Where that is not recorded, the tile says so. Pairs stand under the \
            incident that made them, or with --by pair without headings.

            Pages go to DIR/SESSION/duplicates.png, duplicates_2.png and so on; pages that a longer run left there are \
            removed. Without an overexposed exposure nothing is written, and pages of an earlier analysis go, too.

            EXAMPLE
              epu-report montage --db archive.db --limit 200
              epu-report montage --db archive.db --by pair --sort pre-dose --out worst
            """)

    @OptionGroup var options: ReportOptions
    @OptionGroup var place: ReportOutputOptions

    @Option(help: "How pairs are grouped: incident or pair.")
    var by = MontageOrder.Grouping.incident

    @Option(help: "The order of incidents and pairs: time, pre-dose (greatest first) or distance.")
    var sort = MontageOrder.Sorting.time

    @Option(
        help: ArgumentHelp(
            "1, 2, 4 or 8: divide the previews' width and height by this. Default: the least that makes the longer side "
                + "at most 512 pixels.", valueName: "divisor"))
    var scale: Int?

    @Option(help: ArgumentHelp("Pairs shown of each session, the first in this order; 0: all.", valueName: "pairs"))
    var limit = 100

    @Option(
        help: ArgumentHelp(
            "Pairs on one page. Default: 25, or as many as make it no higher than 8000 pixels.", valueName: "pairs"))
    var pairsPerPage: Int?

    @Option(parsing: .unconditional, help: "How many pages are drawn at once. Default: the number of processors.")
    var jobs: Int?

    @OptionGroup var quiet: QuietOptions
    @OptionGroup var output: JSONOptions

    func validate() throws {
        if let scale, JPEGDecoder.Scale(rawValue: scale) == nil {
            throw ValidationError("--scale is 1, 2, 4 or 8.")
        }
        guard limit >= 0 else { throw ValidationError("--limit is a number of pairs, or 0 for all.") }
        // Viewers cannot open images of more than 65,535 rows.
        guard (1...100).contains(pairsPerPage ?? 1) else { throw ValidationError("--pairs-per-page is 1 to 100.") }
        if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs takes 1 to 256, not \(jobs).") }
    }

    func run() throws {
        let archive = try Archive(options.archive.path, access: .read)
        let montageOptions = Montage.Options(
            folder: place.out, prefix: place.prefix, order: MontageOrder(grouping: by, sorting: sort),
            limit: limit == 0 ? nil : limit, pairsPerPage: pairsPerPage,
            scale: scale.flatMap { JPEGDecoder.Scale(rawValue: $0) }, jobs: jobs)
        let choices = try archive.read { try options.analysed($0) }
        var outcomes: [Montage.Outcome] = []
        for choice in choices {
            let folder = try AboutFolder(of: choice, below: place.out, command: "montage", archive)
            folder.warn()
            let montage = try Montage(archive, of: choice, options: montageOptions)
            let progress = Mutex(ProgressLine("\(choice.session.name): pairs", total: montage.pairsToShow))
            let outcome = try montage.write { progress.withLock { $0.advance(by: 1) } }
            progress.withLock { $0.finish() }
            try folder.write(hasFiles: !outcome.files.isEmpty)
            outcomes.append(outcome)
            if !output.json { quiet.result(outcome.text) }
        }
        if output.json { try Console.result(json: outcomes) }
    }
}
