/// A span of time cut into equal bins of a round length, counted from a round time.
struct TimeBins {
    /// The width of a bin, s.
    let width: Double
    /// The start of the first bin, s.
    let start: Double
    let count: Int

    private static let widths = [60.0, 120, 300, 600, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400]

    /// Takes the shortest of these widths that gives at most `count` bins; for long spans it is several days.
    init(over seconds: ClosedRange<Double>, atMost count: Int) {
        let length = seconds.upperBound - seconds.lowerBound
        let least = length / Double(count - 1)
        width =
            Self.widths.first { $0 >= least } ?? (least / Self.day).rounded(.up) * Self.day
        start = (seconds.lowerBound / width).rounded(.down) * width
        self.count = Int((seconds.upperBound - start) / width) + 1
    }

    private static let day = 86_400.0

    /// - Parameter time: a time within the span, s.
    func index(of time: Double) -> Int { min(count - 1, max(0, Int((time - start) / width))) }

    func range(_ index: Int) -> ClosedRange<Double> {
        let lower = start + Double(index) * width
        return lower...(lower + width)
    }

    /// The width in words, as `10 min` or `2 h`.
    var text: String { width < 3600 ? "\(Int(width / 60)) min" : "\(Int(width / 3600)) h" }
}
