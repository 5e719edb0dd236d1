public import EPUCore

/// How fast a session was recorded.
///
/// What a microscope does in an hour of work is not what an hour of a session gives: nitrogen is refilled, somebody
/// looks, the stage hangs. Intervals between successive exposures of more than ten minutes are therefore pauses. The
/// median of intervals would be that between two areas of a hole, and say nothing of the stage.
public struct AcquisitionRate: Encodable, Equatable, Sendable {
    /// The number of exposures in an hour outside pauses; nil where too little lies outside them.
    public private(set) var exposuresPerHour: Double?
    /// The number of exposures in an hour from the first to the last, with pauses; nil where too little lies between these.
    public private(set) var exposuresPerHourWithPauses: Double?
    public private(set) var hours = 0.0
    public private(set) var pauses = 0
    public private(set) var pausedHours = 0.0
    /// The median interval between successive exposures, s; nil where there are fewer than two.
    public private(set) var medianIntervalS: Double?

    /// The longest interval, s, that is no pause.
    public static let longestInterval = 600.0

    /// The least number of intervals that make a rate. The error of a count n is about the root of n: the rate of fewer than four
    /// is wrong by more than its half.
    static let leastIntervals = 4
    /// The least time, s, that makes a rate of few intervals. One interval of work may be as long: in less than that it is not known
    /// how the session goes on, but only how fast the areas of a hole or two follow each other.
    static let leastTime = longestInterval
    /// The number of intervals that make a rate in any time: more than a hole has areas, of which up to 29 were seen, so that moves
    /// of the stage are among them; and the error of their number is 14 %.
    static let manyIntervals = 50

    /// Finds the rate of exposures.
    /// - Parameter times: The times of the exposures, ascending.
    public init(_ times: [Timestamp]) {
        let intervals = zip(times.dropFirst(), times).map { $0.seconds(since: $1) }
        let paused = intervals.filter { $0 > Self.longestInterval }
        let (total, inPauses) = (intervals.reduce(0, +), paused.reduce(0, +))
        hours = total / 3600
        pauses = paused.count
        pausedHours = inPauses / 3600
        medianIntervalS = Distribution(intervals)?.median
        exposuresPerHourWithPauses = Self.perHour(intervals.count, in: total)
        exposuresPerHour = Self.perHour(intervals.count - paused.count, in: total - inPauses)
    }

    private static func perHour(_ intervals: Int, in seconds: Double) -> Double? {
        guard seconds > 0, intervals >= leastIntervals, seconds >= leastTime || intervals >= manyIntervals else {
            return nil
        }
        return 3600 * Double(intervals) / seconds
    }

    /// A rate that was found before, maybe by a version that made one of any exposures.
    /// - Parameter exposures: The number of exposures that it was found from.
    init(
        exposuresPerHour: Double?, withPauses: Double?, hours: Double, pauses: Int, pausedHours: Double,
        medianIntervalS: Double?, exposures: Int
    ) {
        func known(_ rate: Double?, _ intervals: Int, hours: Double) -> Double? {
            // Hours are rounded, and the least time itself is enough.
            Self.perHour(intervals, in: 3600 * hours + 1e-3) == nil ? nil : rate
        }
        self.exposuresPerHour = known(exposuresPerHour, exposures - 1 - pauses, hours: hours - pausedHours)
        exposuresPerHourWithPauses = known(withPauses, exposures - 1, hours: hours)
        (self.hours, self.pauses, self.pausedHours) = (hours, pauses, pausedHours)
        self.medianIntervalS = medianIntervalS
    }
}
