import ArgumentParser
import EPUShared

@main
struct EPUAnalyze: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "epu-analyze", version: toolVersion)
}
