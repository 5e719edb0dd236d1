import Foundation

/// One of the built tools that goes on running while a test looks at what it does.
public final class RunningTool: @unchecked Sendable {
    private let process = Process()
    private let outputs: TemporaryFolder

    public init(
        _ tool: String, _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:]
    ) throws {
        outputs = try TemporaryFolder()
        process.executableURL = URL(fileURLWithPath: try ToolRun.path(of: tool))
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        let files = try ["out", "err"].map { name in
            try FileHandle(forWritingTo: URL(fileURLWithPath: try outputs.write(name, "")))
        }
        process.standardOutput = files[0]
        process.standardError = files[1]
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    public var output: String { (try? outputs.text("out")) ?? "" }
    public var errors: String { (try? outputs.text("err")) ?? "" }
    public var isRunning: Bool { process.isRunning }
    /// What it ended with.
    public var status: Int32 { process.terminationStatus }
    var processID: Int32 { process.processIdentifier }

    /// Sends a signal and waits for the end.
    /// - Returns: The signal that ended the tool; nil where it ended by itself.
    public func end(with signal: Int32) -> Int32? {
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal ? process.terminationStatus : nil
    }

    /// Waits until a condition holds.
    /// - Returns: False where the condition does not come to hold, long after it should have.
    public static func wait(until condition: () throws -> Bool) rethrows -> Bool {
        let deadline = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < deadline {
            if try condition() { return true }
            usleep(100_000)
        }
        return try condition()
    }
}

extension RunningTool {
    /// The most memory that the tool has held so far, KB; nil once it has ended.
    public var peakKilobytes: Int? {
        guard let status = try? String(contentsOfFile: "/proc/\(processID)/status", encoding: .utf8) else { return nil }
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }
}
