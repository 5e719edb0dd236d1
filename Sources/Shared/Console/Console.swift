import EPUCore
import Foundation

/// The output of the tools: results go to standard output, everything that is said about them to standard error.
public enum Console {
    /// Writes a result to standard output. Where that is not possible it ends the tool with status 1, so that nobody takes
    /// missing output for an empty result.
    public static func result(_ text: String) { part(of: text + "\n") }

    /// Writes a part of a result that has its own line ends, as `result` does.
    public static func part(of result: String) {
        guard let problem = StandardStream.write(result, to: STDOUT_FILENO) else { return }
        message("Error: Cannot write the result: \(String(cString: strerror(problem))).")
        exit(EXIT_FAILURE)
    }

    public static func message(_ text: String) { StandardStream.write(text + "\n", to: STDERR_FILENO) }

    /// Writes a value as JSON, keys sorted, to standard output.
    public static func result(json value: some Encodable) throws {
        try write(json: value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    }

    /// Writes a value as JSON on one line, keys sorted, for a tool that goes on writing.
    public static func resultLine(json value: some Encodable) throws {
        try write(json: value, [.sortedKeys, .withoutEscapingSlashes])
    }

    private static func write(json value: some Encodable, _ formatting: JSONEncoder.OutputFormatting) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        encoder.keyEncodingStrategy = .convertToSnakeCase
        result(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
