import EPUFormat
import EPUShared
import GRDB

/// Finds the session of the archive that a folder belongs to, or makes it.
struct SessionStore {
    let folder: SessionFolder
    let metadata: SessionMetadata?
    /// Some of the folder's exposures; asked for only where nothing else tells the session.
    let exposures: () -> [KnownExposure]

    /// What an exposure can be recognised by.
    struct KnownExposure: Sendable {
        let name: ExposureName
        let gridSquare: Int64?
        let uniqueID: String?
    }

    /// The folder's row in `session_root`, and its session where it has one.
    func resolve(_ db: Database) throws -> (rootID: Int64, sessionID: Int64?) {
        let sessionID = folder.isSession ? try known(db) ?? create(db) : try knownSession(db)
        var isTaken = false
        if let sessionID {
            // Files that belonged to no session when they were first seen, do now.
            try db.execute(
                sql: """
                    UPDATE OR IGNORE session_root SET session_id = ?1 WHERE path = ?2 AND session_id IS NULL
                    """,
                arguments: [sessionID, folder.path])
            isTaken = db.changesCount > 0
        }
        try db.execute(
            sql: "INSERT INTO session_root (session_id, path) VALUES (?, ?) ON CONFLICT DO NOTHING",
            arguments: [sessionID, folder.path])
        let rootID = try Int64.fetchOne(
            db, sql: "SELECT session_root_id FROM session_root WHERE path = ? AND session_id IS ?",
            arguments: [folder.path, sessionID])
        guard let rootID else { throw Failure("The archive did not return the id of \(folder.path).") }
        let ledger = Ledger(rootID: rootID)
        if isTaken { try ledger.readAgain(db) }
        if let sessionID {
            try RootOverlap(rootID: rootID, sessionID: sessionID, folder: folder).resolve(db)
            for lost in try Settlement(sessionID: sessionID).lostRoots(db) where lost != rootID {
                try ledger.replaceFiles(of: lost, db)
            }
        }
        return (rootID, sessionID)
    }

    /// The session of a folder without exposures and without EpuSession.dm.
    func knownSession(_ db: Database) throws -> Int64? {
        try sessionOfRoot(db) ?? Adoption(folder: folder).session(db)
    }

    /// The session that the folder was found to be of, by the files in it.
    private func sessionOfRoot(_ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT session_id FROM session_root WHERE path = ? AND session_id IS NOT NULL
                ORDER BY session_root_id DESC
                """,
            arguments: [folder.path])
    }

    /// A session is the same when its EpuSession.dm is; without one, when its folder is or it shares an exposure; and
    /// an EpuSession.dm belongs to exposures elsewhere that were made in its squares with its template.
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
        let compatible = "ifnull(s.epu_name = ?1, 1) AND ifnull(s.created_at = ?2, 1)"
        if let same = try Int64.fetchOne(
            db,
            sql: """
                SELECT s.session_id FROM session_root r JOIN session s USING (session_id)
                WHERE r.path = ?3 AND \(compatible) ORDER BY r.session_root_id DESC
                """,
            arguments: identity + [folder.path])
        {
            return same
        }
        let exposures = exposures()
        for exposure in exposures {
            guard let uniqueID = exposure.uniqueID else { continue }
            let same = try Int64.fetchOne(
                db,
                sql: """
                    SELECT s.session_id FROM session s
                    WHERE \(compatible) AND EXISTS (
                        SELECT 1 FROM exposure e
                        WHERE e.session_id = s.session_id AND e.name = ?3 AND ifnull(e.unique_id, '') = ?4)
                    ORDER BY s.session_id
                    """,
                arguments: identity + [exposure.name.base, uniqueID])
            if let same { return same }
        }
        return try sessionOfTemplate(db) ?? sessionOfMetadata(exposures, db)
    }

    /// The exposures came first, without EpuSession.dm.
    private func sessionOfTemplate(_ db: Database) throws -> Int64? {
        guard let metadata, let areas = metadata.template?.areas, !areas.isEmpty, !metadata.gridSquares.isEmpty else {
            return nil
        }
        let found = try Int64.fetchAll(
            db,
            sql: """
                SELECT s.session_id FROM session s
                WHERE s.epu_name IS NULL
                    AND EXISTS (SELECT 1 FROM template_area a WHERE a.session_id = s.session_id
                                AND a.area IN (\(Self.list(areas.map(\.area)))))
                    AND EXISTS (SELECT 1 FROM grid_square g WHERE g.session_id = s.session_id
                                AND g.grid_square IN (\(Self.list(metadata.gridSquares.map(\.gridSquare)))))
                """)
        return found.count == 1 ? found[0] : nil
    }

    /// EpuSession.dm came first, from another folder.
    private func sessionOfMetadata(_ exposures: [KnownExposure], _ db: Database) throws -> Int64? {
        guard metadata == nil else { return nil }
        // Not every exposure was made with the template that EpuSession.dm has last.
        for exposure in exposures {
            guard let gridSquare = exposure.gridSquare else { continue }
            let found = try Int64.fetchAll(
                db,
                sql: """
                    SELECT a.session_id FROM template_area a JOIN grid_square g USING (session_id)
                    WHERE a.area = ? AND a.shift_x_px IS NOT NULL AND g.grid_square = ? AND g.metadata_name IS NOT NULL
                    """,
                arguments: [exposure.name.area, gridSquare])
            if found.count == 1 { return found[0] }
        }
        return nil
    }

    private static func list(_ numbers: [Int64]) -> String { numbers.map(String.init).joined(separator: ", ") }

    private func create(_ db: Database) throws -> Int64 {
        let wanted = metadata?.name ?? folder.name
        var name = wanted
        var number = 2
        while try Int64.fetchOne(db, sql: "SELECT 1 FROM session WHERE name = ?", arguments: [name]) != nil {
            name = "\(wanted)~\(number)"
            number += 1
        }
        // Its identity at once, so that another ingest that comes to it now finds the same session.
        try db.execute(
            sql: "INSERT INTO session (name, grid, epu_name, created_at) VALUES (?, ?, ?, ?)",
            arguments: [name, "session \(name)", metadata?.name, metadata?.createdAt?.archiveText])
        return db.lastInsertedRowID
    }
}
