import EPUConsole

/// The seconds that several runs took.
struct Spread: Codable {
    let min: Double
    let median: Double
    let max: Double

    /// - Parameter seconds: The seconds of each run; at least one.
    init(_ seconds: [Double]) {
        let sorted = seconds.sorted()
        min = sorted[0]
        median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
        max = sorted[sorted.count - 1]
    }

    init(runs: Int, _ work: () throws -> Void) rethrows {
        let clock = ContinuousClock()
        self.init(try (0..<runs).map { _ in try clock.measure(work).inSeconds })
    }
}
