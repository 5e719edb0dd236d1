import ArgumentParser
import EPUShared

@main
struct EPUReport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "epu-report", version: toolVersion, subcommands: [MontageCommand.self])
}
