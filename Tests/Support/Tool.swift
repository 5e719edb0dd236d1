import Foundation

/// Runs one of the built tools as a user would.
public struct ToolRun: Sendable {
    public let status: Int32
    public let output: String
    public let errors: String

    /// The path of a tool, which lies beside the test bundle.
    static func path(of tool: String) throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent(tool).path
    }

    /// - Parameters:
    ///   - tool: The name of the tool, as `epu-ingest`.
    ///   - launcher: A program, and its arguments, that runs the tool.
    public static func run(
        _ tool: String, _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
        through launcher: [String] = []
    ) throws -> ToolRun {
        try command(launcher + [try path(of: tool)] + arguments, in: folder, environment: environment)
    }

    /// Runs any program, by its path.
    public static func command(
        _ command: [String], in folder: String? = nil, environment: [String: String] = [:]
    ) throws -> ToolRun {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        // Files, not pipes: a pipe that nobody empties holds the tool up.
        let outputs = try TemporaryFolder()
        let files = try ["out", "err"].map { name in
            try FileHandle(forWritingTo: URL(fileURLWithPath: try outputs.write(name, "")))
        }
        process.standardOutput = files[0]
        process.standardError = files[1]
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return ToolRun(
            status: process.terminationStatus, output: try outputs.text("out"), errors: try outputs.text("err"))
    }
}
