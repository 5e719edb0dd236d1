/// An instant together with the clock of the microscope PC that wrote it.
public struct LocalTime: Hashable, Sendable {
    public var instant: Timestamp
    /// Minutes that the microscope's clock is ahead of UTC; nil where the file does not say.
    public var utcOffsetMinutes: Int?

    public init(instant: Timestamp, utcOffsetMinutes: Int?) {
        self.instant = instant
        self.utcOffsetMinutes = utcOffsetMinutes
    }
}

// MARK: - Text

extension LocalTime {
    /// Reads `2024-09-01T06:01:10.041501+02:00`: 0 to 7 fraction digits (further ones are dropped), `Z` or `±hh:mm`.
    public init?(epuText text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard let time = bytes.withUnsafeBufferPointer({ LocalTime(epuText: $0) }) else { return nil }
        self = time
    }

    /// Reads the same text from bytes that are no String yet.
    public init?(epuText text: UnsafeBufferPointer<UInt8>) {
        var digits = DigitReader(text)
        guard let year = digits.number(4), digits.skip("-"), let month = digits.number(2), digits.skip("-"),
            let day = digits.number(2), digits.skip("T"), let hour = digits.number(2), digits.skip(":"),
            let minute = digits.number(2), digits.skip(":"), let second = digits.number(2)
        else { return nil }
        var fraction: Int64 = 0
        if digits.skip(".") {
            guard let ticks = digits.fraction(ofDigits: 7) else { return nil }
            fraction = ticks
        }
        var offset: Int?
        if digits.skip("Z") {
            offset = 0
        } else if digits.peek("+") || digits.peek("-") {
            let sign = digits.skip("-") ? -1 : 1
            if sign == 1 { _ = digits.skip("+") }
            guard let hours = digits.number(2), digits.skip(":"), let minutes = digits.number(2), hours <= 14,
                minutes < 60
            else { return nil }
            offset = sign * (hours * 60 + minutes)
        }
        guard digits.isAtEnd,
            let civil = Timestamp(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        else { return nil }
        self.init(
            instant: Timestamp(
                ticks: civil.ticks + fraction - Int64(offset ?? 0) * 60 * Timestamp.ticksPerSecond),
            utcOffsetMinutes: offset)
    }

    /// The time in EPU's spelling, on the microscope's clock: `2024-09-01T06:01:10.041501+02:00`, trailing zeros dropped.
    public var epuText: String {
        let offset = utcOffsetMinutes ?? 0
        let parts = instant.civil(utcOffsetMinutes: offset)
        var text = "\(parts.date)T\(parts.time)"
        if parts.fraction > 0 {
            var digits = padded(parts.fraction, 7)
            while digits.hasSuffix("0") { digits.removeLast() }
            text += "." + digits
        }
        let minutes = abs(offset)
        return text + (offset < 0 ? "-" : "+") + padded(Int64(minutes / 60), 2) + ":" + padded(Int64(minutes % 60), 2)
    }

    /// The time on the microscope's clock in the spelling `2024-09-01 06:01:10`.
    public var microscopeText: String {
        let parts = instant.civil(utcOffsetMinutes: utcOffsetMinutes ?? 0)
        return "\(parts.date) \(parts.time)"
    }
}
