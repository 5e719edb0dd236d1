import ArgumentParser
import EPUConsole
import EPUCore
import Foundation

struct WholeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whole",
        abstract: "Measure the way from files to lists, step by step, beside another build and beside find_dupl's way.",
        discussion: """
            Each run makes an archive of its own. With --base, the tools of another build do the same in turn. Where Python is \
            there, a script does find_dupl's work as find_dupl does it, and must find the same pairs; that takes minutes, so it \
            is done for the first size alone.

            EXAMPLE
              epu-benchmark whole --sizes 1000 --runs 3
            """)

    @Option(parsing: .upToNextOption, help: "Numbers of exposures.")
    var sizes: [Int] = [20_000, 1000, 50_000]

    @Option(help: "The folder of another build's tools, to compare with.", completion: .directory)
    var base: String?

    @OptionGroup var measuring: MeasuringOptions
    @OptionGroup var place: PlaceOptions
    @OptionGroup var python: PythonOptions

    func validate() throws {
        for size in sizes where !(100...1_000_000).contains(size) {
            throw ValidationError("--sizes takes 100 to 1000000 exposures each, not \(size).")
        }
    }

    func run() throws {
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number) { _ in } }
        let tools = try Tools(folder: place.tools)
        let base = try base.map { try Tools(folder: $0) }
        let machine = Machine.description
        var python = python.path
        defer { rmdir(place.scratch) }
        var texts = ["\(machine); \(counted(measuring.runs, "run")), medians"]
        for size in sizes {
            let session = BenchmarkSession(exposures: size, files: .xml)
            let folder = try ScratchFolder(place.scratch + "/epu-benchmark-whole-\(size)", keep: false)
            if let obstacle = try session.obstacle(in: folder.path) {
                Console.message(obstacle)
                continue
            }
            Console.message("Measuring a session of \(size) exposures")
            try session.make(folder.path + "/session", tools: tools)
            texts.append(
                try WholeFigures(
                    session, folder: folder.path, tools: tools, base: base, python: python, runs: measuring.runs
                ).text)
            python = nil
        }
        Console.result(texts.joined(separator: "\n\n"))
    }
}
