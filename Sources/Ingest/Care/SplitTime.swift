import EPUCore

/// A time as a person writes it: `2025-01-08 15:49:10`, or with `T` for the space, without the seconds or the time of day; with
/// `Z` or an offset as `+01:00` behind it where it is not by the microscope's clock.
struct SplitTime {
    private let time: LocalTime

    init?(_ text: String) {
        let form = /(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?/
        guard let parts = text.wholeMatch(of: form)?.output,
            let time = LocalTime(epuText: "\(parts.1)T\(parts.2 ?? "00:00")\(parts.3 ?? ":00")\(parts.4 ?? "")")
        else { return nil }
        self.time = time
    }

    /// The instant in UTC.
    /// - Parameter utcOffsetMinutes: By how much the microscope's clock is ahead of UTC; nil where it is not known: the archive
    ///   then has the times of that clock as if they were UTC.
    func instant(utcOffsetMinutes: Int?) -> Timestamp {
        guard time.utcOffsetMinutes == nil else { return time.instant }
        return time.instant.adding(seconds: -60 * Double(utcOffsetMinutes ?? 0))
    }
}
