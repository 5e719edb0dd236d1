/// A tool's commands and options in a line each, to compare.
public struct ToolHelp {
    private let command: ToolCommand

    public init(of tool: String) throws { command = try ToolCommand.of(tool) }

    /// A line for each command and for each of its options and arguments; hidden options and the help are left out.
    public var lines: [String] { Self.lines(of: command, below: "") }

    private static func lines(of command: ToolCommand, below parent: String) -> [String] {
        let name = parent + command.commandName
        let arguments = (command.arguments ?? []).filter { argument in
            argument.shouldDisplay && !["help", "version"].contains(argument.valueName)
        }
        return [name] + arguments.map { name + " " + text(of: $0) }
            + command.ownSubcommands.flatMap { lines(of: $0, below: name + " ") }
    }

    /// An option nearly as usage lines have it: `[--by VALUE: incident, pair, else incident]`. What an option's value is
    /// called is for the reader alone.
    private static func text(of argument: ToolCommand.Argument) -> String {
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
