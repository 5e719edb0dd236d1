import Foundation

/// Results go to standard output, everything said about them to standard error.
public enum Console {
    /// Ends the tool with status 1 where the text cannot be written: whoever waits for it must not take nothing for a result.
    public static func result(_ text: String) {
        guard let problem = write(text + "\n", to: STDOUT_FILENO) else { return }
        message("Error: Cannot write the result: \(String(cString: strerror(problem))).")
        exit(EXIT_FAILURE)
    }

    public static func message(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

    /// Writes a value as JSON, keys sorted, to standard output.
    public static func result(json value: some Encodable) throws {
        try write(json: value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    }

    /// The same on one line, for a tool that goes on writing.
    public static func resultLine(json value: some Encodable) throws {
        try write(json: value, [.sortedKeys, .withoutEscapingSlashes])
    }

    private static func write(json value: some Encodable, _ formatting: JSONEncoder.OutputFormatting) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        encoder.keyEncodingStrategy = .convertToSnakeCase
        result(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// - Returns: the error's number, where not all could be written. A closed pipe (`epu-report summary | head`) is none:
    ///   nobody reads on.
    @discardableResult
    static func write(_ text: String, to descriptor: Int32) -> Int32? {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return errno == EPIPE ? nil : errno }
            bytes.removeFirst(written)
        }
        return nil
    }
}
