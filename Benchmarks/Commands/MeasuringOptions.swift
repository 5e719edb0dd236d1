import ArgumentParser
import Foundation

/// The options `--jobs` and `--runs`, which both commands take.
struct MeasuringOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "How many threads. Default: the number of processors.")
    var jobs: Int = ProcessInfo.processInfo.activeProcessorCount

    @Option(parsing: .unconditional, help: "How often each thing is measured.")
    var runs: Int = 5

    func validate() throws {
        guard (1...256).contains(jobs) else { throw ValidationError("--jobs takes 1 to 256, not \(jobs).") }
        guard (1...100).contains(runs) else { throw ValidationError("--runs takes 1 to 100, not \(runs).") }
    }
}
