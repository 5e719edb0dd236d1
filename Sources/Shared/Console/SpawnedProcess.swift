public import EPUCore
import Foundation

/// A program that this one has started, by posix_spawn(3).
///
/// Foundation's own Process learns of a program's end by way of a socket on 127.0.0.1 (swift-corelibs-foundation of Swift 6.3). Where
/// a container has no network, not even with itself, it waits for ever.
public struct SpawnedProcess: Sendable {
    /// How a program ended.
    public enum End: Equatable, Sendable {
        case status(Int32)
        case signal(Int32)

        /// The status, or the signal's number, as shells tell both.
        public var number: Int32 {
            switch self {
            case .status(let number), .signal(let number): number
            }
        }
    }

    /// Where a program's standard output goes.
    public enum Output: Sendable {
        case nowhere
        /// To this program's own messages.
        case messages
        /// To an open file or pipe.
        case descriptor(Int32)
    }

    let id: pid_t

    /// Starts a program in a process group of its own, so that a terminal's Ctrl-C does not reach it. Its messages go where this
    /// program's own do.
    /// - Parameters:
    ///   - path: the program's file.
    ///   - variables: what is in its environment beside this program's own.
    ///   - input: the descriptor of the open file that is its standard input; nil: it has none.
    /// - Throws: `Failure` with the system's reason.
    public init(
        _ path: String, _ arguments: [String], variables: [String: String] = [:], input: Int32? = nil, output: Output
    ) throws(Failure) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        switch output {
        case .nowhere: posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        case .messages: posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
        case .descriptor(let descriptor): posix_spawn_file_actions_adddup2(&actions, descriptor, STDOUT_FILENO)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What this program ignores, as it handles it in another way, the other program is to get.
        var (handled, blocked) = (sigset_t(), sigset_t())
        sigemptyset(&handled)
        sigemptyset(&blocked)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&handled, number) }
        posix_spawnattr_setsigdefault(&attributes, &handled)
        posix_spawnattr_setsigmask(&attributes, &blocked)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        let environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
        let words = CStrings([path] + arguments)
        let settings = CStrings(environment.map { "\($0.key)=\($0.value)" })
        var child: pid_t = 0
        let refusal = posix_spawn(&child, path, &actions, &attributes, words.pointers, settings.pointers)
        guard refusal == 0 else { throw Failure("\(path) cannot be run: \(String(cString: strerror(refusal))).") }
        id = child
    }

    /// Waits for the end of the program.
    public func end() -> End { end(options: 0) ?? .status(-1) }

    /// How the program has ended; nil while it runs.
    func endIfEnded() -> End? { end(options: WNOHANG) }

    private func end(options: Int32) -> End? {
        var status: Int32 = 0
        while true {
            let found = waitpid(id, &status, options)
            if found == id { break }
            guard found < 0 else { return nil }
            // Somebody else has asked for it, which nothing here does.
            guard errno == EINTR else { return .status(-1) }
        }
        let signal = status & 0x7F
        return signal == 0 ? .status((status >> 8) & 0xFF) : .signal(signal)
    }
}
