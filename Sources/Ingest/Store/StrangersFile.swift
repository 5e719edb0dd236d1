import EPUArchive
import EPUCore
import GRDB

/// An EpuSession.dm that was put beside others' exposures, and the session that it belongs to, which must not get these
/// exposures.
struct StrangersFile {
    let folder: SessionFolder
    let file: SessionFile?

    /// The session that the file belongs to; nil where that session has no exposure which the file fits, for example because it
    /// was made from this file alone.
    func session(_ db: Database) throws -> Int64? {
        guard let file, file.foreign != nil, let owner = try SessionSearch.session(named: file.metadata, db) else {
            return nil
        }
        var fit = try file.fit(of: owner, db)
        return try fit.addExposures(of: owner, db) ? owner : nil
    }

    /// Takes back the files here that were counted to the stranger: the file came before the exposures, or an older version did
    /// not see that these belong to another session.
    func takeBack(from stranger: Int64, to roots: FolderRoots, _ db: Database) throws {
        let rootID = try Int64.fetchOne(
            db, sql: "SELECT session_root_id FROM session_root WHERE path = ? AND session_id = ?",
            arguments: [folder.path, stranger])
        guard let file, !file.isOfOtherInstrument, let rootID else { return }
        // Where the folder had the session's own exposures before, nothing tells which file belongs to which session.
        var fit = try file.fit(of: stranger, db)
        guard try !fit.addExposures(of: stranger, inRoot: rootID, db) else { return }
        try db.execute(
            sql: "UPDATE source_file SET status = ?, size_bytes = NULL WHERE session_root_id = ? AND path = ?",
            arguments: [FileStatus.unknown.rawValue, rootID, file.path])
        let files = try Int64.fetchAll(
            db, sql: "SELECT source_file_id FROM source_file WHERE session_root_id = ?", arguments: [rootID])
        let old = FolderRoots.Root(id: rootID, sessionID: stranger, instrument: nil)
        try roots.move(files, from: old, to: roots.main, db)
        try Ledger.removeRoot(rootID, db)
        try Settlement(sessionID: stranger).settle(db)
    }

    /// The path of an EpuSession.dm that is to be judged now: it lay in the folder alone, and its session has its exposures
    /// elsewhere, but this look at a part of the folder brings exposures. Nil where there is none.
    static func toBeJudged(in folder: SessionFolder, _ db: Database) throws -> String? {
        guard folder.isSession, !folder.hasSessionFile else { return nil }
        let path = try String.fetchOne(
            db,
            sql: """
                SELECT f.path FROM session_root r JOIN source_file f USING (session_root_id)
                WHERE r.path = ? AND f.kind = \(SourceKind.session.sql) AND f.status = \(FileStatus.ok.sql)
                    AND EXISTS (SELECT 1 FROM exposure e WHERE e.session_id = r.session_id)
                    AND NOT EXISTS (SELECT 1 FROM source_file x JOIN exposure e ON e.metadata_file_id = x.source_file_id
                                    WHERE x.session_root_id = r.session_root_id)
                """,
            arguments: [folder.path])
        return path.flatMap { PathText.status(folder.path + "/" + $0) == nil ? nil : $0 }
    }
}
