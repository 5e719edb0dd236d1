import ArgumentParser
import EPUConsole
import EPUCore

struct SampleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Copy sessions without what tells whose they are, to send with a report of a fault.",
        usage: "epu-ingest sample <session-dir> ... <out-dir> [--exposures <n>] [--squares <numbers>] [--images]",
        discussion: """
            The copy has the folders and all numbers that epu-ingest reads, so that calibration, overlaps, causes and incidents \
            are those of the originals. Numbers of squares, holes, areas and settings, ids of images, names, paths, the \
            instrument, serial numbers and times are others, alike in all files: give sessions of one grid together. What \
            epu-ingest does not read is not copied, whatever it is: notes, names of users, pictures. A file that cannot be read \
            becomes an empty one, or one without XML. Nothing below the folders is changed, and no list of what became what is \
            kept.

            Look at the copy before you send it (Documentation/bug-report.md).

            EXAMPLE
              epu-ingest sample demo demo-sample
              epu-ingest --db sample.db demo-sample

            STATUS
              0 done, 1 failed (then there is no copy), 64 wrong usage
            """)

    @Argument(
        help: ArgumentHelp(
            "Folders with EPU sessions, and as the last one the folder to write, which must not exist or be empty.",
            valueName: "dir"), completion: .directory)
    var folders: [String]

    @Option(help: ArgumentHelp("Take only the first exposures, by the times in their names.", valueName: "n"))
    var exposures: Int?

    @Option(help: ArgumentHelp("Take only these grid squares, by EPU's numbers, as 12,13.", valueName: "numbers"))
    var squares: String?

    @Flag(help: "Write JPGs of noise, each as large in pixels as the one that it stands for.")
    var images = false

    @OptionGroup var quiet: QuietOptions
    @OptionGroup var output: JSONOptions

    func validate() throws {
        guard folders.count > 1 else {
            throw ValidationError("Give the folder of a session, and behind it the folder to write.")
        }
        _ = try squareNumbers()
        if let exposures, exposures < 1 { throw ValidationError("--exposures takes 1 or more, not \(exposures).") }
    }

    private func squareNumbers() throws -> Set<Int64> {
        guard let squares else { return [] }
        let numbers = squares.split(separator: ",").map { Int64($0) }
        let found = Set(numbers.compactMap(\.self))
        guard !found.isEmpty, found.count == Set(numbers).count else {
            throw ValidationError("--squares takes numbers of grid squares as 12,13, not \(squares).")
        }
        return found
    }

    func run() throws {
        let given = folders.dropLast()
        let starts = try given.map(SessionFinder.readableFolder)
        let path = folders[folders.count - 1]
        let folder = try OutputFolder(path, outside: starts)
        let sessions = SessionFinder.sessions(below: starts).filter(\.isSession)
        guard !sessions.isEmpty else {
            throw Failure(
                "No EPU exposure (FoilHole_*_Data_*.xml) and no EpuSession.dm below \(given.joined(separator: ", ")).")
        }
        let squares = try squareNumbers()
        let selection =
            exposures == nil && squares.isEmpty
            ? SampleSelection() : SampleSelection(of: sessions, count: exposures, squares: squares)
        guard sessions.indices.contains(where: selection.takes(session:)) else {
            throw Failure(
                "There is no exposure in these squares. Their numbers are in the names of folders, GridSquare_ID.")
        }
        let source = SampleSource(sessions, selection)
        var progress = ProgressLine("files", total: sessions.reduce(0) { $0 + $1.files })
        let report: SampleReport
        do {
            report = try SampleWriter(source: source, names: source.survey(), writesImages: images)
                .write(to: folder, progress: &progress)
        } catch {
            progress.finish()
            throw error
        }
        progress.finish()
        try folder.commit()
        for session in sessions {
            for (path, reason) in session.unreadable {
                Console.message("\(session.path)/\(path) cannot be listed and is not in the sample: \(reason)")
            }
        }
        if output.json { return try Console.result(json: report) }
        quiet.result(report.text(path: path))
        quiet.result("Look at it before you send it. It is read as any session:")
        quiet.result(
            "  epu-ingest --db sample.db " + report.sessions.map { shellWord(path + "/" + $0) }.joined(separator: " "))
    }
}
