import EPUArchive
import GRDB

/// Takes over what people said of a session from a copy of it that goes, or does not come in.
///
/// The tables of the copy lie in a schema `source`; `temp.merged_session` says which session of the archive each of that
/// schema's sessions is.
struct PersonsWord {
    let source: String

    /// Notes which session of the archive each of the copy's sessions is.
    static func note(_ sessions: [Int64: Int64], _ db: Database) throws {
        try db.execute(
            sql: """
                DROP TABLE IF EXISTS temp.merged_session;
                CREATE TEMP TABLE merged_session (old_id INTEGER PRIMARY KEY, session_id INTEGER NOT NULL)
                """)
        for (old, new) in sessions {
            try db.execute(
                sql: "INSERT INTO temp.merged_session (old_id, session_id) VALUES (?, ?)", arguments: [old, new])
        }
    }

    /// What was taken over of a session.
    struct Taken {
        /// The number of reviews that are new or other ones now.
        let reviews: Int
        /// Whether the calibration that a person asked for is.
        let isAsked: Bool
    }

    /// Takes over all that people said of one session.
    func take(of sessionID: Int64, _ columns: IDColumns, _ db: Database) throws -> Taken {
        let taken = try Taken(reviews: takeReviews(of: sessionID, db), isAsked: takeAsked(of: sessionID, db))
        try takePublication(of: sessionID, columns, db)
        return taken
    }

    /// Takes over reviews, by the names and ids of their exposures: of two, the newer one stays.
    private func takeReviews(of sessionID: Int64, _ db: Database) throws -> Int {
        try db.execute(
            sql: """
                INSERT INTO main.review (exposure_id, verdict, reason, reviewed_at)
                SELECT kept.exposure_id, r.verdict, r.reason, r.reviewed_at
                FROM \(source).exposure gone
                JOIN \(source).review r ON r.exposure_id = gone.exposure_id
                JOIN temp.merged_session m ON m.old_id = gone.session_id
                JOIN main.exposure kept ON kept.session_id IN \(MergedSplits.family(of: "m.session_id", in: "main"))
                    AND kept.name = gone.name
                    AND ifnull(kept.unique_id, '') = ifnull(gone.unique_id, '')
                WHERE gone.session_id = ?
                ON CONFLICT (exposure_id) DO UPDATE
                SET verdict = excluded.verdict, reason = excluded.reason, reviewed_at = excluded.reviewed_at
                WHERE excluded.reviewed_at > review.reviewed_at
                """, arguments: [sessionID])
        return db.changesCount
    }

    /// Takes over how a person asked for the session to be calibrated, where nobody asked for it here: epu-analyze does it then.
    private func takeAsked(of sessionID: Int64, _ db: Database) throws -> Bool {
        let target = try Int64.fetchOne(
            db,
            sql: """
                UPDATE main.session
                SET asked_method = ifnull(session.asked_method, gone.asked_method),
                    given_pitch_um = ifnull(session.given_pitch_um, gone.given_pitch_um)
                FROM \(source).session gone JOIN temp.merged_session m ON m.old_id = gone.session_id
                WHERE gone.session_id = ? AND session.session_id = m.session_id
                    AND (session.asked_method IS NULL AND gone.asked_method IS NOT NULL
                         OR session.given_pitch_um IS NULL AND gone.given_pitch_um IS NOT NULL)
                RETURNING session_id
                """, arguments: [sessionID])
        if let target { try StaleResults.calibration.forget(of: target, db) }
        return target != nil
    }

    /// Takes over which analysis a person published, of two the one that was published later: epu-analyze makes it again.
    private func takePublication(of sessionID: Int64, _ columns: IDColumns, _ db: Database) throws {
        let names = columns.tables.first { $0.name == "published_analysis" }?.columns.map(\.name) ?? []
        let values = names.map { ["session_id": "m.session_id", "analysis_id": "NULL"][$0] ?? "p." + $0 }
        try db.execute(
            sql: """
                INSERT INTO main.published_analysis (\(names.joined(separator: ", ")))
                SELECT \(values.joined(separator: ", "))
                FROM \(source).published_analysis p JOIN temp.merged_session m ON m.old_id = p.session_id
                WHERE p.session_id = ? ON CONFLICT (session_id) DO UPDATE
                SET \(names.map { "\($0) = excluded.\($0)" }.joined(separator: ", "))
                WHERE excluded.published_at > published_analysis.published_at
                """, arguments: [sessionID])
    }

    /// Takes over that sessions are on one grid.
    func takeSameGrids(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO main.same_grid (session_id, other_session_id, said_at)
                SELECT min(a.session_id, b.session_id), max(a.session_id, b.session_id), g.said_at
                FROM \(source).same_grid g
                JOIN temp.merged_session a ON a.old_id = g.session_id
                JOIN temp.merged_session b ON b.old_id = g.other_session_id
                WHERE a.session_id <> b.session_id ON CONFLICT DO NOTHING
                """)
    }
}
