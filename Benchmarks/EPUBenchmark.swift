import ArgumentParser
import EPUCore

@main
struct EPUBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "epu-benchmark",
        abstract: "Measure how fast the tools are, as ratios to what the same files cost at the least, and how right.",
        discussion: """
            Without a subcommand it does what table does; `epu-benchmark help table` has its options.

            EXAMPLE
              epu-benchmark --sizes 1000 10000 --runs 3

            and, of a session that is there already:
              epu-benchmark floors demo/session

            and the way from files to lists, beside another build:
              epu-benchmark whole --sizes 20000 --base ../other/.build/release

            and reading from a file system that answers late:
              epu-benchmark slow --sizes 1000 --milliseconds 1

            and the search for overlaps, of any size:
              epu-benchmark overlaps --sizes 50000 1000000

            and how fast optics groups are put into a STAR file:
              epu-benchmark star --rows 1000000

            and the montage:
              epu-benchmark montage --sizes 1000

            and how many calibrations and overlaps are found:
              epu-benchmark accuracy --sessions 30
            """,
        version: toolVersion,
        subcommands: [
            TableCommand.self, WholeCommand.self, SlowCommand.self, OverlapsCommand.self, StarCommand.self,
            MontageCommand.self,
            FloorsCommand.self,
            AccuracyCommand.self,
        ],
        defaultSubcommand: TableCommand.self)
}
