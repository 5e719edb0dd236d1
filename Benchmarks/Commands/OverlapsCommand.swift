import ArgumentParser
import EPUShared
import Foundation

struct OverlapsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "overlaps",
        abstract: "Measure the search for overlaps beside SciPy's cKDTree, which does nothing but find the pairs.",
        discussion: """
            epu-analyze is measured from start to end, from a stored calibration to stored positions, R-tree, pairs, pre-dose, \
            causes and incidents, and again with another radius. Growth is the time per exposure relative to the first size. \
            cKDTree searches the positions that epu-analyze stored, in the same run, and must find the same pairs.

            EXAMPLE
              epu-benchmark overlaps --sizes 10000 50000 --runs 3
            """)

    @Option(parsing: .upToNextOption, help: "Numbers of exposures.")
    var sizes: [Int] = [10_000, 50_000, 200_000]

    @OptionGroup var measuring: MeasuringOptions

    @Option(help: "The folder of the tools. Default: the one of this program.", completion: .directory)
    var tools: String?

    @Option(help: "A Python that has SciPy. Default: .build-venv/bin/python, where it is.")
    var python: String?

    @Option(help: "Where the archives are made.", completion: .directory)
    var scratch = "bench"

    func validate() throws {
        for size in sizes where !(100...10_000_000).contains(size) {
            throw ValidationError("--sizes takes 100 to 10000000 exposures each, not \(size).")
        }
    }

    func run() throws {
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number) { _ in } }
        let tools = try Tools(folder: tools)
        let machine = Machine.description
        let own = ".build-venv/bin/python"
        let python = python ?? (access(own, X_OK) == 0 ? own : nil)
        if python == nil { Console.message("No \(own), so no SciPy: `make bench` installs it.") }
        defer { rmdir(scratch) }
        let rows = try sizes.map { size in
            Console.message("Measuring overlaps of \(size) exposures")
            let folder = try ScratchFolder(scratch + "/epu-benchmark-overlaps-\(size)", keep: false)
            return try OverlapFigures(
                size, folder: folder.path, tools: tools, python: python, runs: measuring.runs)
        }
        Console.result("\(machine); \(counted(measuring.runs, "run")), medians\n\n" + OverlapFigures.text(rows))
    }
}
