import Foundation

/// A tool or one of its commands, as the argument parser writes it for other programs (`--experimental-dump-help`).
public struct ToolCommand: Decodable {
    public let commandName: String
    public let abstract: String?
    public let discussion: String?
    public let arguments: [Argument]?
    public let subcommands: [ToolCommand]?
    public let defaultSubcommand: String?

    public struct Argument: Decodable, Hashable {
        public struct Name: Decodable, Hashable {
            /// The form of the name: `long`, `short` or `longWithSingleDash`.
            public let kind: String
            public let name: String
        }

        public let kind: String
        public let names: [Name]?
        public let valueName: String?
        public let abstract: String?
        public let defaultValue: String?
        public let allValues: [String]?
        public let isOptional: Bool
        public let isRepeating: Bool
        public let shouldDisplay: Bool
        public let sectionTitle: String?
    }

    private struct Dump: Decodable { let command: ToolCommand }

    public static func of(_ tool: String) throws -> ToolCommand {
        let dump = try ToolRun.run(tool, ["--experimental-dump-help"]).output
        return try JSONDecoder().decode(Dump.self, from: Data(dump.utf8)).command
    }

    /// The commands below it without the help that each tool has.
    public var ownSubcommands: [ToolCommand] { (subcommands ?? []).filter { $0.commandName != "help" } }
}
