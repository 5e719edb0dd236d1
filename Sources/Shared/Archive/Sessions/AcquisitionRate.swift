public import EPUCore

/// How fast a session was recorded.
///
/// What a microscope does in an hour of work is not what an hour of a session gives: nitrogen is refilled, somebody
/// looks, the stage hangs. Intervals between successive exposures of more than ten minutes are therefore pauses. The
/// median of intervals would be that between two areas of a hole, and say nothing of the stage.
public struct AcquisitionRate: Encodable, Equatable, Sendable {
    /// The number of exposures in an hour outside pauses; nil where no time lies outside them.
    public private(set) var exposuresPerHour: Double?
    /// The number of exposures in an hour from the first to the last, with pauses; nil where no time lies between these.
    public private(set) var exposuresPerHourWithPauses: Double?
    public private(set) var hours = 0.0
    public private(set) var pauses = 0
    public private(set) var pausedHours = 0.0
    /// The median interval between successive exposures, s; nil where there are fewer than two.
    public private(set) var medianIntervalS: Double?

    /// The longest interval, s, that is no pause.
    public static let longestInterval = 600.0

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
        if total > 0 { exposuresPerHourWithPauses = 3600 * Double(intervals.count) / total }
        if total > inPauses {
            exposuresPerHour = 3600 * Double(intervals.count - paused.count) / (total - inPauses)
        }
    }

    /// A rate that was found before.
    init(
        exposuresPerHour: Double?, withPauses: Double?, hours: Double, pauses: Int, pausedHours: Double,
        medianIntervalS: Double?
    ) {
        self.exposuresPerHour = exposuresPerHour
        exposuresPerHourWithPauses = withPauses
        (self.hours, self.pauses, self.pausedHours) = (hours, pauses, pausedHours)
        self.medianIntervalS = medianIntervalS
    }
}
