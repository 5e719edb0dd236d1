import GRDB

/// What became of a shard's sessions.
struct MergedShard: Encodable, Sendable {
    enum Outcome: String, Encodable, Sendable {
        /// It came into the archive.
        case added
        /// The archive has it, with as much of it.
        case there
        /// The archive has it, and more of it, which stays.
        case kept
        /// It came into the archive, in place of one that had less of it.
        case replaced
    }

    struct Session: Encodable, Sendable {
        fileprivate let id: Int64
        /// The session's name in the archive.
        fileprivate(set) var session: String
        /// Its name in the shard.
        let shardSession: String
        let outcome: Outcome
        let shard: Completeness
        /// What the archive had of it before; nil where it had nothing.
        let archive: Completeness?
        /// The number of exposures of the one that did not stay which the one that stays does not have.
        let lostExposures: Int
        /// The number of reviews that were taken over from the one that did not stay.
        fileprivate(set) var reviews = 0

        private enum CodingKeys: String, CodingKey {
            case session, shardSession, outcome, shard, archive, lostExposures, reviews
        }
    }

    let shard: String
    private(set) var sessions: [Session]

    init(_ name: String, _ decision: MergeDecision, source: String, _ db: Database) throws {
        shard = name
        sessions = try decision.sessions.map { id in
            let conflict = decision.conflicts.first { $0.shardSession == id }
            let name = try String.fetchOne(
                db, sql: "SELECT name FROM \(source).session WHERE session_id = ?", arguments: [id])
            return try Session(
                id: id, session: name ?? "", shardSession: name ?? "", outcome: Self.outcome(conflict),
                shard: conflict?.ofShard ?? Completeness(of: id, in: source, db), archive: conflict?.ofArchive,
                lostExposures: conflict?.lost ?? 0)
        }
    }

    private static func outcome(_ conflict: MergeDecision.Conflict?) -> Outcome {
        guard let conflict else { return .added }
        if conflict.isReplaced { return .replaced }
        let isSame =
            conflict.lost == 0
            && (conflict.ofShard.exposures, conflict.ofShard.files)
                == (conflict.ofArchive.exposures, conflict.ofArchive.files)
        return isSame ? .there : .kept
    }

    mutating func took(reviews: Int, of session: Int64) {
        for index in sessions.indices where sessions[index].id == session { sessions[index].reviews += reviews }
    }

    /// Gives the sessions the names that they have in the archive.
    mutating func name(_ target: [Int64: Int64], _ db: Database) throws {
        for index in sessions.indices {
            let name = try String.fetchOne(
                db, sql: "SELECT name FROM main.session WHERE session_id = ?", arguments: [target[sessions[index].id]])
            sessions[index].session = name ?? sessions[index].session
        }
    }

    /// A line on the whole, and one for each session of which the archive had another copy or that got another name.
    var text: String {
        guard !sessions.isEmpty else { return "\(shard): no sessions." }
        let new = sessions.filter { $0.outcome == .added || $0.outcome == .replaced }
        let there = sessions.count { $0.outcome == .there }
        var parts: [String] = []
        if !new.isEmpty {
            let (exposures, analyses) = new.reduce((0, 0)) { ($0.0 + $1.shard.exposures, $0.1 + $1.shard.analyses) }
            parts.append(
                "\(Self.count(new.count, "session")) added (\(Self.count(exposures, "exposure")), "
                    + "\(analyses) \(analyses == 1 ? "analysis" : "analyses"))")
        }
        if there > 0 { parts.append("\(there) already there") }
        let kept = sessions.count { $0.outcome == .kept }
        if kept > 0 { parts.append("\(kept) left out") }
        return (["\(shard): " + parts.joined(separator: ", ") + "."] + sessions.compactMap(\.line))
            .joined(separator: "\n")
    }

    fileprivate static func count(_ number: Int, _ word: String) -> String {
        "\(number) \(word)\(number == 1 ? "" : "s")"
    }
}

extension MergedShard.Session {
    fileprivate var line: String? {
        let taken = reviews > 0 ? " \(MergedShard.count(reviews, "review")) taken over." : ""
        let called = session == shardSession ? "" : ", in the shard \(shardSession),"
        switch (outcome, archive) {
        case (.kept, let archive?):
            return "  \(session)\(called) is in both: the archive's stays (\(archive.text)), the shard's has "
                + "\(shard.text)." + lostText("the archive") + taken
        case (.replaced, let archive?):
            return "  \(session)\(called) is in both: the shard's takes its place (\(shard.text)), the archive's had "
                + "\(archive.text)." + lostText("the shard") + taken
        case (.there, _): return taken.isEmpty ? nil : "  \(session)\(called) is already there." + taken
        default:
            return called.isEmpty
                ? nil : "  \(session) is the shard's \(shardSession): the archive has another session of that name."
        }
    }

    /// What is not in the archive after the merge must be known.
    private func lostText(_ keeper: String) -> String {
        guard lostExposures > 0 else { return "" }
        return " \(MergedShard.count(lostExposures, "exposure")) of the other \(lostExposures == 1 ? "is" : "are") not "
            + "in \(keeper)'s: ingest the session's folders into the archive to have all."
    }
}
