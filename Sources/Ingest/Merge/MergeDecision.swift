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
        /// The number of reviewed exposures that only the archive's has, for which it stays though the shard's is more complete.
        let held: Int
        /// What the one that goes has and the one that stays does not.
        let lost: Surplus
    }

    let sessions: [Int64]
    let conflicts: [Conflict]
    /// The folders of files without a session that both have: the archive's row of each of the shard's.
    let knownRoots: [Int64: Int64]
    /// Whether nothing of the shard comes in.
    let isEmpty: Bool
    /// The states of both files that it rests on.
    private let versions: [Int]

    /// The sessions of the shard that do not come in.
    var dropped: Set<Int64> { Set(conflicts.filter { !$0.isReplaced }.map(\.shardSession)) }
    /// The sessions of the shard that come in for one of the archive's, with that one.
    var replaced: [Int64: Int64] {
        Dictionary(uniqueKeysWithValues: conflicts.filter(\.isReplaced).map { ($0.shardSession, $0.archiveSession) })
    }
    /// Whether all of the shard comes in.
    var isWhole: Bool { dropped.isEmpty && knownRoots.isEmpty }

    init(source: String, _ db: Database) throws {
        versions = try Self.versions(source, db)
        sessions = try Int64.fetchAll(db, sql: "SELECT session_id FROM \(source).session ORDER BY session_id")
        conflicts = try Self.conflicts(source, db)
        let roots = try Row.fetchAll(
            db,
            sql: """
                SELECT a.session_root_id, b.session_root_id
                FROM \(source).session_root a LEFT JOIN main.session_root b ON b.path = a.path AND b.session_id IS NULL
                WHERE a.session_id IS NULL
                """
        ).map { (theirs: $0[0] as Int64, ours: $0[1] as Int64?) }
        knownRoots = roots.reduce(into: [:]) { $0[$1.theirs] = $1.ours }
        isEmpty = conflicts.count { !$0.isReplaced } == sessions.count && knownRoots.count == roots.count
    }

    /// Whether it is still right, or another program has meanwhile changed what is to come in.
    func holds(source: String, _ db: Database) throws -> Bool {
        if try Self.versions(source, db) == versions { return true }
        let now = try MergeDecision(source: source, db)
        return now.sessions == sessions && now.dropped == dropped && now.replaced == replaced
            && now.knownRoots == knownRoots
    }

    /// Numbers that change when another connection has changed a file (https://www.sqlite.org/pragma.html#pragma_data_version).
    private static func versions(_ source: String, _ db: Database) throws -> [Int] {
        try ["main", source].map { try Int.fetchOne(db, sql: "PRAGMA \($0).data_version") ?? 0 }
    }

    private static func conflicts(_ source: String, _ db: Database) throws -> [Conflict] {
        let same = try SameSessions(source: source).find(db)
        // Where the archive has joined what the shard has as several, only one of these can come in.
        return try Dictionary(grouping: same, by: \.value).sorted { $0.key < $1.key }.flatMap { id, pairs in
            let ours = Surplus.Place(session: id, schema: "main")
            let ofArchive = try Completeness(of: id, in: "main", db)
            let isArranged = try MergedSplits.isArranged(ours, db)
            let theirs = try pairs.map(\.key).sorted().map { ($0, try Completeness(of: $0, in: source, db)) }
            let best = theirs.max { ($0.1, $1.0) < ($1.1, $0.0) }
            return try theirs.map { session, ofShard in
                let shards = Surplus.Place(session: session, schema: source)
                let isBetter =
                    try session == best?.0 && ofShard > ofArchive && !isArranged
                    && !MergedSplits.isArranged(shards, db)
                let ofOurs = isBetter ? try Surplus(of: ours, over: shards, db) : nil
                let replaced = ofOurs.flatMap { $0.reviews == 0 ? $0 : nil }
                return Conflict(
                    shardSession: session, archiveSession: id, ofShard: ofShard, ofArchive: ofArchive,
                    isReplaced: replaced != nil, held: ofOurs?.reviews ?? 0,
                    lost: try replaced ?? Surplus(of: shards, over: ours, db))
            }
        }
    }
}
