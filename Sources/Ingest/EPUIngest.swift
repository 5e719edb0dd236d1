import ArgumentParser
import EPUConsole
import EPUCore

@main
struct EPUIngest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "epu-ingest",
        abstract: "Load EPU sessions into an archive, and look after the archive.",
        discussion: """
            Without a subcommand it does what load does: it reads what is new or changed below the given folders. \
            Nothing below the folders is changed. A folder that is called like a subcommand is given with its place, \
            as ./check.

            EXAMPLE
              epu-ingest --db archive.db demo
              epu-ingest load --help
            """,
        version: toolVersion,
        subcommands: [
            LoadCommand.self, PlanCommand.self, MergeCommand.self, RemoveCommand.self, SplitCommand.self,
            JoinCommand.self, CheckCommand.self, BackupCommand.self, CompactCommand.self,
            SampleCommand.self,
        ],
        defaultSubcommand: LoadCommand.self)

    static func main() async {
        PartialFiles.removeOnInterruption()
        do {
            var command = try await asyncParseAsRoot(ToolArguments.given(for: Self.self))
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            exitWithHint(error)
        }
    }
}
