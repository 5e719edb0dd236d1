import Foundation
import TestSupport

/// A command of a tool with the texts of its help, as the argument parser writes them for other programs.
struct DocumentedCommand: Decodable {
    let commandName: String
    let abstract: String?
    let discussion: String?
    let arguments: [Option]?
    let subcommands: [DocumentedCommand]?
    let defaultSubcommand: String?

    struct Option: Decodable, Hashable {
        struct Name: Decodable, Hashable {
            let kind: String
            let name: String
        }

        let kind: String
        let names: [Name]?
        let valueName: String?
        let abstract: String?
        let defaultValue: String?
        let allValues: [String]?
        let shouldDisplay: Bool
        let sectionTitle: String?

        /// As it is typed, the commonest form first: `--radius`, or the words of an argument.
        var forms: [String] {
            guard let names, !names.isEmpty else { return ["<\(valueName ?? "")>"] }
            let long = names.filter { $0.kind == "long" }.map { "--" + $0.name }
            // The default of a flag that can be said both ways is one of its names.
            let opposite = long.filter { $0 == defaultValue }.map { "--no-" + $0.dropFirst(2) }
            return long + opposite + names.filter { $0.kind != "long" }.map { "-" + $0.name }
        }
        /// Whether it only says no to another flag.
        var isOpposite: Bool { kind == "flag" && defaultValue == nil && forms[0].hasPrefix("--no-") }
        /// Whether it has a default, in a field of its own or in its words.
        var hasDefault: Bool { defaultValue != nil || abstract?.contains(/\bDefault\b/) == true }
    }

    private struct Dump: Decodable { let command: DocumentedCommand }

    static func all() throws -> [DocumentedCommand] {
        try ["epu-ingest", "epu-analyze", "epu-report", "epu-simulate"].map { tool in
            let dump = try ToolRun.run(tool, ["--experimental-dump-help"]).output
            return try JSONDecoder().decode(Dump.self, from: Data(dump.utf8)).command
        }
    }

    /// The commands below it without the help that each tool has.
    var ownSubcommands: [DocumentedCommand] { (subcommands ?? []).filter { $0.commandName != "help" } }
}
