import EPUCore

/// Other times in place of those of a session: all are moved by one step, and the microscope's clock is set to UTC.
struct SampleClock: Sendable {
    /// 2020-01-01T12:00:00Z, the minute or second in which the first exposure then is.
    static let start = Timestamp(ticks: 1_577_880_000 * Timestamp.ticksPerSecond)

    /// By how much all times are moved, ticks.
    private let step: Int64

    /// - Parameters:
    ///   - first: The time of the first exposure; nil where there is none.
    ///   - keepsMinutes: Whether names have times without seconds: then all times are moved by whole minutes, else by whole
    ///     seconds, so that a name says what it said.
    init(first: Timestamp?, keepsMinutes: Bool) {
        let unit = (keepsMinutes ? 60 : 1) * Timestamp.ticksPerSecond
        let difference = Self.start.ticks - (first ?? Self.start).ticks
        let remainder = difference % unit
        step = difference - remainder + (remainder > 0 ? unit : 0)
    }

    func moved(_ time: Timestamp) -> Timestamp { Timestamp(ticks: time.ticks + step) }

    /// Microseconds since 1970.
    func moved(microseconds: Int64) -> Int64 {
        let (sum, overflow) = microseconds.addingReportingOverflow(step / 10)
        return overflow ? 0 : sum
    }

    /// The years that a time may have, as the reader of images has it: .NET writes the year 1 for "no date".
    static let years =
        Timestamp(
            ticks: 631_152_000 * Timestamp.ticksPerSecond)..<Timestamp(ticks: 4_102_444_800 * Timestamp.ticksPerSecond)

    /// A time in EPU's spelling, with an offset of +00:00 if it had one; a time of no year that counts is the year 1.
    func text(_ time: LocalTime) -> String {
        let isKnown = time.utcOffsetMinutes != nil
        guard Self.years.contains(time.instant) else { return isKnown ? "0001-01-01T00:00:00Z" : "0001-01-01T00:00:00" }
        let text = LocalTime(instant: moved(time.instant), utcOffsetMinutes: 0).epuText
        return isKnown ? text : String(text.dropLast("+00:00".count))
    }

    /// The time at the end of a base name, `20250108_154915` or `20190513_1722`, with the same number of digits.
    /// - Parameter offset: By how much the clock that wrote it is ahead of UTC, minutes.
    func nameTime(_ base: String, offset: Int) -> String {
        let fields = base.split(separator: "_").suffix(2)
        let length = fields.last?.count ?? 6
        guard let local = timeOfName(base), Self.years.contains(local) else {
            // No such time exists, nor does the one that is written for it.
            return "00000000_" + String(repeating: "0", count: length)
        }
        let time = moved(Timestamp(ticks: local.ticks - Int64(offset) * 60 * Timestamp.ticksPerSecond))
        let digits = LocalTime(instant: time, utcOffsetMinutes: 0).epuText.filter(\.isNumber)
        return digits.prefix(8) + "_" + digits.dropFirst(8).prefix(length)
    }
}

/// By how much the clock that gave a session's files their names was ahead of UTC.
struct SampleOffsets: Sendable {
    private var counts: [Int: Int] = [:]
    private var ofBase: [String: Int] = [:]

    mutating func add(_ minutes: Int, base: String) {
        counts[minutes, default: 0] += 1
        ofBase[base] = minutes
    }

    /// Adds those of files that come after these.
    mutating func add(_ later: SampleOffsets) {
        counts.merge(later.counts, uniquingKeysWith: +)
        ofBase.merge(later.ofBase) { $1 }
    }

    /// The commonest offset, minutes; 0 where no file says it.
    private(set) var usual = 0

    /// Forgets the names that have the commonest offset, when all are added.
    mutating func settle() {
        usual = counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key ?? 0
        ofBase = ofBase.filter { $0.value != usual }
    }

    subscript(_ base: String) -> Int { ofBase[base] ?? usual }
}
