public import EPUCore
public import Foundation

/// One of the tools that another one runs.
public struct InstalledTool: Sendable {
    public let path: String

    /// Finds a tool beside the running one, else in the PATH.
    /// - Throws: `Failure` where there is none.
    public init(_ name: String) throws(Failure) {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let folders =
            [(own as NSString).deletingLastPathComponent]
            + (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        guard let folder = folders.first(where: { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") })
        else {
            let running = (own as NSString).lastPathComponent
            throw Failure("\(name) is needed, which lies neither beside \(running) nor in the PATH.")
        }
        path = "\(folder)/\(name)"
    }

    /// Runs the tool to its end, without what it prints. Its messages go where this tool's own do.
    /// - Returns: the status with which it ended.
    public func run(_ arguments: [String]) throws -> Int32 {
        let process = process(arguments)
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Runs the tool to its end, and takes what it prints.
    public func print(_ arguments: [String]) throws -> (status: Int32, output: Data) {
        let process = process(arguments)
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        // Read before the end is waited for: a full pipe would hold the tool up.
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }

    private func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        return process
    }
}
