import ArgumentParser
import EPUConsole
import EPUCore
import Foundation

struct SlowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slow",
        abstract: "Measure ingest on a file system that answers late, as one on a network does.",
        discussion: """
            A library that is loaded before the system's (SlowFiles/slow_files.c, built with clang) has each question about a \
            file, and the first read of each, take the given time more. With --base, the tools of another build do the same.

            EXAMPLE
              epu-benchmark slow --sizes 1000 --milliseconds 1 --runs 3
            """)

    @Option(parsing: .upToNextOption, help: "Numbers of exposures, with their pictures.")
    var sizes: [Int] = [2000]

    @Option(parsing: .unconditional, help: "How much later the file system answers.")
    var milliseconds = 1.0

    @Option(help: "The folder of another build's tools, to compare with.", completion: .directory)
    var base: String?

    @Option(parsing: .unconditional, help: "How often each thing is measured.")
    var runs = 3

    @OptionGroup var place: PlaceOptions

    func validate() throws {
        for size in sizes where !(100...100_000).contains(size) {
            throw ValidationError("--sizes takes 100 to 100000 exposures each, not \(size).")
        }
        guard (0...1000).contains(milliseconds) else {
            throw ValidationError("--milliseconds takes 0 to 1000, not \(milliseconds).")
        }
        guard (1...100).contains(runs) else { throw ValidationError("--runs takes 1 to 100, not \(runs).") }
    }

    func run() throws {
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number) { _ in } }
        let tools = try Tools(folder: place.tools)
        let base = try base.map { try Tools(folder: $0) }
        defer { rmdir(place.scratch) }
        var texts = [
            "\(Machine.description); \(counted(runs, "run")), medians; each answer \(milliseconds.text(decimals: 1)) ms later"
        ]
        for size in sizes {
            Console.message("Measuring \(size) exposures whose files answer late")
            let folder = try ScratchFolder(place.scratch + "/epu-benchmark-slow-\(size)", keep: false)
            let slow = try SlowFiles(folder: folder.path, milliseconds: milliseconds)
            _ = try ChildProcess(tools.simulate, ["make", slow.session, "--exposures", "\(size)"])
            texts.append(try SlowFigures.text(size, slow, tools: tools, base: base, runs: runs))
        }
        Console.result(texts.joined(separator: "\n\n"))
    }
}
