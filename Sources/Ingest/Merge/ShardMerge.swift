import EPUArchive
import EPUCore
import GRDB

/// Brings the sessions of a shard into an archive, in one transaction: all of them or none.
struct ShardMerge {
    let archive: Archive
    let columns: IDColumns

    private static let whole = "shard"
    private static let part = "shard_part"

    init(into archive: Archive) throws {
        self.archive = archive
        columns = try IDColumns()
        // The indexes of a large archive are all over its file.
        try archive.database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA main.cache_size = -65536") }
    }

    func run(_ shard: ShardFile) throws -> MergedShard {
        try attached(shard.path, as: Self.whole) {
            while true {
                let step = try archive.write { db in try merge(shard, db) }
                switch step {
                case .done(let merged): return merged
                case .needsPart(let decision):
                    // What must not come in is deleted from a copy first, as SQLite's foreign keys know best what belongs to it.
                    let copy = try WorkingCopy(of: shard.path)
                    try copy.remove(sessions: decision.dropped, roots: Array(decision.knownRoots.keys))
                    let merged = try attached(copy.path, as: Self.part) {
                        try archive.write { db in try merge(shard, partOf: decision, db) }
                    }
                    if let merged { return merged }
                }
            }
        }
    }

    private enum Step {
        case done(MergedShard)
        /// Not all of the shard comes in.
        case needsPart(MergeDecision)
    }

    private func merge(_ shard: ShardFile, _ db: Database) throws -> Step {
        let decision = try MergeDecision(source: Self.whole, db)
        if decision.dropped.isEmpty && decision.knownRoots.isEmpty {
            return .done(try merge(shard, decision, from: Self.whole, db))
        }
        let roots = try Int.fetchOne(
            db, sql: "SELECT count(*) FROM \(Self.whole).session_root WHERE session_id IS NULL")
        guard decision.dropped.count == decision.sessions.count, decision.knownRoots.count == roots else {
            return .needsPart(decision)
        }
        return .done(try merge(shard, decision, from: nil, db))
    }

    /// - Returns: nil where another merge has changed meanwhile what is to come in: nothing was done.
    private func merge(_ shard: ShardFile, partOf decision: MergeDecision, _ db: Database) throws -> MergedShard? {
        let now = try MergeDecision(source: Self.whole, db)
        guard now.dropped == decision.dropped, now.knownRoots == decision.knownRoots else { return nil }
        return try merge(shard, now, from: Self.part, db)
    }

    private func attached<T>(_ path: String, as name: String, _ work: () throws -> T) throws -> T {
        try archive.database.writeWithoutTransaction { db in
            try db.execute(sql: "ATTACH DATABASE ? AS \(name)", arguments: [path.hasPrefix(":") ? "./" + path : path])
        }
        defer { try? archive.database.writeWithoutTransaction { try $0.execute(sql: "DETACH DATABASE \(name)") } }
        return try work()
    }

    /// - Parameter source: The schema whose rows come in; nil where none do.
    private func merge(_ shard: ShardFile, _ decision: MergeDecision, from source: String?, _ db: Database) throws
        -> MergedShard
    {
        var report = try MergedShard(shard.name, decision, source: Self.whole, db)
        var target: [Int64: Int64] = [:]
        for conflict in decision.conflicts { target[conflict.shardSession] = conflict.archiveSession }
        if let source {
            let names = try newNames(decision, db)
            for (_, old) in decision.replaced { try setAside(old, db) }
            let transfer = try RowTransfer(from: source, columns, db)
            try transfer.run(names: names, db)
            let offset = transfer.offsets["session"] ?? 0
            for session in decision.sessions where !decision.dropped.contains(session) {
                target[session] = session + offset
            }
        }
        try PersonsWord.note(target, db)
        let word = PersonsWord(source: Self.whole)
        for session in decision.dropped.sorted() {
            report.took(reviews: try word.takeReviews(of: session, db), of: session)
            try word.takePublication(of: session, columns, db)
        }
        try word.takeSameGrids(db)
        try joinFiles(decision.knownRoots, db)
        try replace(decision, by: target, &report, db)
        try report.name(target, db)
        return report
    }

    /// The names of the shard's sessions that cannot keep theirs.
    private func newNames(_ decision: MergeDecision, _ db: Database) throws -> [Int64: String] {
        var names: [Int64: String] = [:]
        var taken: Set<String> = []
        for session in decision.sessions where !decision.dropped.contains(session) {
            func name(in schema: String, _ id: Int64) throws -> String? {
                try String.fetchOne(
                    db, sql: "SELECT name FROM \(schema).session WHERE session_id = ?", arguments: [id])
            }
            guard let old = try name(in: Self.whole, session) else { continue }
            // People know the archive's name of a session.
            let kept = try decision.replaced[session].flatMap { try name(in: "main", $0) }
            let new = try kept ?? freeName(old, taken, db)
            taken.insert(new)
            if new != old { names[session] = new }
        }
        return names
    }

    private func freeName(_ wanted: String, _ taken: Set<String>, _ db: Database) throws -> String {
        func isFree(_ name: String) throws -> Bool {
            try !taken.contains(name) && NewSession.freeName(name, db) == name
        }
        if try isFree(wanted) { return wanted }
        // The number that it got in the shard says nothing here.
        let plain = wanted.replacing(/~[0-9]+$/, with: "")
        var number = 2
        while try !isFree("\(plain)~\(number)") { number += 1 }
        return "\(plain)~\(number)"
    }

    /// Frees the name of a session that will be replaced.
    private func setAside(_ sessionID: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE main.session SET name = 'replaced ' || session_id || ' ' || hex(randomblob(8)) WHERE session_id = ?
                """, arguments: [sessionID])
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
            report.took(reviews: try word.takeReviews(of: ours, db), of: theirs)
            try word.takePublication(of: ours, columns, db)
            try StaleResults.positions.forget(of: ours, db)
            try db.execute(sql: "DELETE FROM main.session WHERE session_id = ?", arguments: [ours])
        }
    }
}
