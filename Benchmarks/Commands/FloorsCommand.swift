import ArgumentParser
import EPUConsole

struct FloorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "floors",
        abstract: "Measure what any tool must spend on a session's files: walking, reading, parsing.",
        discussion: """
            The page cache is warm: every file is read once before the clock starts.

            EXAMPLE
              epu-benchmark floors demo/session --runs 9
            """)

    @Argument(help: "A folder with a session, or with many.", completion: .directory)
    var folder: String

    @OptionGroup var measuring: MeasuringOptions
    @OptionGroup var output: JSONOptions

    func run() throws {
        let floors = try Floors(below: folder, jobs: measuring.jobs, runs: measuring.runs)
        if output.json { try Console.result(json: floors) } else { Console.result(floors.text) }
    }
}
