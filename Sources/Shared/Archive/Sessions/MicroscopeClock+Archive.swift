public import EPUCore
public import GRDB

extension MicroscopeClock {
    /// Reads the clock of a session: all its exposures are looked at.
    public init(of sessionID: Int64, _ db: Database) throws {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT utc_offset_minutes, count(*), min(acquired_at) FROM exposure
                    WHERE session_id = ? AND utc_offset_minutes IS NOT NULL GROUP BY 1 ORDER BY 3, 1
                    """), arguments: [sessionID])
        // Of equally common ones ingest takes the least.
        let usual = rows.max { ($0[1], $1[0]) < ($1[1] as Int, $0[0] as Int) }
        self.init(offsets: rows.map { $0[0] }, usual: usual?[0])
    }

    /// The offset that counts for an exposure that recorded none, in SQL: the commonest of its session, or NULL.
    /// - Parameter session: The expression for the id of its session.
    public static func usualSQL(session: String) -> String {
        """
        (SELECT o.utc_offset_minutes FROM exposure o WHERE o.session_id = \(session) AND o.utc_offset_minutes IS NOT NULL
         GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1)
        """
    }

    /// The times of the first and of the last exposure of a session on this clock, as people read them; nil where it has none.
    public func span(of sessionID: Int64, _ db: Database) throws -> (first: String, last: String)? {
        func end(_ order: String) throws -> String? {
            try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT acquired_at, utc_offset_minutes FROM exposure WHERE session_id = ?
                        ORDER BY acquired_at \(order), name \(order) LIMIT 1
                        """), arguments: [sessionID]
            ).map { text($0[0], offset: $0[1]) }
        }
        guard let first = try end("ASC"), let last = try end("DESC") else { return nil }
        return (first, last)
    }

    /// The time of the first exposure of a session on its microscope's clock; nil where it has none.
    public static func start(of sessionID: Int64, _ db: Database) throws -> LocalTime? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT acquired_at, ifnull(utc_offset_minutes, \(usualSQL(session: "?1")))
                    FROM exposure WHERE session_id = ?1 ORDER BY acquired_at, name LIMIT 1
                    """), arguments: [sessionID])
        guard let row, let instant = Timestamp(archiveText: row[0] as String) else { return nil }
        return LocalTime(instant: instant, utcOffsetMinutes: row[1])
    }
}
