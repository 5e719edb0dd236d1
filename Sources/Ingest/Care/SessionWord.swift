import EPUArchive
import GRDB

/// What a person said of a whole session, which also holds for a part of it.
struct SessionWord {
    private let sessionID: Int64

    init(of sessionID: Int64) { self.sessionID = sessionID }

    /// Says the same of a part that is new: how to calibrate it, its matrices, what to publish, and which sessions are on its
    /// grid.
    func give(to part: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE session SET (asked_method, given_pitch_um) = (o.asked_method, o.given_pitch_um) FROM session o
                WHERE session.session_id = ? AND o.session_id = ?
                """, arguments: [part, sessionID])
        try copy("calibration", ["calibration_id": nil, "session_id": "\(part)"], where: "o.method = 'given'", db)
        try copy("published_analysis", ["session_id": "\(part)", "analysis_id": "NULL"], db)
        try db.execute(
            sql: """
                INSERT INTO same_grid (session_id, other_session_id, said_at)
                SELECT min(o.other, :part), max(o.other, :part), o.said_at
                FROM (SELECT other_session_id AS other, said_at FROM same_grid WHERE session_id = :session UNION ALL
                      SELECT session_id, said_at FROM same_grid WHERE other_session_id = :session) AS o
                WHERE true ON CONFLICT DO NOTHING
                """, arguments: ["session": sessionID, "part": part])
    }

    /// Copies rows of the session.
    /// - Parameter values: The columns that get another value, in SQL, or, where there is none, their default.
    private func copy(_ table: String, _ values: [String: String?], where condition: String = "1", _ db: Database)
        throws
    {
        let names = try db.columns(in: table).map(\.name).filter { values[$0] != .some(nil) }
        let list = names.map { (values[$0] ?? nil) ?? "o." + $0 }.joined(separator: ", ")
        try db.execute(
            sql: """
                INSERT INTO \(table) (\(names.joined(separator: ", "))) SELECT \(list) FROM \(table) o
                WHERE o.session_id = ? AND \(condition)
                """, arguments: [sessionID])
    }
}
