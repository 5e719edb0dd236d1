import EPUArchive
import EPUCore
import GRDB

/// The notice of a long pause: exposures without EpuSession.dm that go on after days are perhaps those of another grid.
struct PauseNotice {
    let sessionID: Int64

    private static let name = "pause-without-session-file"
    /// The length of a pause, days, from which on it is long. An autoloader is filled and a session begun within one day;
    /// failures mostly cost less, too.
    private static let longPause = 2.0

    func settle(_ db: Database) throws {
        try NoticeStore(sessionID: sessionID).replace([Self.name], with: find(db).map { [$0] } ?? [], db)
    }

    private func find(_ db: Database) throws -> Notice? {
        let isDescribed = try Bool.fetchOne(
            db, sql: "SELECT epu_name IS NOT NULL OR created_at IS NOT NULL FROM session WHERE session_id = ?",
            arguments: [sessionID])
        guard isDescribed == false else { return nil }
        let clock = try MicroscopeClock(of: sessionID, db)
        let times = try Row.fetchCursor(
            db, sql: "SELECT acquired_at, utc_offset_minutes FROM exposure WHERE session_id = ? ORDER BY acquired_at",
            arguments: [sessionID])
        var count = 0
        var last: LocalTime?
        var longest: (days: Double, from: LocalTime, to: LocalTime, before: Int)?
        var pauses = 0
        while let row = try times.next() {
            guard let instant = Timestamp(archiveText: row[0] as String) else { continue }
            let time = clock.time(instant, offset: row[1])
            if let last {
                let days = time.instant.seconds(since: last.instant) / 86_400
                if days >= Self.longPause { pauses += 1 }
                if days >= Self.longPause, days > longest?.days ?? 0 { longest = (days, last, time, count) }
            }
            last = time
            count += 1
        }
        guard let longest else { return nil }
        let others = pauses > 1 ? ", the longest of \(pauses) pauses" : ""
        return Notice(
            name: Self.name,
            message: """
                nothing was shot for \(longest.days.text(decimals: 1)) days, from \(longest.from.labelledMinute) to \
                \(longest.to.labelledMinute)\(others): \(longest.before) exposures before and \(count - longest.before) \
                after may be of two grids, which cannot be told apart without EpuSession.dm. Ingest them with it, or \
                from folders of their own.
                """,
            exposures: count)
    }
}
