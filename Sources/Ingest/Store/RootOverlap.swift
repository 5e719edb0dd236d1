import EPUArchive
import EPUCore
import GRDB

/// Settles roots that lie within one another: a file has one row, in the root of the folder with which it is now read.
struct RootOverlap {
    let rootID: Int64
    let sessionID: Int64
    let folder: SessionFolder

    private struct Root {
        let id: Int64
        let sessionID: Int64?
        let path: String
    }

    /// The root that files go to, and whether they were another session's.
    private struct Target {
        let id: Int64
        let isOther: Bool
    }

    /// Files of a part of a split session stay the part's.
    private func target(of root: Root, _ db: Database) throws -> Target {
        guard let owner = root.sessionID, owner != sessionID, try SplitFamily.base(of: owner, db) == sessionID else {
            return Target(id: rootID, isOther: root.sessionID != sessionID)
        }
        return Target(id: try FolderRoots.add(folder.path, owner, db), isOther: false)
    }

    func resolve(_ db: Database) throws {
        let roots = try Row.fetchAll(
            db, sql: "SELECT session_root_id, session_id, path FROM session_root WHERE path <> ?",
            arguments: [folder.path]
        ).map { Root(id: $0[0], sessionID: $0[1], path: $0[2]) }
        for root in roots where folder.path.isPath(below: root.path) { try takeFiles(ofOuter: root, db) }
        for root in roots where root.path.isPath(below: folder.path) { try takeFiles(ofInner: root, db) }
    }

    /// Takes the files that were read with a folder above, before this folder was known to be a session.
    private func takeFiles(ofOuter outer: Root, _ db: Database) throws {
        let start = folder.path.relativePath(below: outer.path) + "/"
        // "0" is the character after "/".
        let ids = try Int64.fetchAll(
            db, sql: "SELECT source_file_id FROM source_file WHERE session_root_id = ? AND path > ? AND path < ?",
            arguments: [outer.id, start, start.dropLast() + "0"])
        guard !ids.isEmpty else { return }
        let target = try target(of: outer, db)
        if target.isOther, let old = outer.sessionID {
            // The files are read once more and say the rest.
            try SessionMove(old: old, new: sessionID).take(ids, db)
        }
        try db.execute(
            sql: """
                UPDATE OR IGNORE source_file SET session_root_id = ?, path = substr(path, ?)
                    \(target.isOther ? ", size_bytes = NULL" : "")
                WHERE source_file_id IN (\(ids.sqlList))
                """,
            arguments: [target.id, start.unicodeScalars.count + 1])
        try Ledger.removeEmptyRoot(outer.id, db)
    }

    /// Takes the files that were read when a part of this folder was given.
    private func takeFiles(ofInner inner: Root, _ db: Database) throws {
        let isPart = try inner.sessionID.map { try SplitFamily.base(of: $0, db) == sessionID } ?? false
        guard inner.sessionID == nil || inner.sessionID == sessionID || isPart else { return }
        let relative = inner.path.relativePath(below: folder.path)
        guard folder.folders.contains(where: { $0.path.hasSameBytes(as: relative) }) else { return }
        try db.execute(
            sql: """
                UPDATE OR IGNORE source_file SET session_root_id = ?, path = ? || '/' || path
                    \(inner.sessionID == nil ? ", size_bytes = NULL" : "")
                WHERE session_root_id = ?
                """,
            arguments: [target(of: inner, db).id, relative, inner.id])
        try Ledger.removeEmptyRoot(inner.id, db)
    }
}
