public import EPUCore
public import Foundation
import Synchronization

/// One of the tools that another one runs.
public struct InstalledTool: Sendable {
    public let path: String

    /// The processes that are running: each is in a process group of its own, so that a terminal's Ctrl-C does not reach it.
    private static let running = Mutex<Set<Int32>>([])

    /// Whether a signal has ended this tool, and with it those that it runs.
    private static let isInterrupted = Atomic(false)

    /// Passes a signal on to the tools that are running.
    static func interruptRunning(with signal: Int32) {
        isInterrupted.store(true, ordering: .relaxed)
        running.withLock { for id in $0 { kill(id, signal) } }
    }

    /// The variable by which a tool knows that another one started it.
    private static let mark = "EPU_RUN_BY"
    static let isRunByAnother = ProcessInfo.processInfo.environment[mark] != nil

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
        try Self.run(process) {}
        return process.terminationStatus
    }

    /// Runs the tool to its end, and takes what it prints.
    public func print(_ arguments: [String]) throws -> (status: Int32, output: Data) {
        let process = process(arguments)
        let pipe = Pipe()
        process.standardOutput = pipe
        var output = Data()
        // Read before the end is waited for: a full pipe would hold the tool up.
        try Self.run(process) { output = pipe.fileHandleForReading.readDataToEndOfFile() }
        return (process.terminationStatus, output)
    }

    /// Starts the tool, as for a page that is to be shown, and does not wait for its end.
    /// - Returns: false where it has failed at once.
    public func start(_ arguments: [String]) throws -> Bool {
        let process = process(arguments)
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let deadline = ContinuousClock.now + .seconds(1)
        while process.isRunning, ContinuousClock.now < deadline { usleep(20_000) }
        return process.isRunning || process.terminationStatus == 0
    }

    private static func run(_ process: Process, meanwhile: () -> Void) throws {
        try process.run()
        let id = process.processIdentifier
        _ = running.withLock { $0.insert(id) }
        meanwhile()
        process.waitUntilExit()
        _ = running.withLock { $0.remove(id) }
        if process.terminationReason == .uncaughtSignal, !isInterrupted.load(ordering: .relaxed) {
            let name = process.executableURL?.lastPathComponent ?? "A tool"
            Console.message(
                "\(name) was ended by signal \(process.terminationStatus). Run the same command to complete it.")
        }
    }

    private func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging([Self.mark: "epu"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        return process
    }
}
