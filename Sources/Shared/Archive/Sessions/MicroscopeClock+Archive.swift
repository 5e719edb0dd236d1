public import EPUCore
public import GRDB

extension MicroscopeClock {
    /// Reads the clock of a session: all its exposures are looked at, one by one, as to sort a million takes SQLite some 80 MB.
    public init(of sessionID: Int64, _ db: Database) throws {
        var offsets: [(offset: Int, count: Int, firstAt: String)] = []
        var statement = try RowStatement(
            db,
            """
            SELECT utc_offset_minutes, acquired_at FROM exposure
            WHERE session_id = ? AND utc_offset_minutes IS NOT NULL ORDER BY acquired_at, name
            """)
        statement.bind(sessionID)
        try statement.forEachRow { row in
            let offset = Int(row.int(0))
            if let known = offsets.firstIndex(where: { $0.offset == offset }) {
                offsets[known].count += 1
            } else {
                offsets.append((offset, 1, row.string(1) ?? ""))
            }
        }
        offsets.sort { ($0.firstAt, $0.offset) < ($1.firstAt, $1.offset) }
        // Of equally common ones ingest takes the least.
        let usual = offsets.max { ($0.count, $1.offset) < ($1.count, $0.offset) }
        self.init(offsets: offsets.map(\.offset), usual: usual?.offset)
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
