import EPUCore
import GRDB

/// Which of a shard's sessions come into the archive, and which of the archive's make room for a more complete one.
struct MergeDecision {
    /// A session that both have.
    struct Conflict {
        let shardSession: Int64
        let archiveSession: Int64
        let ofShard: Completeness
        let ofArchive: Completeness
        /// Whether the shard's comes in, in place of the archive's.
        let isReplaced: Bool
        /// The number of exposures of the one that goes which the one that stays does not have.
        let lost: Int
    }

    let sessions: [Int64]
    let conflicts: [Conflict]
    /// The folders of files without a session that both have: the archive's row of each of the shard's.
    let knownRoots: [Int64: Int64]

    /// The sessions of the shard that do not come in.
    var dropped: Set<Int64> { Set(conflicts.filter { !$0.isReplaced }.map(\.shardSession)) }
    /// The sessions of the shard that come in for one of the archive's, with that one.
    var replaced: [Int64: Int64] {
        Dictionary(uniqueKeysWithValues: conflicts.filter(\.isReplaced).map { ($0.shardSession, $0.archiveSession) })
    }

    init(source: String, _ db: Database) throws {
        sessions = try Int64.fetchAll(db, sql: "SELECT session_id FROM \(source).session ORDER BY session_id")
        let same = try SameSessions(source: source).find(db)
        var conflicts: [Conflict] = []
        // Where the archive has joined what the shard has as several, only one of these can come in.
        for (ours, pairs) in Dictionary(grouping: same, by: \.value).sorted(by: { $0.key < $1.key }) {
            let ofArchive = try Completeness(of: ours, in: "main", db)
            let theirs = try pairs.map(\.key).sorted().map { ($0, try Completeness(of: $0, in: source, db)) }
            let best = theirs.max { ($0.1, $1.0) < ($1.1, $0.0) }
            for (session, completeness) in theirs {
                let isReplaced = session == best?.0 && completeness > ofArchive
                let lost =
                    isReplaced
                    ? try Self.missing(from: (source, session), in: ("main", ours), db)
                    : try Self.missing(from: ("main", ours), in: (source, session), db)
                conflicts.append(
                    Conflict(
                        shardSession: session, archiveSession: ours, ofShard: completeness, ofArchive: ofArchive,
                        isReplaced: isReplaced, lost: lost))
            }
        }
        self.conflicts = conflicts
        let roots = try Row.fetchAll(
            db,
            sql: """
                SELECT a.session_root_id, b.session_root_id
                FROM \(source).session_root a JOIN main.session_root b ON b.path = a.path
                WHERE a.session_id IS NULL AND b.session_id IS NULL
                """)
        knownRoots = Dictionary(uniqueKeysWithValues: roots.map { ($0[0], $0[1]) })
    }

    /// The number of exposures of a session that another one does not have.
    private static func missing(from kept: (String, Int64), in gone: (String, Int64), _ db: Database) throws -> Int {
        try Int.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM \(gone.0).exposure a
                WHERE a.session_id = ? AND NOT EXISTS (
                    SELECT 1 FROM \(kept.0).exposure b
                    WHERE b.session_id = ? AND b.name = a.name AND ifnull(b.unique_id, '') = ifnull(a.unique_id, ''))
                """, arguments: [gone.1, kept.1]) ?? 0
    }
}
