import EPUCore

/// Waits for the microscope's time to come, at a multiple of its speed.
struct LiveClock {
    private let speed: Double
    private let began = ContinuousClock.now
    private let start: Timestamp

    /// - Parameter start: The simulated instant that is now.
    init(start: Timestamp, speed: Double) {
        self.start = start
        self.speed = speed
    }

    func wait(until time: Timestamp) {
        let due = began + .seconds(time.seconds(since: start) / speed)
        let left = due - ContinuousClock.now
        if left > .zero { PlainFile.sleep(left) }
    }
}
