import Foundation

/// Runs one of the built tools as a user would.
public struct ToolRun: Sendable {
    public let status: Int32
    public let output: String
    public let errors: String

    /// The folder of the tools: the one that `make test` names, with the tools that are used and shipped, which take a part of the
    /// time; otherwise that of the test bundle.
    public static var folder: String {
        get throws { try ProcessInfo.processInfo.environment["EPU_TESTED_TOOLS"] ?? builtWithTests }
    }

    /// The folder of the test bundle, with tools that are built as the tests are.
    static var builtWithTests: String {
        get throws {
            let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return (own as NSString).deletingLastPathComponent
        }
    }

    /// The path of a tool.
    static func path(of tool: String) throws -> String { try folder + "/" + tool }

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
