import EPUCore
import EPUFormat
import GRDB

/// Makes sessions, and gives them names.
enum NewSession {
    /// The name that was wanted, with a number behind it where another session has it.
    static func freeName(_ wanted: String, _ db: Database) throws -> String {
        var name = wanted
        var number = 2
        while try Int64.fetchOne(db, sql: "SELECT 1 FROM session WHERE name = ?", arguments: [name]) != nil {
            name = "\(wanted)~\(number)"
            number += 1
        }
        return name
    }

    /// The name of a session that has no EpuSession.dm, which is that of its folder. Where the folder holds exposures of several
    /// instruments, the first one's session has that name, and those of the others have their instrument behind it, for example
    /// `grid1-3429`.
    static func name(after folder: SessionFolder, _ instrument: Instrument?, _ db: Database) throws -> String {
        guard let instrument else { return folder.name }
        try giveNameBack(to: folder, db)
        let isShared = try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM session_root r JOIN session s USING (session_id)
                               WHERE r.path = ? AND \(Instrument.key(of: "s")) <> ? AND NOT (\(holdsOnlyStrangers)))
                """,
            arguments: [folder.path, instrument.key])
        return isShared == true ? "\(folder.name)-\(instrument.key)" : folder.name
    }

    /// The condition, in SQL, that all exposures that a session `s` has in a root `r` are of another instrument, as in archives
    /// of older versions.
    private static let holdsOnlyStrangers = {
        let exposures = """
            EXISTS (SELECT 1 FROM exposure e JOIN source_file f ON f.source_file_id = e.metadata_file_id
                    WHERE f.session_root_id = r.session_root_id AND e.session_id = s.session_id
            """
        return exposures + ") AND NOT " + exposures
            + " AND \(Instrument.key(of: "e")) = \(Instrument.key(of: "s")))"
    }()

    /// Gives a session the name that its EpuSession.dm has, if it has that of a folder of another instrument's exposures.
    private static func giveNameBack(to folder: SessionFolder, _ db: Database) throws {
        let named = try Row.fetchOne(
            db,
            sql: """
                SELECT s.session_id, s.epu_name FROM session_root r JOIN session s USING (session_id)
                WHERE r.path = ? AND s.name = ? AND s.epu_name <> s.name AND \(holdsOnlyStrangers)
                """,
            arguments: [folder.path, folder.name])
        guard let named else { return }
        try db.execute(
            sql: "UPDATE session SET name = ? WHERE session_id = ?",
            arguments: [freeName(named[1], db), named[0] as Int64])
    }

    /// Makes a session, with its identity at once, so that another ingest that comes to it now finds the same session.
    static func create(
        _ wanted: String, metadata: SessionMetadata? = nil, _ instrument: Instrument?, _ db: Database
    ) throws -> Int64 {
        let name = try freeName(wanted, db)
        try db.execute(
            sql: """
                INSERT INTO session (name, grid, epu_name, created_at, instrument_id, instrument_model)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                name, GridName.of(sessionNamed: name), metadata?.name, metadata?.createdAt?.archiveText, instrument?.id,
                instrument?.model,
            ])
        return db.lastInsertedRowID
    }
}
