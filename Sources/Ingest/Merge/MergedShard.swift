import EPUCore
import GRDB

/// What became of a shard's sessions.
struct MergedShard: Encodable, Sendable {
    enum Outcome: String, Encodable, Sendable {
        /// It came into the archive.
        case added
        /// The archive has it, with as much of it.
        case there
        /// The archive has it, and more of it or reviews of what the shard lacks; it stays.
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
        /// What the archive has of it now.
        fileprivate(set) var merged: Completeness
        /// The number of exposures of the one that did not stay which the one that stays does not have.
        let lostExposures: Int
        /// The number of reviews of these exposures.
        let lostReviews: Int
        /// The number of given matrices of the one that did not stay which the one that stays does not have.
        let lostMatrices: Int
        /// The number of reviewed exposures that only the archive's has, for which it stayed.
        let heldReviews: Int
        /// The number of reviews that were taken over from the one that did not stay.
        fileprivate(set) var reviews = 0
        /// Whether the calibration that a person asked for was taken over from it.
        fileprivate(set) var askedCalibration = false

        private enum CodingKeys: String, CodingKey {
            case session, shardSession, outcome, shard, archive, merged, lostExposures, lostReviews, lostMatrices
            case heldReviews, reviews, askedCalibration
        }
    }

    let shard: String
    private(set) var sessions: [Session]
    /// The archive's other sessions of which analyses went, as they had compared them with one that was replaced.
    var unfounded: [String] = []

    init(_ name: String, _ decision: MergeDecision, source: String, _ db: Database) throws {
        shard = name
        sessions = try decision.sessions.map { id in
            let conflict = decision.conflicts.first { $0.shardSession == id }
            let name = try String.fetchOne(
                db, sql: "SELECT name FROM \(source).session WHERE session_id = ?", arguments: [id])
            let ofShard = try conflict?.ofShard ?? Completeness(of: id, in: source, db)
            return Session(
                id: id, session: name ?? "", shardSession: name ?? "", outcome: Self.outcome(conflict),
                shard: ofShard, archive: conflict?.ofArchive, merged: ofShard,
                lostExposures: conflict?.lost.exposures ?? 0, lostReviews: conflict?.lost.reviews ?? 0,
                lostMatrices: conflict?.lost.matrices ?? 0, heldReviews: conflict?.held ?? 0)
        }
    }

    private static func outcome(_ conflict: MergeDecision.Conflict?) -> Outcome {
        guard let conflict else { return .added }
        if conflict.isReplaced { return .replaced }
        let isSame =
            conflict.lost.exposures == 0
            && (conflict.ofShard.exposures, conflict.ofShard.files)
                == (conflict.ofArchive.exposures, conflict.ofArchive.files)
        return isSame ? .there : .kept
    }

    mutating func took(_ taken: PersonsWord.Taken, of session: Int64) {
        for index in sessions.indices where sessions[index].id == session {
            sessions[index].reviews += taken.reviews
            if taken.isAsked { sessions[index].askedCalibration = true }
        }
    }

    /// Reads what the archive has of the sessions now, and under which names.
    /// - Parameter target: the session of the archive that each of the shard's is.
    mutating func finish(_ target: [Int64: Int64], _ db: Database) throws {
        for index in sessions.indices {
            guard let id = target[sessions[index].id] else { continue }
            let name = try String.fetchOne(
                db, sql: "SELECT name FROM main.session WHERE session_id = ?", arguments: [id])
            sessions[index].session = name ?? sessions[index].session
            sessions[index].merged = try Completeness(of: id, in: "main", db)
        }
    }
}
