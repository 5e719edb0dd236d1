import Foundation
import TestSupport

/// Documentation/commands.md: the help of all tools, and, written by hand, why each default is what it is.
struct CommandsPage {
    typealias Option = ToolCommand.Argument

    static let file = "Documentation/commands.md"
    private static let common = "Options of several commands"

    /// The reasons that the page has, by heading and option.
    private let reasons: [Place: String]
    /// Options that three commands or more have alike, in the order in which they come.
    private let shared: [Option]
    private let tools: [ToolCommand]

    struct Place: Hashable, CustomStringConvertible {
        let heading: String
        let option: String
        var description: String { "\(heading) \(option)" }
    }

    init() throws {
        tools = try ToolCommand.all()
        reasons = Self.reasons(in: (try? Project.text(Self.file)) ?? "")
        let options = tools.flatMap { [$0] + $0.ownSubcommands }.flatMap(Self.optionsOf)
        let counts = Dictionary(options.map { (Self.key($0), 1) }, uniquingKeysWith: +)
        var seen: Set<String> = []
        shared = options.filter { option in
            option.kind != "positional" && counts[Self.key(option), default: 0] > 2
                && seen.insert(Self.key(option)).inserted
        }
    }

    /// What each tool has alike is left out.
    private static func optionsOf(_ command: ToolCommand) -> [Option] {
        let all = command.arguments ?? []
        return all.filter { option in
            !["--help", "--version"].contains(option.forms[0])
                && !all.contains { option.isOpposite && $0.forms.contains(option.forms[0]) && !$0.isOpposite }
        }
    }

    private static func key(_ option: Option) -> String {
        option.forms[0] + "\n" + (option.abstract ?? "") + "\n" + (option.defaultValue ?? "")
    }

    /// Lines `Why: ...` below an option, each a paragraph of its list.
    private static func reasons(in text: String) -> [Place: String] {
        var heading = ""
        var option = ""
        var found: [Place: String] = [:]
        for line in text.split(separator: "\n") {
            if let title = line.wholeMatch(of: /## (.*)/) { heading = String(title.1) }
            if let item = line.prefixMatch(of: /- \*\*`([^` ]+)/) { option = String(item.1) }
            if let why = line.wholeMatch(of: /\ {2}Why: (.*)/) {
                found[Place(heading: heading, option: option)] = String(why.1)
            }
        }
        return found
    }

    // MARK: - What is missing

    /// Where a default has no reason, and where a reason has no default any more.
    func faults() -> (missing: [Place], idle: [Place]) {
        let wanted = places()
        return (wanted.filter { reasons[$0] == nil }, reasons.keys.filter { !wanted.contains($0) })
    }

    private func places() -> [Place] {
        let options = tools.flatMap { tool in
            tool.ownSubcommands.flatMap { command in
                own(command).map { ("\(tool.commandName) \(command.commandName)", $0) }
            }
        }
        return (options + shared.map { (Self.common, $0) }).filter { $0.1.hasDefault }
            .map { Place(heading: $0.0, option: $0.1.forms[0]) }
    }

    private func own(_ command: ToolCommand) -> [Option] {
        let keys = Set(shared.map(Self.key))
        return Self.optionsOf(command).filter {
            !keys.contains(Self.key($0)) && ($0.shouldDisplay || $0.hasDefault)
        }
    }

    // MARK: - The page

    func text() -> String {
        var lines = [
            "# Commands, options, and why each default is what it is", "",
            "This page is made from the tools' own help; the lines that begin with *Why* are written here, by hand. "
                + "`EPU_WRITE_SNAPSHOTS=1 swift test --filter CommandsPageTests` writes it again and keeps these.", "",
            "`EPU_ARCHIVE` names the archive for all commands, as `--db` does for one. Status 0 means done, whatever was "
                + "found; 1 failed; 3 done but with unreadable files, under `epu-ingest --strict`, or "
                + "a fault in the archive, of `epu-ingest check`; 64 wrong usage.", "",
        ]
        for tool in tools {
            lines += [
                "- **\(tool.commandName)**: "
                    + tool.ownSubcommands.map {
                        "[\($0.commandName)](#\(tool.commandName)-\($0.commandName))"
                    }.joined(separator: ", ")
            ]
        }
        lines.append("")
        for tool in tools {
            lines += ["## \(tool.commandName)", ""] + Self.texts(of: tool)
            for command in tool.ownSubcommands { lines += part(of: command, in: tool.commandName) }
        }
        lines += ["## \(Self.common)", ""] + shared.flatMap { item($0, below: Self.common) }
        return lines.joined(separator: "\n").replacing(/\n{3,}/, with: "\n\n").trimmingCharacters(in: .newlines) + "\n"
    }

    private func part(of command: ToolCommand, in tool: String) -> [String] {
        let heading = "\(tool) \(command.commandName)"
        var lines = ["## \(heading)", ""] + Self.texts(of: command)
        var section: String?
        for option in own(command) {
            if let title = option.sectionTitle, title != section { lines += ["", "**\(title)**", ""] }
            if option.sectionTitle == nil, section != nil { lines += ["", "**Other options**", ""] }
            section = option.sectionTitle
            lines += item(option, below: heading)
        }
        let keys = Set(Self.optionsOf(command).map(Self.key))
        let common = shared.filter { keys.contains(Self.key($0)) }.map { "`\($0.forms[0])`" }
        if !common.isEmpty {
            lines += ["", "Also [\(common.joined(separator: ", "))](#options-of-several-commands).", ""]
        }
        return lines
    }

    private func item(_ option: Option, below heading: String) -> [String] {
        let takesValue = option.kind == "option" ? " \((option.valueName ?? "value").uppercased())" : ""
        let others = option.forms.dropFirst().map { ", `\($0)`" }.joined()
        var text = Self.plain(option.abstract ?? "")
        if let values = option.allValues { text += " One of `\(values.joined(separator: "`, `"))`." }
        if let value = option.defaultValue { text += " Default: `\(value)`." }
        if !option.shouldDisplay { text += " Not in the help." }
        let line = "- **`\(option.forms[0])\(takesValue)`**\(others): \(text.trimmingCharacters(in: .whitespaces))"
        let reason = reasons[Place(heading: heading, option: option.forms[0])].map { ["", "  Why: \($0)", ""] } ?? []
        return [line] + reason
    }

    /// The abstract and the discussion, with what is typed in blocks.
    private static func texts(of command: ToolCommand) -> [String] {
        var lines = [plain(command.abstract ?? ""), ""]
        var isInBlock = false
        var isStatus = false
        for line in (command.discussion ?? "").split(separator: "\n", omittingEmptySubsequences: false) {
            isStatus = line == "STATUS" || isStatus && !line.isEmpty
            let isTyped = line.hasPrefix("  ") && !isStatus
            if isTyped != isInBlock { lines += isTyped ? ["", "```text"] : ["```", ""] }
            isInBlock = isTyped
            switch line {
            case "EXAMPLE": lines.append("Example:")
            case "STATUS": lines.append("Status:")
            default:
                lines.append(
                    isTyped
                        ? String(line.dropFirst(line.hasPrefix("    epu-") ? 4 : 2))
                        : plain(line.trimmingCharacters(in: .whitespaces)))
            }
        }
        return lines + (isInBlock ? ["```", ""] : [""])
    }

    /// Text that Markdown shows as it is.
    private static func plain(_ text: String) -> String {
        text.replacing(/[<*]/) { "\\" + $0.output }
            .replacing(/`[^`]+`|--[a-z][a-z-]*/) { $0.output.hasPrefix("`") ? $0.output : "`\($0.output)`" }
    }
}
