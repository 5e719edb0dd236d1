import EPUCore
import Foundation
import Synchronization

/// Waits for its turn where other programs use an archive, and says for whom once that takes longer than a moment.
///
/// SQLite asks it whenever a lock is taken (https://www.sqlite.org/c3ref/busy_handler.html). Its journal is not a WAL, which would
/// need memory that all programs share, and so one machine.
final class LockWait: Sendable {
    /// The variable with the longest wait, in seconds.
    static let variable = "EPU_ARCHIVE_WAIT"
    private static let usualLimit = 600.0
    /// Nobody wants to read of waits that are shorter than this, s.
    private static let unnoticed = 2.0

    private let path: String
    private let limit: Double
    private let tell: @Sendable (String) -> Void

    private struct Turn {
        var began = ContinuousClock.now
        var isTold = false
    }
    private let turn = Mutex(Turn())

    /// - Throws: `Failure` where the environment's limit is no number.
    init(for path: String, tell: @escaping @Sendable (String) -> Void) throws {
        self.path = path
        self.tell = tell
        limit = try Self.limit()
    }

    private static func limit() throws -> Double {
        guard let text = ProcessInfo.processInfo.environment[variable], !text.isEmpty else { return usualLimit }
        guard let seconds = Double(text), (0...1e9).contains(seconds) else {
            throw Failure(
                "\(variable) is the number of seconds to wait for other programs, for example 60; this is \(text).")
        }
        return seconds
    }

    /// Waits a little.
    /// - Parameter tries: How often this was asked before for the same lock.
    /// - Returns: False where the wait has been long enough.
    func isToTryAgain(_ tries: Int) -> Bool {
        let (waited, isToTell) = turn.withLock { turn in
            if tries == 0 { turn = Turn() }
            let waited = (ContinuousClock.now - turn.began) / .seconds(1)
            let isToTell = waited > Self.unnoticed && !turn.isTold
            if isToTell { turn.isTold = true }
            return (waited, isToTell)
        }
        guard waited < limit else { return false }
        if isToTell { tell("Waiting for \(LockHolders(of: path).text), in use of \(path) ...") }
        usleep(UInt32(min(1 + 5 * tries, 100)) * 1000)
        return true
    }
}

extension LockWait {
    /// The error of a wait that was long enough.
    static func failure(of path: String) -> Failure {
        let limit = (try? limit()) ?? usualLimit
        let time = limit >= 120 ? "\(Int(limit / 60)) minutes" : "\(limit.text()) seconds"
        return Failure(
            "\(path) is in use by \(LockHolders(of: path).text)\(limit > 0 ? ", for more than \(time)" : ""). Try again when "
                + "that has ended, or let this wait longer: \(variable)=3600 is an hour.")
    }
}
