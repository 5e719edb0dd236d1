import ArgumentParser
import EPUShared

@main
struct EPUIngest: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "epu-ingest", version: toolVersion)
}
