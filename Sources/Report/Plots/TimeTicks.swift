import EPUCore

/// Round times along a span of time: minutes, hours, days, weeks, months or years of the clock that the seconds count.
struct TimeTicks {
    let marks: [(value: Double, text: String)]

    private static let day = 86_400.0
    private static let hour = 3600.0
    /// The first Monday of the clock, s: 1970-01-05.
    private static let monday = 4.0 * day
    private static let withinDay = [
        60.0, 120, 300, 600, 900, 1800, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour,
    ]

    /// - Parameters:
    ///   - seconds: the span of time, s since 1970.
    ///   - finest: the least step, s.
    init(over seconds: ClosedRange<Double>, atMost count: Int, finest: Double = day) {
        let least = max(finest, (seconds.upperBound - seconds.lowerBound) / Double(max(1, count)))
        if let step = Self.withinDay.first(where: { $0 >= least }) {
            marks = Self.multiples(of: step, in: seconds).map { value in
                let text = Self.time(value).archiveText
                // A mark at midnight has the day, which readers look for there.
                let isMidnight = value.truncatingRemainder(dividingBy: Self.day) == 0
                return (value, String(isMidnight ? text.dropFirst(5).prefix(5) : text.dropFirst(11).prefix(5)))
            }
            return
        }
        if let days = [1.0, 2, 7, 14].first(where: { $0 * Self.day >= least }) {
            marks = Self.multiples(of: days * Self.day, from: Self.monday, in: seconds).map { value in
                (value, String(Self.time(value).archiveText.prefix(10)))
            }
        } else {
            let months = [1, 2, 3, 6, 12, 24, 60, 120].first { Double($0) * 30 * Self.day >= least } ?? 600
            marks = Self.months(over: seconds, step: months)
        }
    }

    /// The range from the first time to the last, at least three days long: a single time then has a date beside it.
    static func span(of seconds: [Double]) -> ClosedRange<Double> {
        let least = seconds.min() ?? 0
        let greatest = seconds.max() ?? 0
        let more = max(0, 3 * day - (greatest - least)) / 2
        return (least - more)...(greatest + more)
    }

    private static func multiples(
        of step: Double, from origin: Double = 0, in range: ClosedRange<Double>
    ) -> [Double] {
        let first = ((range.lowerBound - origin) / step).rounded(.up)
        let last = ((range.upperBound - origin) / step).rounded(.down)
        return stride(from: first, through: last, by: 1).map { origin + $0 * step }
    }

    private static func months(over seconds: ClosedRange<Double>, step: Int) -> [(value: Double, text: String)] {
        let text = time(seconds.lowerBound).archiveText
        let start = (Int(text.prefix(4)) ?? 1970) * 12
        return stride(from: start - start % step, to: 10_000 * 12, by: step).lazy
            .compactMap { month -> (value: Double, text: String)? in
                Timestamp(year: month / 12, month: month % 12 + 1, day: 1, hour: 0, minute: 0, second: 0).map {
                    ($0.secondsSince1970, String($0.archiveText.prefix(step % 12 == 0 ? 4 : 7)))
                }
            }
            .prefix { $0.value <= seconds.upperBound }.filter { $0.value >= seconds.lowerBound }
    }

    private static func time(_ seconds: Double) -> Timestamp { Timestamp(ticks: 0).adding(seconds: seconds) }
}

extension Timestamp {
    var secondsSince1970: Double { seconds(since: Timestamp(ticks: 0)) }
}
