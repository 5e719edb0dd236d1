import EPUShared
import GRDB

/// Finds the session of the archive that a folder belongs to, or makes it.
struct SessionStore {
    let folder: SessionFolder
    let metadata: SessionMetadata?
    /// EPU's unique ids of some of the folder's exposures; asked for only where nothing else tells the session.
    let uniqueIDs: () -> [String]

    /// The folder's row in `session_root`, and its session where it has one.
    func resolve(_ db: Database) throws -> (rootID: Int64, sessionID: Int64?) {
        let sessionID = folder.isSession ? try known(db) ?? create(db) : nil
        let rootID = try Int64.fetchOne(
            db,
            sql: """
                INSERT INTO session_root (session_id, path) VALUES (?, ?)
                ON CONFLICT (path) DO UPDATE SET session_id = ifnull(excluded.session_id, session_id)
                RETURNING session_root_id
                """,
            arguments: [sessionID, folder.path])
        guard let rootID else { throw Failure("The archive did not return the id of \(folder.path).") }
        if let sessionID { try refresh(sessionID, db) }
        return (rootID, sessionID)
    }

    /// A session is the same when its EpuSession.dm is; without one, when its folder is or it shares an exposure.
    private func known(_ db: Database) throws -> Int64? {
        if let name = metadata?.name, let created = metadata?.createdAt?.archiveText,
            let same = try Int64.fetchOne(
                db, sql: "SELECT session_id FROM session WHERE epu_name = ? AND created_at = ?",
                arguments: [name, created])
        {
            return same
        }
        // An EpuSession.dm of another identity is another session, even where it lies in the same folder; but what one
        // of the two does not say is no difference.
        let identity = StatementArguments([metadata?.name, metadata?.createdAt?.archiveText])
        let compatible = """
            ifnull(s.epu_name = ?1, 1) AND ifnull(s.created_at = ?2, 1)
            """
        if let same = try Int64.fetchOne(
            db,
            sql: """
                SELECT s.session_id FROM session_root r JOIN session s USING (session_id)
                WHERE r.path = ?3 AND \(compatible)
                """,
            arguments: identity + [folder.path])
        {
            return same
        }
        for id in uniqueIDs() {
            let same = try Int64.fetchOne(
                db,
                sql: """
                    SELECT s.session_id FROM exposure e JOIN session s USING (session_id)
                    WHERE e.unique_id = ?3 AND \(compatible) ORDER BY s.session_id
                    """,
                arguments: identity + [id])
            if let same { return same }
        }
        return nil
    }

    private func create(_ db: Database) throws -> Int64 {
        let wanted = metadata?.name ?? folder.name
        var name = wanted
        var number = 2
        while try Int64.fetchOne(db, sql: "SELECT 1 FROM session WHERE name = ?", arguments: [name]) != nil {
            name = "\(wanted)~\(number)"
            number += 1
        }
        try db.execute(
            sql: "INSERT INTO session (name, grid) VALUES (?, ?)", arguments: [name, "session \(name)"])
        return db.lastInsertedRowID
    }

    /// EpuSession.dm is rewritten while a session runs: what it says last counts.
    private func refresh(_ sessionID: Int64, _ db: Database) throws {
        guard let metadata else { return }
        try db.execute(
            sql: """
                UPDATE session SET epu_name = ifnull(?, epu_name), created_at = ifnull(?, created_at), atlas_id = ?, epu_version = ifnull(?, epu_version),
                    clustering_mode = ?, clustering_radius_um = ?, movie_format = ?, hole_size_um = ?,
                    hole_spacing_um = ?
                WHERE session_id = ?
                """,
            arguments: [
                metadata.name, metadata.createdAt?.archiveText, metadata.atlasID, metadata.epuVersion,
                metadata.clusteringMode, metadata.clusteringRadiusUm, metadata.movieFormat, metadata.holeSizeUm,
                metadata.holeSpacingUm, sessionID,
            ])
    }
}
