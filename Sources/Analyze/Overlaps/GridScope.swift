import EPUShared
import GRDB

/// The session that an analysis judges, and the sessions of its grid that may have exposed its places before.
///
/// One grid is one instrument, one atlas path (`session.grid` has both) and common grid squares: EPU takes the ids of grid
/// squares from the atlas, so sessions that name one atlas but share no square were made on different atlases, the later
/// of which was stored under the name of the earlier one.
struct GridScope {
    let session: SessionRow
    /// In the order of their first exposure; empty where the session is judged within itself.
    private(set) var earlier: [SessionRow] = []
    /// Those that name the same atlas and share no square.
    private(set) var strangers: [SessionRow] = []

    static let strangerReason =
        "it names the same atlas, but has no grid square in common: perhaps the atlas was taken anew under an old name"

    /// - Parameter isAcross: whether earlier sessions are to be compared.
    init(of session: SessionRow, isAcross: Bool, _ db: Database) throws {
        self.session = session
        guard isAcross else { return }
        let candidates = try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM (
                    SELECT s.session_id,
                           (SELECT min(acquired_at) FROM exposure e WHERE e.session_id = s.session_id) AS started_at,
                           EXISTS (
                               SELECT 1 FROM grid_square a JOIN grid_square b USING (grid_square)
                               WHERE a.session_id = s.session_id AND b.session_id = ?1) AS shares_squares
                    FROM session s WHERE s.grid = ?2 AND s.session_id <> ?1)
                WHERE started_at <= (SELECT max(acquired_at) FROM exposure WHERE session_id = ?1)
                ORDER BY started_at, session_id
                """, arguments: [session.sessionID, session.grid])
        guard !candidates.isEmpty else { return }
        let all = Dictionary(uniqueKeysWithValues: try SessionRow.select(db, names: []).map { ($0.sessionID, $0) })
        for row in candidates {
            guard let other = all[row["session_id"]] else { continue }
            if row["shares_squares"] { earlier.append(other) } else { strangers.append(other) }
        }
    }

    /// The session itself, and those it is compared with where they can be.
    var sessions: [SessionRow] { [session] + earlier }

    /// All exposures of the session, and those of the others that were made before its last one, in time order.
    func exposures(_ db: Database) throws -> [SessionExposure] {
        let all = try SessionExposure.inTimeOrder(of: sessions.map(\.sessionID), db)
        guard let last = all.lastIndex(where: { $0.sessionID == session.sessionID }) else { return [] }
        return Array(all[...last])
    }
}
