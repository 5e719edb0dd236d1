import EPUArchive
import GRDB

/// The session that an analysis judges, and the sessions of its grid that may have exposed its places before.
///
/// One grid is one instrument, one atlas path (`session.grid` has both) and common grid squares: EPU takes the ids of grid
/// squares from the atlas, so sessions that name one atlas but share no square were made on different atlases, the later
/// of which was stored under the name of the earlier one. Of sessions on other atlases a person says that they are on the grid.
struct GridScope {
    let session: SessionRow
    /// The earlier sessions of the grid, in the order of their first exposure; empty where the session is judged within itself.
    private(set) var earlier: [SessionRow] = []
    /// Those of the earlier sessions that are on the grid by a person's word: their ids of squares are other ones.
    private(set) var said: Set<Int64> = []
    /// The sessions that name the same atlas and share no square.
    private(set) var strangers: [SessionRow] = []

    static let strangerReason =
        "it names the same atlas, but has no grid square in common: perhaps the atlas was taken again under an old name; if "
        + "both are on one grid all the same, say so with `epu-analyze same-grid`"

    private struct Candidate: ArchiveRecord {
        let sessionID: Int64
        let sharesSquares: Bool
        let isSaid: Bool
    }

    /// - Parameter isAcross: whether earlier sessions are to be compared.
    init(of session: SessionRow, isAcross: Bool, _ db: Database) throws {
        self.session = session
        guard isAcross else { return }
        let candidates = try Candidate.fetchAll(
            db,
            sql: """
                SELECT * FROM (
                    SELECT s.session_id,
                           (SELECT min(acquired_at) FROM exposure e WHERE e.session_id = s.session_id) AS started_at,
                           s.grid = ?2 AND EXISTS (
                               SELECT 1 FROM grid_square a JOIN grid_square b USING (grid_square)
                               WHERE a.session_id = s.session_id AND b.session_id = ?1) AS shares_squares,
                           s.grid <> ?2 OR EXISTS (
                               SELECT 1 FROM same_grid g
                               WHERE g.session_id = min(s.session_id, ?1) AND g.other_session_id = max(s.session_id, ?1)
                           ) AS is_said
                    FROM session s
                    WHERE s.session_id <> ?1
                        AND (s.grid = ?2 OR s.grid IN (SELECT other_grid FROM linked_grid WHERE grid = ?2)))
                WHERE started_at <= (SELECT max(acquired_at) FROM exposure WHERE session_id = ?1)
                ORDER BY started_at, session_id
                """, arguments: [session.sessionID, session.grid])
        guard !candidates.isEmpty else { return }
        let all = Dictionary(uniqueKeysWithValues: try SessionRow.select(db, names: []).map { ($0.sessionID, $0) })
        for candidate in candidates {
            guard let other = all[candidate.sessionID] else { continue }
            if candidate.sharesSquares {
                earlier.append(other)
            } else if candidate.isSaid {
                earlier.append(other)
                said.insert(other.sessionID)
            } else {
                strangers.append(other)
            }
        }
    }

    /// The session itself, and the earlier ones with which it may be compared.
    var sessions: [SessionRow] { [session] + earlier }

    /// All exposures of the session, and those of the others that were made before its last one, in time order.
    func exposures(_ reading: SessionReading, _ db: Database) throws -> [SessionExposure] {
        guard !earlier.isEmpty else { return try reading.exposures(of: session.sessionID, db) }
        let own = try reading.exposures(of: session.sessionID, db)
        guard let last = own.last else { return [] }
        return try earlier.reduce(own) { exposures, other in
            let before = try reading.exposures(of: other.sessionID, db).prefix { $0.comesBefore(last) }
            return SessionExposure.merge(exposures, before)
        }
    }
}
