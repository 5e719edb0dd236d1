/// The arguments of a tool.
public enum ToolArguments {
    /// Those it was started with; `-V` alone is `--version`, as other programs have it.
    public static var given: [String] {
        let arguments = Array(CommandLine.arguments.dropFirst())
        return arguments == ["-V"] ? ["--version"] : arguments
    }
}
