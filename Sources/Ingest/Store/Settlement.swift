import EPUArchive
import EPUCore
import EPUFormat
import Foundation
import GRDB

/// The last step of ingest: what can only be said of a session when all its files are known. It is safe to repeat at any time.
struct Settlement {
    let sessionID: Int64

    /// Looks at every exposure, if something was stored since that was done last.
    func settle(_ db: Database) throws {
        try removeLostRoots(db)
        guard try isOpen(db) else { return }
        var isMixed = try isMixed(db)
        if isMixed {
            try InstrumentSplit(sessionID: sessionID).run(db)
            isMixed = try self.isMixed(db)
        }
        try describeSession(isMixed: isMixed, db)
        try placeNameTimes(db)
        try Plausibility(sessionID: sessionID).check(db)
        try PauseNotice(sessionID: sessionID).settle(db)
        try db.execute(sql: "UPDATE session SET is_settled = 1 WHERE session_id = ?", arguments: [sessionID])
    }

    /// Whether something of the session was stored that has not been settled, for example because a run was interrupted.
    func isOpen(_ db: Database) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT NOT is_settled FROM session WHERE session_id = ?", arguments: [sessionID])
            ?? false
    }

    /// Notes that the session has to be settled. All that stores or moves its exposures and images calls this, in the same
    /// transaction.
    static func reopen(_ sessionID: Int64, _ db: Database) throws {
        try db.cachedStatement(sql: "UPDATE session SET is_settled = 0 WHERE session_id = ? AND is_settled")
            .execute(arguments: [sessionID])
    }

    /// Whether exposures differ in instrument or EPU version, which is rare.
    private func isMixed(_ db: Database) throws -> Bool {
        let first = try Row.fetchOne(
            db, sql: "SELECT instrument_id, instrument_model, epu_version FROM exposure WHERE session_id = ? LIMIT 1",
            arguments: [sessionID])
        guard let first else { return false }
        return try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM exposure
                    WHERE session_id = ?4 AND (instrument_id, instrument_model, epu_version) IS NOT (?1, ?2, ?3))
                """,
            arguments: StatementArguments(Array(first.databaseValues) + [sessionID.databaseValue])) ?? false
    }

    /// An exposure whose time is that of its name.
    private struct UnplacedExposure: Decodable, FetchableRecord {
        let id: Int64
        let name: String
    }

    /// Takes times that came from file names, which are on the microscope's clock, to UTC, with the offset that is commonest in
    /// the session.
    private func placeNameTimes(_ db: Database) throws {
        let unplaced = try UnplacedExposure.fetchAll(
            db, sql: "SELECT exposure_id AS id, name FROM exposure WHERE session_id = ? AND utc_offset_minutes IS NULL",
            arguments: [sessionID])
        guard !unplaced.isEmpty else { return }
        let offset = try Int.fetchOne(
            db,
            sql: """
                SELECT utc_offset_minutes FROM exposure WHERE session_id = ? AND utc_offset_minutes IS NOT NULL
                GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
                """,
            arguments: [sessionID])
        guard let offset else { return }
        for exposure in unplaced {
            guard let local = timeOfName(exposure.name) else { continue }
            try db.cachedStatement(sql: "UPDATE exposure SET acquired_at = ? WHERE exposure_id = ?")
                .execute(arguments: [local.adding(seconds: -60 * Double(offset)).archiveText, exposure.id])
        }
    }

    /// Describes the session by its exposures: of the instruments and versions that they name, the commonest is the session's (of
    /// equally common ones the first in text order). Two sessions share a grid when instrument and atlas are the same; without an
    /// atlas a session is a grid of its own.
    private func describeSession(isMixed: Bool, _ db: Database) throws {
        let query = "SELECT instrument_id, instrument_model, epu_version FROM exposure WHERE session_id = ?"
        let commonest = try Row.fetchOne(
            db,
            sql: isMixed
                ? query + " GROUP BY 1, 2, 3 ORDER BY count(*) DESC, 1, 2, 3 LIMIT 1" : query + " LIMIT 1",
            arguments: [sessionID])
        if let commonest {
            try db.execute(
                sql: """
                    UPDATE session SET instrument_id = ifnull(?1, instrument_id),
                        instrument_model = ifnull(?2, instrument_model), epu_version = ifnull(?3, epu_version)
                    WHERE session_id = ?4
                    """,
                arguments: StatementArguments(Array(commonest.databaseValues) + [sessionID.databaseValue]))
        }
        try db.execute(
            sql: "UPDATE session SET grid = \(GridName.sql(of: "session")) WHERE session_id = ?", arguments: [sessionID]
        )
    }

    /// Takes out the old folder of a session that was moved, with the files that were not found in the new one.
    private func removeLostRoots(_ db: Database) throws {
        for root in try lostRoots(db) { try Ledger.removeRoot(root, db) }
    }

    private struct Root: Decodable, FetchableRecord {
        let id: Int64
        let path: String
    }

    /// The roots that lie nowhere any more, and whose files the session has in another one, as it was moved. A disk that is away
    /// for a while takes nothing with it.
    func lostRoots(_ db: Database) throws -> [Int64] {
        let roots = try Root.fetchAll(
            db, sql: "SELECT session_root_id AS id, path FROM session_root WHERE session_id = ?", arguments: [sessionID]
        )
        guard roots.count > 1 else { return [] }
        return try roots.filter { PathText.status($0.path) == nil && errno == ENOENT }
            .map(\.id).filter { try isReplaced($0, db) }
    }

    /// The condition, in SQL, that a file's name tells nothing of whether its root was moved: each of several sessions that a
    /// person joined has an EpuSession.dm. Where a root has nothing else, it does.
    private static let isOfEach = {
        let kinds = [SourceKind.session, .holeMap, .foilHole].sqlList
        return """
            (kind IN (\(kinds)) AND EXISTS (SELECT 1 FROM joined_session WHERE session_id = ?2)
             AND EXISTS (SELECT 1 FROM source_file WHERE session_root_id = ?1 AND kind NOT IN (\(kinds))))
            """
    }()

    private func isReplaced(_ rootID: Int64, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT NOT EXISTS (SELECT 1 FROM source_file WHERE session_root_id = ?1)
                    OR EXISTS (
                        SELECT 1 FROM (SELECT path FROM source_file WHERE session_root_id = ?1 AND NOT \(Self.isOfEach)
                                       LIMIT 100) lost
                        JOIN session_root r ON r.session_id = ?2 AND r.session_root_id <> ?1
                        JOIN source_file f ON f.session_root_id = r.session_root_id AND f.path = lost.path)
                """,
            arguments: [rootID, sessionID]) ?? false
    }
}
