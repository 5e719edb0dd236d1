/// The clock of a session's microscope, by which people read times.
///
/// The one rule of all that the tools print: a person sees the microscope's clock, which stood on the microscopist's screen, and
/// whatever shows a time shows `heading` once; SQL, JSON and CSV have UTC. Where the clock was set to summer or winter time within
/// the session, each time carries its own offset.
public struct MicroscopeClock: Hashable, Sendable {
    /// The offsets from UTC that the session's exposures recorded, minutes, in the order in which they were first used. Empty:
    /// none recorded one, and the archive has the times of file names, which are by this clock, as if they were UTC.
    public let offsets: [Int]
    /// The commonest of the offsets, minutes. It is also that of exposures that recorded none: by it the archive took the times
    /// of their names to UTC. Nil: not known.
    public let usual: Int?

    public init(offsets: [Int], usual: Int? = nil) {
        self.offsets = offsets
        self.usual = usual ?? offsets.first
    }

    /// What stands once above or beside times: `microscope's clock, UTC+02:00`.
    public var heading: String {
        "microscope's clock, "
            + (offsets.isEmpty
                ? "its offset from UTC is not known"
                : offsets.map { LocalTime.offsetText(minutes: $0) }.joined(separator: ", then "))
    }

    /// A time on this clock.
    /// - Parameter offset: The offset from UTC that its exposure recorded, minutes; nil where it recorded none.
    public func time(_ instant: Timestamp, offset: Int?) -> LocalTime {
        LocalTime(instant: instant, utcOffsetMinutes: offset ?? usual)
    }

    /// A time as people read it: `2025-01-08 16:23:21`, and `2025-03-30 03:10:05 UTC+02:00` in a session with several offsets.
    /// - Parameters:
    ///   - archived: The time as the archive has it.
    ///   - offset: The offset from UTC that its exposure recorded, minutes; nil where it recorded none.
    public func text(_ archived: String, offset: Int?) -> String {
        guard let instant = Timestamp(archiveText: archived) else { return archived }
        let time = time(instant, offset: offset)
        return time.microscopeText
            + (offsets.count > 1 ? " " + LocalTime.offsetText(minutes: time.utcOffsetMinutes) : "")
    }
}

extension LocalTime {
    /// An offset from UTC: `UTC+02:00`.
    /// - Parameter minutes: Nil where it is not known.
    public static func offsetText(minutes: Int?) -> String {
        guard let minutes else { return "offset from UTC not known" }
        let size = Int64(abs(minutes))
        return "UTC" + (minutes < 0 ? "-" : "+") + padded(size / 60, 2) + ":" + padded(size % 60, 2)
    }

    /// A time that stands alone, with its offset: `2024-09-01 06:01:10 (UTC+02:00)`.
    public var labelledText: String { microscopeText + offsetWords }

    /// The same to the minute.
    public var labelledMinute: String { microscopeText.prefix(16) + offsetWords }

    private var offsetWords: String { " (" + Self.offsetText(minutes: utcOffsetMinutes) + ")" }
}
