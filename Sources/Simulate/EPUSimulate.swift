import ArgumentParser
import EPUShared

@main
struct EPUSimulate: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "epu-simulate", version: toolVersion)
}
