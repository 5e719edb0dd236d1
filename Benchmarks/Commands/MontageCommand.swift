import ArgumentParser
import EPUConsole
import EPUCore
import Foundation

struct MontageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "montage",
        abstract: "Measure the montage beside Pillow's of the same tiles at the same scale.",
        discussion: """
            epu-report is measured from start to end, on all pairs of a simulated session with previews; Pillow on the first \
            400 tiles, in a Python that has started. Captions and beams are drawn by epu-report alone.

            EXAMPLE
              epu-benchmark montage --sizes 1000 --runs 3
            """)

    @Option(parsing: .upToNextOption, help: "Numbers of exposures: about as many are pairs.")
    var sizes: [Int] = [1000]

    @OptionGroup var measuring: MeasuringOptions

    @OptionGroup var place: PlaceOptions
    @OptionGroup var python: PythonOptions

    func validate() throws {
        for size in sizes where !(100...100_000).contains(size) {
            throw ValidationError("--sizes takes 100 to 100000 exposures each, not \(size).")
        }
    }

    func run() throws {
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number) { _ in } }
        let tools = try Tools(folder: place.tools)
        let machine = Machine.description
        let python = python.path
        defer { rmdir(place.scratch) }
        let rows = try sizes.map { size in
            Console.message("Measuring the montage of \(size) exposures")
            let folder = try ScratchFolder(place.scratch + "/epu-benchmark-montage-\(size)", keep: false)
            return try MontageFigures(
                exposures: size, folder: folder.path, tools: tools, python: python, measuring: measuring)
        }
        Console.result(
            "\(machine); \(counted(measuring.jobs, "thread")), \(counted(measuring.runs, "run")), medians\n\n"
                + MontageFigures.text(rows))
    }
}
