import EPUArchive
import EPUCore
import GRDB

/// A person's statement that two sessions are on one grid.
struct SameGrid: Encodable, Equatable, ArchiveRecord {
    let session: String
    let other: String
    /// The time when it was said, UTC.
    let saidAt: String

    private struct Both: ArchiveRecord {
        let differ: Bool
        let isKnown: Bool
    }

    /// - Throws: `Failure` where nothing has to be said, or nothing can be compared.
    static func say(_ session: SessionRow, _ other: SessionRow, at time: Timestamp, _ db: Database) throws -> SameGrid {
        let (first, second) = try ordered(session, other)
        let both = try Both.fetchOne(
            db,
            sql: """
                SELECT a.instrument_id IS NOT b.instrument_id AND a.instrument_id IS NOT NULL AND b.instrument_id IS NOT NULL
                           AS differ,
                       a.grid = b.grid AND EXISTS (
                           SELECT 1 FROM grid_square x JOIN grid_square y USING (grid_square)
                           WHERE x.session_id = a.session_id AND y.session_id = b.session_id) AS is_known
                FROM session a, session b WHERE a.session_id = ? AND b.session_id = ?
                """, arguments: [first.sessionID, second.sessionID])
        if let both, both.differ {
            throw Failure(
                "\(session.name) and \(other.name) were recorded by two microscopes; only sessions of one can be compared."
            )
        }
        if let both, both.isKnown {
            throw Failure(
                "\(session.name) and \(other.name) share an atlas and are compared without a word: run `epu-analyze`.")
        }
        try db.execute(
            sql: "INSERT OR IGNORE INTO same_grid (session_id, other_session_id, said_at) VALUES (?, ?, ?)",
            arguments: [first.sessionID, second.sessionID, time.archiveText])
        return SameGrid(session: first.name, other: second.name, saidAt: time.archiveText)
    }

    /// - Throws: `Failure` where it was never said.
    static func takeBack(_ session: SessionRow, _ other: SessionRow, _ db: Database) throws {
        let (first, second) = try ordered(session, other)
        try db.execute(
            sql: "DELETE FROM same_grid WHERE session_id = ? AND other_session_id = ?",
            arguments: [first.sessionID, second.sessionID])
        guard db.changesCount > 0 else {
            throw Failure(
                "Nobody said that \(session.name) and \(other.name) are on one grid; `epu-analyze same-grid` lists what was said."
            )
        }
    }

    static func all(_ db: Database) throws -> [SameGrid] {
        try fetchAll(
            db,
            sql: """
                SELECT a.name AS session, b.name AS other, said_at FROM same_grid g
                JOIN session a ON a.session_id = g.session_id JOIN session b ON b.session_id = g.other_session_id
                ORDER BY said_at, g.session_id, g.other_session_id
                """)
    }

    /// The two sessions in a fixed order: what is said holds both ways, and is stored once.
    private static func ordered(_ a: SessionRow, _ b: SessionRow) throws -> (SessionRow, SessionRow) {
        guard a.sessionID != b.sessionID else { throw Failure("Name two different sessions: both are \(a.name).") }
        return a.sessionID < b.sessionID ? (a, b) : (b, a)
    }
}
