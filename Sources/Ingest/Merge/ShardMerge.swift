import EPUArchive
import EPUCore
import GRDB

/// Brings the sessions of a shard into an archive, in one transaction: all of them or none.
struct ShardMerge {
    let archive: Archive
    let columns: IDColumns
    /// Called between the decision on what comes in and the transaction: another program may write then.
    var onDecision: () throws -> Void = {}

    private static let whole = "shard"
    private static let part = "shard_part"

    init(into archive: Archive) throws {
        self.archive = archive
        columns = try IDColumns()
        try archive.database.writeWithoutTransaction { db in
            // The indexes of a large archive are all over its file.
            try db.execute(sql: "PRAGMA main.cache_size = -65536")
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
        }
    }

    func run(_ shard: ShardFile) throws -> MergedShard {
        let copy = try shard.updatedCopy()
        return try withExtendedLifetime(copy) {
            let path = copy?.path ?? shard.name
            return try attached(path, as: Self.whole) {
                while true {
                    let decision = try archive.read { try MergeDecision(source: Self.whole, $0) }
                    if let merged = try carryOut(decision, shard, path) { return merged }
                }
            }
        }
    }

    /// - Returns: nil where another program has changed meanwhile what is to come in: nothing was done.
    private func carryOut(_ decision: MergeDecision, _ shard: ShardFile, _ path: String) throws -> MergedShard? {
        if decision.isEmpty { return try write(decision, shard, from: nil) }
        if decision.isWhole { return try write(decision, shard, from: Self.whole) }
        // What must not come in is deleted from a copy first, as SQLite's foreign keys know best what belongs to it.
        let copy = try WorkingCopy(of: path)
        return try withExtendedLifetime(copy) {
            try copy.remove(sessions: decision.dropped, roots: Array(decision.knownRoots.keys))
            return try attached(copy.path, as: Self.part) { try write(decision, shard, from: Self.part) }
        }
    }

    private func attached<T>(_ path: String, as name: String, _ work: () throws -> T) throws -> T {
        try archive.database.writeWithoutTransaction { db in
            try db.execute(sql: "ATTACH DATABASE ? AS \(name)", arguments: [path.hasPrefix(":") ? "./" + path : path])
        }
        defer { try? archive.database.writeWithoutTransaction { try $0.execute(sql: "DETACH DATABASE \(name)") } }
        return try work()
    }

    /// - Parameter source: The schema whose rows come in; nil where none do.
    private func write(_ decision: MergeDecision, _ shard: ShardFile, from source: String?) throws -> MergedShard? {
        try onDecision()
        // Only where sessions are deleted are foreign keys needed: references of the rows that come in are checked before.
        try setForeignKeys(!decision.replaced.isEmpty)
        defer { try? setForeignKeys(true) }
        return try archive.write { db in
            guard try decision.holds(source: Self.whole, db) else { return nil }
            if let source { try checkReferences(of: shard, in: source, db) }
            return try merge(decision, shard, from: source, db)
        }
    }

    private func setForeignKeys(_ areOn: Bool) throws {
        try archive.database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA foreign_keys = \(areOn)") }
    }

    /// - Throws: `Failure` where somebody deleted rows while foreign keys were off, as they are in the sqlite3 shell.
    private func checkReferences(of shard: ShardFile, in source: String, _ db: Database) throws {
        guard let lost = try Row.fetchOne(db, sql: "PRAGMA \(source).foreign_key_check") else { return }
        let (table, parent): (String, String) = (lost[0], lost[2])
        throw Failure(
            "\(shard.name): rows of \(table) refer to rows of \(parent) that are not there, as after DELETE in the sqlite3 shell. "
                + "Nothing of it came in. Make a backup of it, run `epu-ingest check --repair --db \(shard.name)`, and merge "
                + "again.")
    }

    private func merge(_ decision: MergeDecision, _ shard: ShardFile, from source: String?, _ db: Database) throws
        -> MergedShard
    {
        var report = try MergedShard(shard.name, decision, source: Self.whole, db)
        var target: [Int64: Int64] = [:]
        for conflict in decision.conflicts { target[conflict.shardSession] = conflict.archiveSession }
        var offsets: [String: Int64]?
        if let source {
            let names = try MergedNames(source: Self.whole).new(decision, db)
            for (_, old) in decision.replaced { try MergedNames.setAside(old, db) }
            let transfer = try RowTransfer(from: source, columns, db)
            try transfer.run(names: names, db)
            let offset = transfer.offsets["session"] ?? 0
            offsets = transfer.offsets
            for session in decision.sessions where !decision.dropped.contains(session) {
                target[session] = session + offset
            }
        }
        try PersonsWord.note(target, db)
        if let offsets { try MergedSplits.link(from: Self.whole, offsets, db) }
        let word = PersonsWord(source: Self.whole)
        for session in decision.dropped.sorted() {
            report.took(try word.take(of: session, columns, db), of: session)
        }
        try word.takeSameGrids(db)
        try joinFiles(decision.knownRoots, db)
        try replace(decision, by: target, &report, db)
        try report.finish(target, db)
        return report
    }

    /// Adds the files of folders that belong to no session, as far as they are not there yet.
    private func joinFiles(_ roots: [Int64: Int64], _ db: Database) throws {
        let names = (columns.tables.first { $0.name == "source_file" }?.columns.map(\.name) ?? [])
            .filter { !["source_file_id", "session_root_id"].contains($0) }.joined(separator: ", ")
        for (theirs, ours) in roots.sorted(by: { $0.key < $1.key }) {
            try db.execute(
                sql: """
                    INSERT INTO main.source_file (session_root_id, \(names))
                    SELECT ?, \(names) FROM \(Self.whole).source_file WHERE session_root_id = ?
                    ORDER BY source_file_id ON CONFLICT DO NOTHING
                    """, arguments: [ours, theirs])
        }
    }

    /// Deletes the archive's sessions in whose place others came in, after these have what people said of them.
    private func replace(
        _ decision: MergeDecision, by target: [Int64: Int64], _ report: inout MergedShard, _ db: Database
    ) throws {
        guard !decision.replaced.isEmpty else { return }
        let all = try Int64.fetchAll(db, sql: "SELECT session_id FROM main.session")
        var successors = Dictionary(uniqueKeysWithValues: all.map { ($0, $0) })
        for (theirs, ours) in decision.replaced { successors[ours] = target[theirs] }
        try PersonsWord.note(successors, db)
        let word = PersonsWord(source: "main")
        try word.takeSameGrids(db)
        for (theirs, ours) in decision.replaced.sorted(by: { $0.key < $1.key }) {
            report.took(try word.take(of: ours, columns, db), of: theirs)
        }
        let before = try AnalysisCounts(db)
        try SessionDeletion.run(decision.replaced.values.sorted(), db)
        report.unfounded = try before.sessions(withMoreThan: AnalysisCounts(db), db)
    }
}
