import EPUArchive
import EPUCore
import Foundation
import GRDB

/// The notice that a part of a session's folder was given, and the rest was never read, here or in a copy: its exposures are not known,
/// so that what was exposed before may be missing. Any number of parts may come one by one; the last of them takes the notice away.
struct PartNotice {
    private let folder: SessionFolder
    /// EpuSession.dm and folders of EPU's that lie beside what was given, relative to the session's folder.
    private let others: [String]

    private static let name = "part-of-session"
    /// The number of files and folders that are named.
    private static let named = 3

    /// Looks for what lies beside the given folders.
    init(_ folder: SessionFolder) {
        self.folder = folder
        let starts = folder.starts.filter { !$0.isEmpty }
        guard starts.count == folder.starts.count else {
            others = []
            return
        }
        let above = Set(starts.flatMap(Self.foldersAbove))
        var found: Set<PathKey> = []
        for parent in above { found.formUnion(Self.parts(of: parent.text, root: folder.path).subtracting(above)) }
        others = found.sortedPaths.filter { path in
            !starts.contains { path.hasSameBytes(as: $0) || path.isPath(below: $0) }
        }
    }

    /// The folders that a path leads through; `""` is the root.
    private static func foldersAbove(_ path: String) -> [PathKey] {
        path.pathParts.indices.map { PathKey(path.pathParts[..<$0].joined(separator: "/")) }
    }

    /// What EPU writes into a folder of a session.
    private static func parts(of parent: String, root: String) -> Set<PathKey> {
        let (path, isRoot) = (parent.isEmpty ? root : root + "/" + parent, parent.isEmpty)
        let isSquare = parent.pathParts.last.map(SourceFile.isGridSquareFolder) ?? false
        var found: Set<PathKey> = []
        func add(_ bytes: UnsafeBufferPointer<UInt8>, isFolder: () -> Bool) {
            let name = PathText.of(bytes)
            let isFile = isRoot && name == SessionFolder.sessionFileName
            let isPart =
                SourceFile.isGridSquareFolder(name[...])
                || isRoot && (SessionFolder.isImagesFolder(name) || name == SessionFolder.metadataFolder)
                || isSquare && Self.foldersOfSquare.contains(name)
            guard isFile || isPart, isFolder() != isFile else { return }
            found.insert(PathKey(isRoot ? name : parent + "/" + name))
        }
        // Only the few names that count are asked for what they are.
        let unclear = try? UnclearEntry.others(in: path) { name, isFolder, _ in add(name) { isFolder } }
        for entry in unclear ?? [] { entry.withName { add($0) { entry.kind(in: path).isFolder } } }
        return found
    }

    private static let exposuresOfSquare = "Data"
    private static let foldersOfSquare: Set = [exposuresOfSquare, "FoilHoles"]

    /// Whether a path of `others` is a folder in which EPU writes exposures.
    private static func holdsExposures(_ path: String) -> Bool {
        guard let name = path.pathParts.last else { return false }
        return SessionFolder.isImagesFolder(name) || SourceFile.isGridSquareFolder(name) || name == exposuresOfSquare
    }

    /// Says of the sessions in these roots, all of this folder, what was never read, or takes the notice back.
    func settle(_ roots: [FolderRoots.Root], _ db: Database) throws {
        let known = try others.isEmpty ? [] : Self.rootsOfSessions(in: roots, db)
        let unread = try others.filter { path in try !known.contains { try Self.isRead(path, $0, db) } }
        for session in roots.compactMap(\.sessionID) {
            // A folder above it was given meanwhile, or the session was moved, where its folder is no root any more.
            try db.execute(
                sql: """
                    DELETE FROM notice WHERE session_id = ?1 AND name = ?2 AND (
                        subject = ?3 OR NOT EXISTS (SELECT 1 FROM session_root WHERE session_id = ?1 AND path = subject))
                    """, arguments: [session, Self.name, folder.path])
            guard !unread.isEmpty else { continue }
            try db.execute(
                sql: "INSERT INTO notice (session_id, name, subject, message) VALUES (?, ?, ?, ?)",
                arguments: [session, Self.name, folder.path, message(unread)])
        }
    }

    /// These roots and all others of their sessions, parts of split sessions included: a copy of the folder may have been read.
    private static func rootsOfSessions(in roots: [FolderRoots.Root], _ db: Database) throws -> Set<Int64> {
        var found = Set(roots.map(\.id))
        for session in Set(roots.compactMap(\.sessionID)).sorted() {
            found.formUnion(
                try Int64.fetchAll(
                    db,
                    sql: """
                        SELECT session_root_id FROM session_root
                        WHERE session_id IN (\(SplitFamily(of: session, db).members.sqlList))
                        """))
        }
        return found
    }

    /// Tells first of what most depends on: folders of exposures. Elsewhere nothing is exposed.
    private func message(_ unread: [String]) -> String {
        let (exposed, others) = (unread.filter(Self.holdsExposures), unread.filter { !Self.holdsExposures($0) })
        let notKnown =
            if exposed.isEmpty {
                "without \(Self.list(others)): what is written there of the session and its holes is not known."
            } else if others.isEmpty {
                "without \(Self.list(exposed)): what was exposed there is not known."
            } else {
                "without \(Self.list(exposed)): what was exposed there is not known. Also not read: \(Self.list(others))."
            }
        return "only a part of \(folder.path) was read, \(notKnown) Give \(folder.path) to epu-ingest to read all."
    }

    private static func list(_ paths: [String]) -> String {
        let more = paths.count - named
        return paths.prefix(named).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }

    /// Whether the ledger has a file or folder, or something in it.
    private static func isRead(_ path: String, _ root: Int64, _ db: Database) throws -> Bool {
        // "0" is the character after "/".
        try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT 1 FROM source_file WHERE session_root_id = ?1 AND path = ?2
                    UNION ALL SELECT 1 FROM source_file WHERE session_root_id = ?1 AND path > ?2 || '/' AND path < ?2 || '0' LIMIT 1
                    """), arguments: [root, path]) != nil
    }
}
