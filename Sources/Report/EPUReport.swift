import ArgumentParser
import EPUConsole
import EPUCore

@main
struct EPUReport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "epu-report",
        abstract: "Report what an archive holds: figures, lists for other programs, pictures.",
        discussion: """
            EXAMPLE
              epu-report run demo --db archive.db
              epu-report summary --db archive.db
              epu-report lists --db archive.db --out report
            """,
        version: toolVersion,
        subcommands: [
            RunCommand.self, SummaryCommand.self, HTMLCommand.self, ListsCommand.self, OpticsCommand.self,
            TablesCommand.self,
            MontageCommand.self, PlotsCommand.self, CompareCommand.self,
        ])

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
