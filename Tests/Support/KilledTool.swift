import Foundation

/// A tool that is killed as it works, without a chance to clean up.
public enum KilledTool {
    /// The tool is the one that is built as the tests are: it works longer, so that more is left to be killed.
    ///
    /// - Parameter seconds: The time after its start at which the tool is killed.
    /// - Returns: False where the tool ended before.
    public static func run(_ tool: String, _ arguments: [String], killAfter seconds: Double) throws -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try ToolRun.builtWithTests + "/" + tool)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        usleep(UInt32(seconds * 1e6))
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal
    }
}
