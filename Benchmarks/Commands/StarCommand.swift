import ArgumentParser
import EPUConsole
import EPUCore
import Foundation

struct StarCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "star",
        abstract: "Measure how fast optics groups are put into a particles STAR.",
        discussion: """
            epu-report optics --star is measured from start to end, with its three files. Beside it stand two plain \
            copies, which is what is read and written at the least.

            EXAMPLE
              epu-benchmark star --rows 100000 1000000 --runs 3
            """)

    @Option(parsing: .upToNextOption, help: "Numbers of particles.")
    var rows: [Int] = [100_000, 1_000_000]

    @OptionGroup var measuring: MeasuringOptions

    @OptionGroup var place: PlaceOptions

    func validate() throws {
        for count in rows where !(1000...100_000_000).contains(count) {
            throw ValidationError("--rows takes 1000 to 100000000 particles each, not \(count).")
        }
    }

    func run() throws {
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number) { _ in } }
        let tools = try Tools(folder: place.tools)
        let machine = Machine.description
        defer { rmdir(place.scratch) }
        let figures = try rows.map { count in
            Console.message("Measuring optics groups of \(count) particles")
            let folder = try ScratchFolder(place.scratch + "/epu-benchmark-star-\(count)", keep: false)
            return try StarFigures(count, folder: folder.path, tools: tools, runs: measuring.runs)
        }
        Console.result("\(machine); \(counted(measuring.runs, "run")), medians\n\n" + StarFigures.text(figures))
    }
}
