import ArgumentParser
import EPUShared

@main
struct EPUAnalyze: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "epu-analyze",
        abstract: "Cluster beam shifts and find overexposed micrographs in an archive.",
        discussion: """
            Without a subcommand it does what overlaps does.

            EXAMPLE
              epu-analyze clusters --db archive.db --hole-spacing 2.5
              epu-analyze overlaps --db archive.db --k 25
            """,
        version: toolVersion,
        subcommands: [CalibrateCommand.self, ClustersCommand.self, OverlapsCommand.self],
        defaultSubcommand: OverlapsCommand.self)
}
