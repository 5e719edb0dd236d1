import ArgumentParser
import EPUConsole
import EPUCore
import Foundation

struct TableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "table",
        abstract: "Simulate sessions, measure the tools on them, and print the figures beside their targets.",
        discussion: """
            Every figure of ingest stands beside its floor of the same run: parse is reading the same XML with \
            libxml2 and callbacks that do nothing, read is reading alone, walk is listing all files. Growth is the time \
            per exposure relative to \(IngestTable.growthBase) exposures. A missed target is no failure.

            EXAMPLE
              epu-benchmark table --sizes 1000 10000 --images 0
            """)

    /// The exposures of the session on which rescan and analyses have their targets; it is always among the sizes.
    static let rescanSize = 50_000

    @Option(parsing: .upToNextOption, help: "Numbers of exposures; \(rescanSize) is added for rescan and analyses.")
    var sizes: [Int] = [1000, 10_000, 100_000]

    @Option(parsing: .unconditional, help: "Exposures of one more session, with JPGs and twins; 0: none.")
    var images = 10_000

    @OptionGroup var measuring: MeasuringOptions

    @Option(help: "The folder of the tools. Default: the one of this program.", completion: .directory)
    var tools: String?

    @Option(help: "Where the sessions are made.", completion: .directory)
    var scratch = "bench"

    @Flag(help: "Leave sessions and archives there.")
    var keep = false

    /// The sizes that can be measured: fewer exposures measure the start of programs; epu-simulate makes no more.
    private static let possibleSizes = 100...1_000_000

    func validate() throws {
        for size in sizes where !Self.possibleSizes.contains(size) {
            throw ValidationError("--sizes takes 100 to 1000000 exposures each, not \(size).")
        }
        guard images == 0 || Self.possibleSizes.contains(images) else {
            throw ValidationError("--images takes 100 to 1000000 exposures, or 0 for none, not \(images).")
        }
        guard !scratch.isEmpty else { throw ValidationError("--scratch takes a folder; this name is empty.") }
    }

    func run() throws {
        // Ctrl-C ends the tool that runs, and this program then clears up. Children do not inherit the handler.
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number) { _ in } }
        let tools = try Tools(folder: tools)
        let machine = Machine.description
        // The folder is removed only where nothing else is in it.
        defer { rmdir(scratch) }
        var rows: [IngestFigures] = []
        var analyses: [AnalyzeFigures] = []
        for session in sessions {
            try measure(session, tools: tools, rows: &rows, analyses: &analyses)
        }
        guard !rows.isEmpty else { throw Failure("No session fits on the disk of \(scratch): nothing was measured.") }
        let table = IngestTable(rows: rows)
        var targets = TextTable(["target", "", "worst", "at exposures", ""])
        for target in table.targets { targets.add(target.cells) }
        let heading = "\(machine); \(counted(measuring.jobs, "thread")), \(counted(measuring.runs, "run")), medians"
        Console.result(
            ([heading, table.text, table.floorsText] + analyses.map(\.text) + [targets.text])
                .joined(separator: "\n\n"))
    }

    private var sessions: [BenchmarkSession] {
        let plain = Set(sizes + [Self.rescanSize]).sorted().map { BenchmarkSession(exposures: $0, files: .xml) }
        return images == 0 ? plain : plain + [BenchmarkSession(exposures: images, files: .withImagesAndTwins)]
    }

    private func measure(
        _ session: BenchmarkSession, tools: Tools, rows: inout [IngestFigures], analyses: inout [AnalyzeFigures]
    ) throws {
        let name = "epu-benchmark-" + session.name.replacing(" + ", with: "-")
        let folder = try ScratchFolder(scratch + "/" + name, keep: keep)
        if let obstacle = try session.obstacle(in: folder.path) { return Console.message(obstacle) }
        if let warning = session.memoryWarning { Console.message(warning) }
        Console.message("Making \(session.name) exposures")
        try session.make(folder.path + "/session", tools: tools)
        Console.message("Measuring on them")
        let archive = folder.path + "/archive.db"
        rows.append(
            try IngestFigures(
                session, folder: folder.path + "/session", archive: archive, tools: tools, measuring: measuring))
        if session.files == .xml && session.exposures == Self.rescanSize {
            analyses.append(try AnalyzeFigures(session, archive: archive, tools: tools, runs: measuring.runs))
        }
    }
}
