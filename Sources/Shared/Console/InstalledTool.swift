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
        try wait(for: spawn(arguments, .nowhere)) {}
    }

    /// Runs the tool to its end, and takes what it prints.
    public func print(_ arguments: [String]) throws -> (status: Int32, output: Data) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Failure("No pipe: \(String(cString: strerror(errno))).") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let reading = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        let process: SpawnedProcess
        do {
            defer { close(ends[1]) }
            process = try spawn(arguments, .descriptor(ends[1]))
        }
        var output = Data()
        // Read before the end is waited for: a full pipe would hold the tool up.
        let status = wait(for: process) { output = reading.readDataToEndOfFile() }
        return (status, output)
    }

    /// Starts the tool, as for a page that is to be shown, and does not wait for its end.
    /// - Returns: false where it has failed at once.
    public func start(_ arguments: [String]) throws -> Bool {
        let process = try spawn(arguments, .nowhere)
        let deadline = ContinuousClock.now + .seconds(1)
        while ContinuousClock.now < deadline {
            if let end = process.endIfEnded() { return end == .status(0) }
            usleep(20_000)
        }
        return true
    }

    private func wait(for process: SpawnedProcess, meanwhile: () -> Void) -> Int32 {
        _ = Self.running.withLock { $0.insert(process.id) }
        meanwhile()
        let end = process.end()
        _ = Self.running.withLock { $0.remove(process.id) }
        if case .signal(let number) = end, !Self.isInterrupted.load(ordering: .relaxed) {
            let name = (path as NSString).lastPathComponent
            Console.message("\(name) was ended by signal \(number). Run the same command to complete it.")
        }
        return end.number
    }

    private func spawn(_ arguments: [String], _ output: SpawnedProcess.Output) throws(Failure) -> SpawnedProcess {
        try SpawnedProcess(path, arguments, variables: [Self.mark: "epu"], output: output)
    }
}
