import ArgumentParser
import EPUConsole
import EPUCore

@main
struct EPUAnalyze: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "epu-analyze",
        abstract: "Calibrate beam shift and find overexposed micrographs in an archive.",
        discussion: """
            Without a subcommand it does what overlaps does: it calibrates each session from its own data, where that is \
            not done yet, and finds its overlaps.

            EXAMPLE
              epu-analyze --db archive.db
              epu-analyze calibrate --db archive.db
            """,
        version: toolVersion,
        subcommands: [
            CalibrateCommand.self, ClustersCommand.self, OverlapsCommand.self, SweepCommand.self, CompareCommand.self,
            PublishCommand.self, ReviewCommand.self, SameGridCommand.self, ListCommand.self,
        ],
        defaultSubcommand: OverlapsCommand.self)

    static func main() {
        PartialFiles.removeOnInterruption()
        do {
            var command = try parseAsRoot(ToolArguments.given(for: Self.self))
            try command.run()
        } catch {
            exitWithHint(error)
        }
    }
}
