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
    static func text(for problem: String, tool: String) -> String? {
        let quoted = problem.split(separator: "'", omittingEmptySubsequences: false).map(String.init)
        guard quoted.count > 2 else { return nil }
        if quoted[0].hasSuffix("The value "), quoted[2].hasPrefix(" is invalid for ") {
            return decimalPoint(instead: quoted[1])
        }
        guard quoted[0].hasSuffix("Unexpected argument "), tool != "epu-simulate" else { return nil }
        return place(of: quoted[1])
    }

    /// Half of the world writes a number's point as a comma.
    private static func decimalPoint(instead text: String) -> String? {
        guard text.count(where: { $0 == "," }) == 1 else { return nil }
        let number = text.replacingOccurrences(of: ",", with: ".")
        guard Double(number)?.isFinite == true else { return nil }
        return "Numbers have a point, not a comma: \(number)"
    }

    /// Folders are read into an archive, and all else is asked of the archive.
    private static func place(of argument: String) -> String? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder) else { return nil }
        let word = shellWord(argument)
        return isFolder.boolValue
            ? "This command asks an archive. To read a folder and do all of it: epu-report run \(word)"
            : "If this is the archive: --db \(word)"
    }
}

extension ParsableCommand {
    /// Ends the tool because of an error, which it says with a hint where there is one; otherwise as the parser does.
    public static func exitWithHint(_ error: any Error) -> Never {
        let lines = fullMessage(for: error).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard exitCode(for: error) == .validationFailure, let problem = lines.first,
            let hint = ArgumentHint.text(for: problem, tool: _commandName)
        else { exit(withError: error) }
        Console.message(([problem, hint] + lines.dropFirst()).joined(separator: "\n"))
        exit(withError: ExitCode.validationFailure)
    }
}
