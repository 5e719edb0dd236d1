import ArgumentParser
import EPUConsole
import EPUCore
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

    @OptionGroup var place: PlaceOptions
    @OptionGroup var python: PythonOptions

    func validate() throws {
        for size in sizes where !(100...10_000_000).contains(size) {
            throw ValidationError("--sizes takes 100 to 10000000 exposures each, not \(size).")
        }
    }

    func run() throws {
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number) { _ in } }
        let tools = try Tools(folder: place.tools)
        let machine = Machine.description
        let python = python.path
        defer { rmdir(place.scratch) }
        let rows = try sizes.map { size in
            Console.message("Measuring overlaps of \(size) exposures")
            let folder = try ScratchFolder(place.scratch + "/epu-benchmark-overlaps-\(size)", keep: false)
            return try OverlapFigures(
                size, folder: folder.path, tools: tools, python: python, runs: measuring.runs)
        }
        Console.result("\(machine); \(counted(measuring.runs, "run")), medians\n\n" + OverlapFigures.text(rows))
    }
}
