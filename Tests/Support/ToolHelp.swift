import Foundation

/// A tool's commands and options, as the argument parser writes them for other programs.
public struct ToolHelp: Decodable {
    private let command: Command

    private struct Command: Decodable {
        let commandName: String
        let arguments: [Argument]?
        let subcommands: [Command]?
    }

    private struct Argument: Decodable {
        struct Name: Decodable {
            /// The form of the name: `long`, `short` or `longWithSingleDash`.
            let kind: String
            let name: String
        }

        let kind: String
        let names: [Name]?
        let valueName: String?
        let defaultValue: String?
        let isOptional: Bool
        let isRepeating: Bool
        let shouldDisplay: Bool
        let allValues: [String]?
    }

    public init(of tool: String) throws {
        let dump = try ToolRun.run(tool, ["--experimental-dump-help"]).output
        self = try JSONDecoder().decode(Self.self, from: Data(dump.utf8))
    }

    /// A line for each command and for each of its options and arguments; hidden options and the help are left out.
    public var lines: [String] { Self.lines(of: command, below: "") }

    private static func lines(of command: Command, below parent: String) -> [String] {
        let name = parent + command.commandName
        let arguments = (command.arguments ?? []).filter { argument in
            argument.shouldDisplay && !["help", "version"].contains(argument.valueName)
        }
        let subcommands = (command.subcommands ?? []).filter { $0.commandName != "help" }
        return [name] + arguments.map { name + " " + text(of: $0) }
            + subcommands.flatMap { lines(of: $0, below: name + " ") }
    }

    /// An option nearly as usage lines have it: `[--by VALUE: incident, pair, else incident]`. What an option's value is
    /// called is for the reader alone.
    private static func text(of argument: Argument) -> String {
        let names = (argument.names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }.joined(separator: "/")
        let value =
            switch argument.kind {
            case "flag": ""
            case "positional": "<\(argument.valueName ?? "")>"
            default: "VALUE"
            }
        let choice = argument.allValues.map { ": " + $0.joined(separator: ", ") } ?? ""
        let standard = argument.defaultValue.map { ", else \($0)" } ?? ""
        let repetition = argument.isRepeating ? "..." : ""
        let text = [names, value].filter { !$0.isEmpty }.joined(separator: " ") + repetition + choice + standard
        return argument.isOptional ? "[\(text)]" : text
    }
}
