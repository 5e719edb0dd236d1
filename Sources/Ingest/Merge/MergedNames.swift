import GRDB

/// The names under which a shard's sessions come into the archive.
struct MergedNames {
    /// The name under which the shard is attached.
    let source: String

    /// The names of the sessions that cannot keep theirs, by their ids in the shard.
    func new(_ decision: MergeDecision, _ db: Database) throws -> [Int64: String] {
        var names: [Int64: String] = [:]
        var taken: Set<String> = []
        for session in decision.sessions where !decision.dropped.contains(session) {
            func name(in schema: String, _ id: Int64) throws -> String? {
                try String.fetchOne(
                    db, sql: "SELECT name FROM \(schema).session WHERE session_id = ?", arguments: [id])
            }
            guard let old = try name(in: source, session) else { continue }
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

    /// Frees the name of a session of the archive that will be replaced.
    static func setAside(_ sessionID: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE main.session SET name = 'replaced ' || session_id || ' ' || hex(randomblob(8)) WHERE session_id = ?
                """, arguments: [sessionID])
    }
}
