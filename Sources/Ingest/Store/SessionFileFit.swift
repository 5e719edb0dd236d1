import EPUFormat
import EPUShared
import GRDB

/// Whether an EpuSession.dm can be that of some exposures: it begins before the last of them, and its template knows the
/// area of one. The template may change while a session runs, so that not every area has to be in it.
struct SessionFileFit {
    private let start: Timestamp?
    /// Empty: the file has no template, which says nothing.
    private let areas: Set<Int64>
    private var exposures = 0
    private var last: Timestamp?
    private var knowsAnArea = false
    private var others: Set<Int64> = []

    /// A session begins before its exposures on one clock or two. 14 hours is the most that a time zone can be wrong
    /// by, or a time of a file name be ahead of UTC; wrong clocks are mostly nearer.
    static let slack = 14 * 3600.0

    /// - Parameter earlier: areas that the session's file had before.
    init(_ metadata: SessionMetadata, earlier: [Int64] = []) {
        start = metadata.createdAt
        let own = (metadata.template?.areas ?? []).map(\.area)
        areas = own.isEmpty ? [] : Set(own + earlier)
    }

    /// - Returns: whether the file can be that of this exposure alone.
    @discardableResult
    mutating func add(area: Int64, acquired: Timestamp?, exposures count: Int = 1) -> Bool {
        exposures += count
        if let acquired { last = max(last ?? acquired, acquired) }
        let isKnown = areas.isEmpty || areas.contains(area)
        if isKnown { knowsAnArea = true } else { others.insert(area) }
        return isKnown && !isBefore(acquired)
    }

    /// The same of all exposures of a session, as the archive has them.
    mutating func addExposures(of sessionID: Int64, _ db: Database) throws {
        let rows = try Row.fetchAll(
            db, sql: "SELECT area, max(acquired_at), count(*) FROM exposure WHERE session_id = ? GROUP BY area",
            arguments: [sessionID])
        for row in rows {
            add(area: row[0], acquired: (row[1] as String?).flatMap { Timestamp(archiveText: $0) }, exposures: row[2])
        }
    }

    private func isBefore(_ time: Timestamp?) -> Bool {
        guard let start, let time else { return false }
        return time < start.adding(seconds: -Self.slack)
    }

    /// Why it cannot be theirs, with the numbers; nil: it can, or there are none.
    var reason: String? {
        guard exposures > 0 else { return nil }
        let ofAll = exposures == 1 ? "the one exposure" : "the last of \(exposures) exposures"
        if let start, let last, isBefore(last) {
            return "its session began at \(Self.text(start)) and \(ofAll) is from \(Self.text(last)) "
                + "(clocks and time zones may differ by 14 hours)"
        }
        guard !areas.isEmpty, !knowsAnArea else { return nil }
        return "its template has the areas \(Self.text(areas)), and the exposures have none of them "
            + "but \(Self.text(others))"
    }

    private static func text(_ time: Timestamp) -> String {
        LocalTime(instant: time, utcOffsetMinutes: 0).microscopeText + " UTC"
    }

    private static func text(_ areas: Set<Int64>) -> String {
        let some = areas.sorted().prefix(6).map(String.init).joined(separator: ", ")
        return areas.count > 6 ? "\(some) ..." : some
    }
}
