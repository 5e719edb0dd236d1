/// Tells where one stage stop of a session ends and the next begins.
///
/// A stage stop is a run of a session's exposures, in time order, whose stage read-backs stay within 0.3 um of its first one. A
/// return to an old place is a new stop.
public struct StageStopRun: Sendable {
    /// How far a read-back may lie from the first one of its stop, um. Read-backs jitter by 1 to 2 nm and drift by up to 13 nm
    /// within a stop; holes are at least 0.6 um apart.
    public static let tolerance = 0.3

    /// The first read-back of the current stop, um; nil before the first exposure.
    private var first: Vector2?

    public init() {}

    /// Whether the next exposure, in time order, begins a new stop.
    /// - Parameter stage: The stage read-back of the exposure, um.
    public mutating func beginsStop(at stage: Vector2) -> Bool {
        if let first, first.distance(to: stage) <= Self.tolerance { return false }
        first = stage
        return true
    }
}
