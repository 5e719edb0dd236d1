import EPUCore
import EPUFormat
import GRDB

/// The test whether an EpuSession.dm can belong to some exposures: it begins before the last of them, and its template knows the
/// area of one. The template may change while a session runs, so that not every area has to be in it.
struct SessionFileFit {
    private let start: Timestamp?
    /// The areas of the template, also of earlier ones; empty where the file has no template, which says nothing.
    private let areas: Set<Int64>
    private var exposures = 0
    /// The time of the exposure that began last, as far as its clock can be wrong.
    private var last: LocalTime?
    private var knowsAnArea = false
    private var others: Set<Int64> = []

    /// The error of clocks that is allowed for, seconds. A session begins before its exposures, by the same clock; where this
    /// clock was set, or moved to winter time, it may seem to begin up to an hour after them.
    static let slack = 3600.0
    /// The error that is allowed for in a time without an offset from UTC, such as that of a file name, seconds: 14 hours is the
    /// most that it can be ahead of UTC.
    private static let zoneSlack = 14 * 3600.0

    /// How much earlier than its session an exposure of this time may seem, s.
    static func slack(of time: LocalTime) -> Double { time.utcOffsetMinutes == nil ? zoneSlack : slack }

    /// Begins a test without exposures.
    /// - Parameter earlier: The areas that the session's file had before.
    init(_ metadata: SessionMetadata, earlier: [Int64] = []) {
        start = metadata.createdAt
        let own = (metadata.template?.areas ?? []).map(\.area)
        areas = own.isEmpty ? [] : Set(own + earlier)
    }

    /// Adds exposures of one area.
    /// - Returns: Whether the file can belong to these exposures alone.
    @discardableResult
    mutating func add(area: Int64, acquired: LocalTime?, exposures count: Int = 1) -> Bool {
        exposures += count
        if let acquired, last.map({ Self.latest($0) < Self.latest(acquired) }) ?? true { last = acquired }
        let isKnown = areas.isEmpty || areas.contains(area)
        if isKnown { knowsAnArea = true } else { others.insert(area) }
        return isKnown && !isBefore(acquired)
    }

    /// Adds all exposures that the archive has of a session.
    /// - Parameter rootID: The root whose files count; nil for all.
    /// - Returns: Whether the file can belong to one of them alone.
    @discardableResult
    mutating func addExposures(of sessionID: Int64, inRoot rootID: Int64? = nil, _ db: Database) throws -> Bool {
        let ofRoot = "metadata_file_id IN (SELECT source_file_id FROM source_file WHERE session_root_id = ?)"
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT area, max(acquired_at), min(utc_offset_minutes), count(*) FROM exposure
                WHERE session_id = ? AND \(rootID == nil ? "1" : ofRoot) GROUP BY area, utc_offset_minutes IS NULL
                """,
            arguments: StatementArguments([sessionID, rootID].compactMap { $0 }))
        return rows.map { row in
            add(area: row[0], acquired: LocalTime(archiveText: row[1], utcOffsetMinutes: row[2]), exposures: row[3])
        }.contains(true)
    }

    private func isBefore(_ time: LocalTime?) -> Bool {
        guard let start, let time else { return false }
        return Self.latest(time) < start
    }

    private static func latest(_ time: LocalTime) -> Timestamp { time.instant.adding(seconds: slack(of: time)) }

    /// The reason why the file cannot belong to the exposures, with the numbers; nil where it can, or there are no exposures.
    var reason: String? {
        guard exposures > 0 else { return nil }
        let ofAll = exposures == 1 ? "the one exposure" : "the last of \(exposures) exposures"
        if let start, let last, isBefore(last) {
            let allowance =
                last.utcOffsetMinutes == nil ? "time zones may differ by 14 hours" : "clocks may differ by an hour"
            // The file's own offset is not kept: both times are given by the clock of the exposure, as far as that is known.
            let began = LocalTime(instant: start, utcOffsetMinutes: last.utcOffsetMinutes ?? 0)
            return "its session began at \(began.labelledText) and \(ofAll) is from \(last.labelledText) "
                + "(\(allowance))"
        }
        guard !areas.isEmpty, !knowsAnArea else { return nil }
        return "its template has the areas \(Self.text(areas)), and the exposures have none of them "
            + "but \(Self.text(others))"
    }

    private static func text(_ areas: Set<Int64>) -> String {
        let some = areas.sorted().prefix(6).map(String.init).joined(separator: ", ")
        return areas.count > 6 ? "\(some) ..." : some
    }
}
