import ArgumentParser
import EPUConsole
import EPUCore
import Foundation

struct AccuracyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accuracy",
        abstract: "Simulate many sessions of known truth, analyse them, and print what was found of it.",
        discussion: """
            Draws microscopes, foils, templates, errors and faults at random, loads the sessions into one archive, runs \
            epu-analyze on it once, and compares calibrations, overexposed exposures and the stated uncertainties of \
            positions with the truth. A calibration is correct if it is within 1 % in every direction and within 0.5 \
            degrees, and puts no exposure wrong by more than 0.1 um. Each session has a microscope of its \
            own, so that none can be calibrated from another.

            EXAMPLE
              epu-benchmark accuracy --sessions 100 --keep

            and, to analyse the same sessions again:
              epu-benchmark accuracy --archive accuracy/study/archive.db
            """)

    @Option(help: "How many sessions.")
    var sessions = 600

    @Option(help: "Seed of all that is random.")
    var seed: UInt64 = 1

    @Option(parsing: .unconditional, help: "How many sessions are made at a time. Default: the number of processors.")
    var jobs: Int = ProcessInfo.processInfo.activeProcessorCount

    @Option(
        help: "An archive that an earlier run kept, with the truth beside it: no session is made.", completion: .file())
    var archive: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Options for epu-analyze, in one argument.", valueName: "options"))
    var analyzeOptions = ""

    @Option(help: "The folder of the tools. Default: the one of this program.", completion: .directory)
    var tools: String?

    @Option(help: "Where the sessions are made.", completion: .directory)
    var scratch = "accuracy"

    @Flag(help: "Leave the archive there as it was loaded, with the truth beside it, and its analysed copy.")
    var keep = false

    @Flag(help: "Begin with a line for each session; --json always has them.")
    var each = false

    @OptionGroup var output: JSONOptions

    func validate() throws {
        guard (1...100_000).contains(sessions) else {
            throw ValidationError("--sessions takes 1 to 100000, not \(sessions).")
        }
        guard (1...256).contains(jobs) else { throw ValidationError("--jobs takes 1 to 256, not \(jobs).") }
        guard !scratch.isEmpty else { throw ValidationError("--scratch takes a folder; this name is empty.") }
    }

    func run() throws {
        // Ctrl-C ends the tool that runs, and this program then clears up. Children do not inherit the handler.
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number) { _ in } }
        let tools = try Tools(folder: tools)
        if let archive {
            let study = try StudyFile.read(besideArchive: archive)
            return try report(study, archive: archive, tools: tools)
        }
        // The folder is removed only where nothing else is in it.
        defer { rmdir(scratch) }
        let folder = try ScratchFolder(scratch + "/study", keep: keep)
        let archive = folder.path + "/archive.db"
        let maker = StudyMaker(
            seed: seed, sessions: sessions, tools: tools, scratch: folder.path, archive: archive)
        let study = try maker.make(jobs: jobs)
        try study.write(besideArchive: archive)
        try report(study, archive: archive, tools: tools)
    }

    /// Analyses a copy of the archive, which stays as it was loaded, to be analysed again.
    private func report(_ study: StudyFile, archive: String, tools: Tools) throws {
        let copy = archive + ".analyzed"
        defer { if !keep { try? FileManager.default.removeItem(atPath: copy) } }
        try? FileManager.default.removeItem(atPath: copy)
        do {
            try FileManager.default.copyItem(atPath: archive, toPath: copy)
        } catch {
            throw Failure("Cannot copy \(archive) to \(copy): \(String(cString: strerror(errno))).")
        }
        Console.message("Analysing \(counted(study.sessions.count, "session"))")
        let options = analyzeOptions.split(separator: " ").map(String.init)
        let run = try ChildProcess(tools.analyze, ["--db", copy] + options)
        Console.message("Analysed in \(run.seconds.text(decimals: 1)) s")
        let report = try AccuracyReport(study, StudyFindings(archive: copy, of: study))
        if output.json {
            try Console.result(json: report)
        } else {
            Console.result(report.text(listingEach: each))
        }
        if keep { Console.message("Kept \(archive), as it was loaded, and \(copy)") }
    }
}
