import Foundation

/// An instant in ticks of 100 ns since 1970-01-01T00:00:00Z, the resolution in which EPU writes times.
///
/// Foundation's ISO 8601 parser stops at milliseconds, so that texts are read here without it.
public struct Timestamp: Hashable, Comparable, Sendable {
    public static let ticksPerSecond: Int64 = 10_000_000

    public var ticks: Int64

    public init(ticks: Int64) { self.ticks = ticks }

    /// The instant that the clock of this machine shows.
    public static var now: Timestamp {
        Timestamp(ticks: Int64(Date().timeIntervalSince1970 * Double(ticksPerSecond)))
    }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.ticks < b.ticks }

    public func adding(seconds: Double) -> Timestamp {
        Timestamp(ticks: ticks + Int64((seconds * Double(Self.ticksPerSecond)).rounded()))
    }

    /// Seconds from `earlier` to this instant.
    public func seconds(since earlier: Timestamp) -> Double {
        Double(ticks - earlier.ticks) / Double(Self.ticksPerSecond)
    }
}

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

extension Timestamp {
    /// Makes an instant from the fields of a date and a time; nil unless they name a second that exists (a leap second is
    /// refused).
    public init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), (0...23).contains(hour), (0...59).contains(minute),
            (0...59).contains(second)
        else { return nil }
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
        let monthLengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day >= 1, day <= monthLengths[month - 1] else { return nil }
        let seconds = Self.days(year: year, month: month, day: day) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        self.init(ticks: seconds * Self.ticksPerSecond)
    }

    /// Reads the text that the archive holds, which is UTC with seven fraction digits.
    public init?(archiveText text: some StringProtocol) {
        guard let time = LocalTime(epuText: text), time.utcOffsetMinutes == 0 else { return nil }
        self = time.instant
    }

    /// The text that the archive holds, `2024-09-01T04:01:10.0415010Z`: it always has the same length, so that text order is time
    /// order.
    public var archiveText: String {
        let (seconds, fraction) = flooredDivision(ticks, Self.ticksPerSecond)
        let (days, second) = flooredDivision(seconds, 86_400)
        let (year, month, day) = Self.civilDate(days: days)
        return String(unsafeUninitializedCapacity: 28) { text in
            var end = 0
            func put(_ value: Int64, _ width: Int, _ separator: Unicode.Scalar) {
                var rest = value
                for place in (end..<(end + width)).reversed() {
                    text[place] = UInt8(0x30 + rest % 10)
                    rest /= 10
                }
                text[end + width] = UInt8(ascii: separator)
                end += width + 1
            }
            put(year, 4, "-")
            put(month, 2, "-")
            put(day, 2, "T")
            put(second / 3600, 2, ":")
            put(second / 60 % 60, 2, ":")
            put(second % 60, 2, ".")
            put(fraction, 7, "Z")
            return end
        }
    }

    /// Date and time on a clock that is `utcOffsetMinutes` ahead of UTC; `fraction` is in ticks.
    func civil(utcOffsetMinutes: Int) -> (date: String, time: String, fraction: Int64) {
        let local = ticks + Int64(utcOffsetMinutes) * 60 * Self.ticksPerSecond
        let (seconds, fraction) = flooredDivision(local, Self.ticksPerSecond)
        let (days, secondOfDay) = flooredDivision(seconds, 86_400)
        let (year, month, day) = Self.civilDate(days: days)
        return (
            "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))",
            "\(padded(secondOfDay / 3600, 2)):\(padded(secondOfDay / 60 % 60, 2)):\(padded(secondOfDay % 60, 2))",
            fraction
        )
    }

    /// The number of days since 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, "chrono-compatible date
    /// algorithms").
    private static func days(year: Int, month: Int, day: Int) -> Int64 {
        let shifted = Int64(month <= 2 ? year - 1 : year)
        let (era, yearOfEra) = flooredDivision(shifted, 400)
        let dayOfYear = Int64((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1)
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civilDate(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = flooredDivision(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

private func flooredDivision(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let quotient = value / divisor - (value % divisor < 0 ? 1 : 0)
    return (quotient, value - quotient * divisor)
}

private func padded(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
}

/// Reads ASCII digits and separators from left to right; anything else ends the reading.
private struct DigitReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    private var digit: Int64? {
        guard position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 else { return nil }
        return Int64(bytes[position] - 0x30)
    }

    func peek(_ character: Unicode.Scalar) -> Bool {
        position < bytes.count && bytes[position] == UInt8(ascii: character)
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard peek(character) else { return false }
        position += 1
        return true
    }

    /// Reads exactly `count` digits as a number.
    mutating func number(_ count: Int) -> Int? {
        var value: Int64 = 0
        for _ in 0..<count {
            guard let digit else { return nil }
            value = value * 10 + digit
            position += 1
        }
        return Int(value)
    }

    /// Reads one or more digits after a decimal point as an integer of `width` digits.
    mutating func fraction(ofDigits width: Int) -> Int64? {
        var value: Int64 = 0
        var count = 0
        while let digit {
            if count < width { value = value * 10 + digit }
            count += 1
            position += 1
        }
        guard count > 0 else { return nil }
        for _ in 0..<max(0, width - count) { value *= 10 }
        return value
    }
}
