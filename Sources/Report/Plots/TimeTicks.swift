import EPUShared

/// Round dates along a span of time, in UTC: days, weeks, months or years.
struct TimeTicks {
    let marks: [(value: Double, text: String)]

    private static let day = 86_400.0
    /// 1970-01-05 was a Monday.
    private static let monday = 4.0 * day

    /// - Parameter seconds: since 1970, UTC.
    init(over seconds: ClosedRange<Double>, atMost count: Int) {
        let least = (seconds.upperBound - seconds.lowerBound) / Double(max(1, count))
        if let days = [1.0, 2, 7, 14].first(where: { $0 * Self.day >= least }) {
            let step = days * Self.day
            let first = ((seconds.lowerBound - Self.monday) / step).rounded(.up)
            let last = ((seconds.upperBound - Self.monday) / step).rounded(.down)
            marks = stride(from: first, through: last, by: 1).map { number in
                let value = Self.monday + number * step
                return (value, String(Self.time(value).archiveText.prefix(10)))
            }
        } else {
            let months = [1, 2, 3, 6, 12, 24, 60, 120].first { Double($0) * 30 * Self.day >= least } ?? 600
            marks = Self.months(over: seconds, step: months)
        }
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
