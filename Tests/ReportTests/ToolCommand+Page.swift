import TestSupport

// What the page of commands says of each command.

extension ToolCommand {
    static func all() throws -> [ToolCommand] {
        try ["epu-ingest", "epu-analyze", "epu-report", "epu-simulate"].map(ToolCommand.of)
    }
}

extension ToolCommand.Argument {
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
