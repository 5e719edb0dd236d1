import EPUArchive
import EPUCore
import Foundation
import GRDB

/// Takes exposures out of a session, into a session of their own that shares its folders. They keep their ids, and what people
/// said of them.
struct SessionSplit: Encodable {
    let session: String
    /// The exposures that stay in the session.
    let exposures: Int
    /// The name of the new session.
    let part: String
    let partExposures: Int
    /// Verdicts of people on the part's exposures.
    let partReviews: Int
    /// The other sessions whose analyses go, as they were compared with this one.
    let otherSessions: [String]

    private let id: Int64
    private let chosen: [Int64]
    private let rule: SplitRule

    enum CodingKeys: String, CodingKey { case session, exposures, part, partExposures, partReviews, otherSessions }

    /// Finds what is to be split off.
    /// - Parameter name: The name of the new session; nil for that of the session with a number.
    /// - Throws: `Failure` where one of the two would have no exposure, or the name is another session's.
    init(_ row: SessionRow, _ choice: SplitChoice, name: String?, _ db: Database) throws {
        id = row.sessionID
        session = row.name
        part = try name ?? NewSession.freeName(row.name, db)
        if let name, try NewSession.freeName(name, db) != name {
            throw Failure("The archive has a session \"\(name)\" already. Give another --name.")
        }
        rule = try choice.rule(in: row, db)
        chosen = try Self.exposures(of: row.sessionID, rule, db)
        let removal = try SessionRemoval(of: row, db)
        otherSessions = removal.otherSessions
        partExposures = chosen.count
        exposures = removal.exposures - chosen.count
        partReviews =
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM review WHERE exposure_id IN (SELECT value FROM json_each(?))",
                arguments: ["[\(chosen.sqlList)]"]) ?? 0
        guard partExposures > 0, exposures > 0 else {
            throw Failure(
                "\(partExposures > 0 ? "All" : "None") of the \(counted(removal.exposures, "exposure")) of \(row.name) would go "
                    + "to the new session: there is nothing to split. `epu-report summary` has the times of its exposures."
            )
        }
    }

    private static func json(_ names: Set<String>) throws -> String {
        String(decoding: try JSONEncoder().encode(names.sorted()), as: UTF8.self)
    }

    private static func exposures(of session: Int64, _ rule: SplitRule, _ db: Database) throws -> [Int64] {
        let list = rule.names.isEmpty ? "[\(rule.squares.sorted().sqlList)]" : try Self.json(rule.names)
        return try Int64.fetchAll(
            db,
            sql: """
                SELECT exposure_id FROM exposure
                WHERE session_id = ?1 AND CASE WHEN ?2 IS NOT NULL THEN acquired_at >= ?2
                    ELSE \(rule.names.isEmpty ? "grid_square" : "name") IN (SELECT value FROM json_each(?3)) END
                """, arguments: [session, rule.startsAt?.archiveText, list])
    }

    /// Does it, within the caller's transaction.
    func run(_ db: Database) throws {
        let files = try SplitFiles(of: chosen, in: id, rule).byRoot(db)
        let new = try NewSession.create(part, Instrument.ofSession(id, db), db)
        try store(new, db)
        try SessionWord(of: id).give(to: new, db)
        try SessionMove(old: id, new: new).take(files.values.flatMap { $0 }.sorted(), db)
        for (root, own) in files.sorted(by: { $0.key < $1.key }) {
            let path = try String.fetchOne(
                db, sql: "SELECT path FROM session_root WHERE session_root_id = ?", arguments: [root])
            guard let path else { continue }
            try db.execute(
                sql: """
                    UPDATE source_file SET session_root_id = ?
                    WHERE source_file_id IN (SELECT value FROM json_each(?))
                    """, arguments: [FolderRoots.add(path, new, db), "[\(own.sqlList)]"])
            try Ledger.removeEmptyRoot(root, db)
        }
        _ = try PartDescription(base: id, part: new).tell(db)
        try Ledger.readStrangersFileAgain(of: id, db)
        for session in [id, new] { try Settlement(sessionID: session).settle(db) }
    }

    /// Stores the rule for what comes later.
    private func store(_ new: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO session_split
                    (session_id, part_session_id, part_name, starts_at, utc_offset_minutes, split_at)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id, new, part, rule.startsAt?.archiveText, rule.utcOffsetMinutes, Timestamp.now.archiveText,
            ])
        let split = db.lastInsertedRowID
        for square in rule.squares.sorted() {
            try db.execute(
                sql: "INSERT INTO split_square (session_split_id, grid_square) VALUES (?, ?)",
                arguments: [split, square])
        }
        for name in rule.names.sorted() {
            try db.execute(
                sql: "INSERT INTO split_exposure (session_split_id, name) VALUES (?, ?)", arguments: [split, name])
        }
    }
}
