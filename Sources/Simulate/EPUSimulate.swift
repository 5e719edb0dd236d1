import ArgumentParser
import EPUConsole
import EPUCore

@main
struct EPUSimulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "epu-simulate",
        abstract: "Write EPU-like sessions with known overlaps, and score what was found in them.",
        discussion: """
            Without a subcommand it does what make does; `epu-simulate help make` has its options.

            EXAMPLE
              epu-simulate demo --exposures 600 --unmoved-stage 1

            and, when an archive of it has been analysed:
              epu-simulate score demo.truth.json --db archive.db
            """,
        version: toolVersion,
        subcommands: [MakeCommand.self, ScoreCommand.self],
        defaultSubcommand: MakeCommand.self)

    static func main() {
        PartialFiles.removeOnInterruption(
            advice: "The session is not whole: remove its folder, and run the same command again.")
        do {
            var command = try parseAsRoot(ToolArguments.given(for: Self.self))
            try command.run()
        } catch {
            exitWithHint(error)
        }
    }
}
