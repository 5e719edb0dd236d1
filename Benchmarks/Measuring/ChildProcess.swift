import EPUConsole
import EPUCore
import Foundation

/// One run of a program, from start to end.
struct ChildProcess {
    let seconds: Double
    /// The most memory that the program held at once, bytes. It is no less than some 27 MB, this process's own peak,
    /// which Linux counts as the child's, too, since both share memory until the child is under way. So whatever needs
    /// memory, such as the floors' list of files, runs in a child of its own.
    let peakBytes: Int
    let status: Int32
    /// The text that the program wrote to standard error.
    let messages: String

    /// - Parameters:
    ///   - output: The file that takes what the program prints.
    ///   - environment: What is in its environment beside this program's own.
    ///   - statuses: The exit statuses with which it may end.
    /// - Throws: `Failure`, with the program's last words, where it ends with another status.
    init(
        _ program: String, _ arguments: [String], output: String = "/dev/null",
        environment: [String: String] = [:], accepting statuses: ClosedRange<Int32> = 0...0
    ) throws {
        let messageFile = NSTemporaryDirectory() + "/epu-benchmark.\(UUID().uuidString).messages"
        defer { unlink(messageFile) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, messageFile, O_WRONLY | O_CREAT | O_TRUNC, 0o666)

        let command = CStrings([program] + arguments)
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let environment = CStrings(variables.map { $0.key + "=" + $0.value })
        var child: pid_t = 0
        let started = ContinuousClock.now
        let refusal = posix_spawn(&child, program, &actions, nil, command.pointers, environment.pointers)
        guard refusal == 0 else { throw Failure("Cannot run \(program): \(String(cString: strerror(refusal))).") }
        var status: Int32 = 0
        var usage = rusage()
        while wait4(child, &status, 0, &usage) < 0 {
            guard errno == EINTR else {
                throw Failure("Cannot wait for \(program): \(String(cString: strerror(errno))).")
            }
        }
        seconds = (ContinuousClock.now - started).inSeconds
        peakBytes = usage.ru_maxrss * 1024
        let signal = status & 0x7F
        self.status = status >> 8
        messages = (try? String(contentsOfFile: messageFile, encoding: .utf8)) ?? ""
        guard signal == 0 && statuses.contains(self.status) else {
            throw Failure(
                "\(([program] + arguments).joined(separator: " ")) "
                    + (signal == 0 ? "ended with status \(self.status)" : "was ended by signal \(signal)")
                    + (messages.isEmpty ? "." : ":\n" + messages))
        }
    }
}
