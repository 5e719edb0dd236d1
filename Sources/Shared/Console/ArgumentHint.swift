public import ArgumentParser
import EPUCore
import Foundation

/// What to write instead of arguments that a tool does not take. The parser says what is wrong with them; what the person meant it
/// cannot know.
enum ArgumentHint {
    /// The hint for what the parser says of an argument; nil: there is none.
    /// - Parameters:
    ///   - problem: The first line of the parser's message.
    ///   - tool: The tool's name.
    ///   - isTaken: Whether the parser takes a second text instead of a first.
    static func text(for problem: String, tool: String, isTaken: (String, String) -> Bool) -> String? {
        let quoted = problem.split(separator: "'", omittingEmptySubsequences: false).map(String.init)
        guard quoted.count > 2 else { return nil }
        if quoted[0].hasSuffix("The value "), quoted[2].hasPrefix(" is invalid for ") {
            return decimalPoint(instead: quoted[1], isTaken)
        }
        guard quoted[0].hasSuffix("Unexpected argument ") || quoted[0].hasSuffix(" unexpected arguments: "),
            tool != "epu-simulate"
        else { return nil }
        return places(of: stride(from: 1, to: quoted.count, by: 2).map { quoted[$0] })
    }

    /// Half of the world writes a number's point as a comma, the other half a comma between thousands: before three digits it may
    /// be either.
    private static func decimalPoint(instead text: String, _ isTaken: (String, String) -> Bool) -> String? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].count != 3 else { return nil }
        let number = parts.joined(separator: ".")
        // An option that takes whole numbers would refuse this one, too.
        guard Double(number)?.isFinite == true, isTaken(number, text) else { return nil }
        return "Numbers have a point, not a comma: \(number)"
    }

    /// Folders are read into an archive, and all else is asked of the archive.
    private static func places(of arguments: [String]) -> String? {
        let words = arguments.map(shellWord).joined(separator: " ")
        if arguments.allSatisfy({ isFolder($0) == true }) {
            return (arguments.count == 1 ? "If this is a session's folder" : "If these are folders of sessions")
                + ": epu-report run \(words)"
        }
        return arguments.count == 1 && isFolder(arguments[0]) == false ? "If this is the archive: --db \(words)" : nil
    }

    /// Whether there is a folder, not a file, at a path; nil where there is neither.
    private static func isFolder(_ path: String) -> Bool? {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) ? isFolder.boolValue : nil
    }
}

extension ParsableCommand {
    /// Ends the tool because of an error, which it says with a hint where there is one; otherwise as the parser does.
    public static func exitWithHint(_ error: any Error) -> Never {
        let lines = fullMessage(for: error).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard exitCode(for: error) == .validationFailure, let problem = lines.first,
            let hint = ArgumentHint.text(for: problem, tool: _commandName, isTaken: isTaken)
        else { exit(withError: error) }
        Console.message(([problem, hint] + lines.dropFirst()).joined(separator: "\n"))
        exit(withError: ExitCode.validationFailure)
    }

    /// Whether the parser takes a text instead of one of the arguments that the tool was given.
    private static func isTaken(_ text: String, instead given: String) -> Bool {
        let arguments = CommandLine.arguments.dropFirst().map { argument in
            argument == given
                ? text
                : argument.hasSuffix("=" + given) ? argument.dropLast(given.count) + text : argument
        }
        do {
            _ = try parseAsRoot(arguments)
            return true
        } catch {
            // What else is wrong is said when this is right.
            return !fullMessage(for: error).contains("The value '\(text)' is invalid")
        }
    }
}
