import EPUArchive
import EPUConsole
import EPUCore
import Foundation

/// A person's command, which is run for each incident, with the incident as JSON on its standard input.
///
/// One runs after the other, beside the reading of files: one that hangs holds up only those after it.
final class NotifyCommand: Sendable {
    private let command: String
    private let queue = DispatchQueue(label: "notify")

    /// - Parameter command: A command line for /bin/sh.
    init(_ command: String) { self.command = command }

    func run(for incident: IncidentRow) {
        queue.async { [command] in
            do {
                let status = try Self.run(command, incident)
                guard status != 0 else { return }
                Console.message("Warning: --notify ended with status \(status): \(command)")
            } catch {
                Console.message("Warning: --notify could not be run: \(error)")
            }
        }
    }

    private static func run(_ command: String, _ incident: IncidentRow) throws -> Int32 {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        // A file, not a pipe: a command that does not read its input would end this tool with a signal.
        let path = NSTemporaryDirectory() + "/epu-notify-\(UUID().uuidString).json"
        try (encoder.encode(incident) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path))
        let input = FileHandle(forReadingAtPath: path)
        unlink(path)
        // Results of this tool are lines for other programs, among which nothing else may stand.
        return try SpawnedProcess("/bin/sh", ["-c", command], input: input?.fileDescriptor, output: .messages).end()
            .number
    }
}
