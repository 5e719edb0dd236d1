import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import GRDB

struct SplitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "split",
        abstract: "Make two sessions of one that holds the exposures of two.",
        discussion: """
            Say by time, by grid squares or by names which exposures go to the new session. Their JPGs and movies go \
            along, the images of holes and squares in which only they lie, and what people said of them. No file of a \
            session is touched. What comes later to the folders is parted by the same time or squares; exposures that \
            are not named stay with the old session. epu-ingest join makes one of the two again.

            EXAMPLE
              epu-ingest split --db archive.db demo --from 2025-01-08T15:40Z --name late
            """)

    @Argument(help: "The name of the session, as `epu-report summary` prints it.")
    var session: String

    @OptionGroup var archive: ArchiveOptions

    @Option(
        help: ArgumentHelp(
            "Split off the exposures at and after a time, as 2025-01-08 15:49:10: by the microscope's clock, or by UTC with a Z "
                + "at its end.", valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("Split off the exposures in these grid squares, as 12,13.", valueName: "numbers"))
    var squares: String?

    @Option(
        help: ArgumentHelp(
            "Split off the exposures that a file names, one a line; - is standard input. What follows a # is skipped.",
            valueName: "file"),
        completion: .file())
    var namesFrom: String?

    @Option(help: "The name of the new session. Default: that of the old one with ~2.")
    var name: String?

    @Flag(help: "Only say what would be split.")
    var dryRun = false

    @OptionGroup var quiet: QuietOptions
    @OptionGroup var output: JSONOptions

    func validate() throws {
        guard [from, squares, namesFrom].count(where: { $0 != nil }) == 1 else {
            throw ValidationError(
                "Say which exposures go to the new session: one of --from, --squares and --names-from.")
        }
        if let from, SplitTime(from) == nil {
            throw ValidationError("--from takes a time as 2025-01-08 15:49:10, not \(from).")
        }
        if let squares, numbers(squares) == nil {
            throw ValidationError("--squares takes numbers of grid squares as 12,13, not \(squares).")
        }
        guard namesFrom?.isEmpty != true else {
            throw ValidationError("--names-from takes a file; this name is empty.")
        }
        guard name.map({ !$0.allSatisfy(\.isWhitespace) }) ?? true else {
            throw ValidationError("--name takes a name; this one is empty.")
        }
    }

    func run() throws {
        let choice = try choice()
        func split(_ db: Database) throws -> SessionSplit {
            try SessionSplit(SessionRow.named([session], db)[0], choice, name: name, db)
        }
        let done =
            if dryRun {
                try Archive(archive.path, access: .read).read(split)
            } else {
                try Archive(archive.path, access: .write).write { db in
                    let split = try split(db)
                    try split.run(db)
                    return split
                }
            }
        if output.json { try Console.result(json: done) } else { quiet.result(text(of: done)) }
    }

    private func choice() throws -> SplitChoice {
        if let time = from.flatMap({ SplitTime($0) }) { return .from(time) }
        if let squares = squares.flatMap(numbers) { return .squares(squares) }
        return .names(MicrographNames(try namesFrom.map(MicrographNames.lines) ?? []))
    }

    private func numbers(_ text: String) -> [Int64]? {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false)
            .map { Int64($0.trimmingPrefix { $0 == " " }) }
        return numbers.contains(nil) ? nil : numbers.compactMap { $0 }
    }

    private func text(of split: SessionSplit) -> String {
        let (keeps, has) = dryRun ? ("would keep", "would have") : ("keeps", "has")
        let again = ([split.session, split.part] + split.otherSessions).joined(separator: ", ")
        return """
            \(split.session) \(keeps) \(counted(split.exposures, "exposure"))
            \(split.part) \(has) \(counted(split.partExposures, "exposure")), \(counted(split.partReviews, "review"))
            """ + (dryRun ? "" : "\nRun epu-analyze: what was found in \(again) no longer holds.")
    }
}
