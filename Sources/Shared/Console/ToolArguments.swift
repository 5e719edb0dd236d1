public import ArgumentParser

/// The arguments of a tool.
public enum ToolArguments {
    /// Those it was started with, as its parser takes them: `-V` alone is `--version`, as other programs have it, and a subcommand
    /// stands before its options, wherever it was written.
    public static func given(for tool: any ParsableCommand.Type) -> [String] {
        ordered(
            Array(CommandLine.arguments.dropFirst()),
            subcommands: Set(tool.configuration.subcommands.compactMap { $0.configuration.commandName }))
    }

    /// Options that are followed by a text, which may be the word of a subcommand.
    private static let optionsWithText: Set = [
        "--db", "--session", "--out", "-o", "--prefix", "--plot", "--from", "--notify", "--analyze-options",
        "--raw-data",
        "--rawdata", "--raw_data",
    ]

    /// Puts a subcommand first that stands behind options: `--db a.db check` is `check --db a.db`. Only options and their values
    /// may stand before it. What is called like a subcommand, such as a folder, is given with its place: `./check`.
    static func ordered(_ arguments: [String], subcommands: Set<String>) -> [String] {
        if arguments == ["-V"] { return ["--version"] }
        guard arguments.first?.hasPrefix("-") == true else { return arguments }
        for (place, argument) in arguments.enumerated() {
            let before = place > 0 ? arguments[place - 1] : ""
            let isOption = argument.hasPrefix("-")
            guard argument != "--" else { return arguments }
            if !isOption, subcommands.contains(argument), !optionsWithText.contains(before) {
                return [argument] + arguments[..<place] + arguments[(place + 1)...]
            }
            // A second word in a row is an argument, and what follows belongs to it.
            guard isOption || before.hasPrefix("-") else { return arguments }
        }
        return arguments
    }
}
