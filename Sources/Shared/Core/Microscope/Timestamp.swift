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

// MARK: - Text of the archive

extension Timestamp {
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
}
