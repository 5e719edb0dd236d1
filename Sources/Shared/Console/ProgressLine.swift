import EPUCore
import Foundation
import Synchronization

/// A line of progress with rate and time left: redrawn on a terminal, every ten seconds as a plain line elsewhere.
public struct ProgressLine {
    /// Whether a person wants to see progress: one switch for the whole tool, as its lines are drawn in many places.
    static let isShown = Atomic(true)

    private let label: String
    private let total: Int?
    private let started = ContinuousClock.now
    private let onTerminal = isatty(STDERR_FILENO) == 1
    private var done = 0
    private var lastShown = ContinuousClock.now
    private var width = 0

    /// Begins a line of progress.
    /// - Parameter total: The number of steps that there will be; nil if it is not known.
    public init(_ label: String, total: Int? = nil) {
        self.label = label
        self.total = total
    }

    public mutating func advance(by steps: Int) {
        done += steps
        guard Self.isShown.load(ordering: .relaxed) else { return }
        let now = ContinuousClock.now
        guard now - lastShown > (onTerminal ? .milliseconds(200) : .seconds(10)) else { return }
        lastShown = now
        show(Self.line(label: label, done: done, total: total, elapsed: now - started))
    }

    /// Removes the line from a terminal, so that results start on a clean one.
    public mutating func finish() {
        guard onTerminal, width > 0 else { return }
        StandardStream.write("\r" + String(repeating: " ", count: width) + "\r", to: STDERR_FILENO)
        width = 0
    }

    private mutating func show(_ line: String) {
        guard onTerminal else { return Console.message(line) }
        let padding = String(repeating: " ", count: max(0, width - line.count))
        StandardStream.write("\r" + line + padding, to: STDERR_FILENO)
        width = max(width, line.count)
    }

    static func line(label: String, done: Int, total: Int?, elapsed: Duration) -> String {
        let seconds = max(elapsed.inSeconds, 0.001)
        let rate = Double(done) / seconds
        var line = "\(label) \(done)"
        if let total { line += " of \(total)" }
        line += String(format: ", %.0f/s", rate)
        if let total, rate > 0, total > done { line += ", \(Int(Double(total - done) / rate)) s left" }
        return line
    }
}

extension Duration {
    public var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
