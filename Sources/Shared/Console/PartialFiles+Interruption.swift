public import EPUCore
import Foundation
import Synchronization

extension PartialFiles {
    private static let watch = Mutex<[any DispatchSourceSignal]>([])

    private static let isEnd = Atomic(false)

    /// Says that Ctrl-C or `kill` is how this tool is meant to end: it then ends with status 0.
    public static func interruptionIsEnd() { isEnd.store(true, ordering: .relaxed) }

    /// Removes the temporary files when Ctrl-C or `kill` ends the tool, and passes the signal on to the tools that it runs. Each
    /// tool calls it when it starts.
    /// - Parameter advice: What is left, and what to do then.
    public static func removeOnInterruption(
        advice: String = "What was stored before stays; run the same command to complete it."
    ) {
        watch.withLock { sources in
            guard sources.isEmpty else { return }
            for number in [SIGINT, SIGTERM, SIGHUP] {
                // nohup asks for a hang-up to be ignored.
                let previous = signal(number, SIG_IGN)
                guard unsafeBitCast(previous, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self) else { continue }
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
                source.setEventHandler {
                    InstalledTool.interruptRunning(with: number)
                    deleteAll()
                    if isEnd.load(ordering: .relaxed), number != SIGHUP {
                        tell("\nStopped. What was stored stays; run the same command to go on.")
                        exit(EXIT_SUCCESS)
                    }
                    tell("\nInterrupted. \(advice)")
                    // The shell sees that a signal ended the tool. Dispatch's threads block signals: sent to the
                    // process, it would come back here.
                    signal(number, SIG_DFL)
                    var own = sigset_t()
                    sigemptyset(&own)
                    sigaddset(&own, number)
                    pthread_sigmask(SIG_UNBLOCK, &own, nil)
                    raise(number)
                }
                source.resume()
                sources.append(source)
            }
        }
    }

    /// A person pressed Ctrl-C once, and is told once, by the tool that was started.
    private static func tell(_ text: String) {
        if !InstalledTool.isRunByAnother { Console.message(text) }
    }
}
