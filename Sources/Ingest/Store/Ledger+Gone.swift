import EPUArchive
import EPUCore
import Foundation
import GRDB

/// Files and folders that are not there any more.
extension Ledger {
    /// The newest row of the ledger, to be asked for before a walk: only what was there before it can be found to be gone.
    static func newestRow(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT max(source_file_id) FROM source_file") ?? 0
    }

    /// Takes out what a complete walk did not find any more. Files from which exposures and images were read keep their rows: a
    /// session may be deleted on the microscope when it is in the archive. So do exposures' files that went before they could be
    /// read, until the exposure is known from another file.
    /// - Parameters:
    ///   - starts: The folders that were walked, relative to the root.
    ///   - newest: The newest row that was there before the walk.
    func removeGone(_ seen: SeenFiles, below starts: [String], newest: Int64, _ db: Database) throws {
        let prefixes = starts.map { $0.isEmpty ? "" : $0 + "/" }
        var gone: [(id: Int64, path: String, stem: String, kind: SourceKind?)] = []
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT source_file_id, path, stem, kind FROM source_file
                WHERE session_root_id = ? AND source_file_id <= ?
                """,
            arguments: [rootID, newest])
        while let row = try rows.next() {
            if !seen.contains(row[0]), prefixes.contains(where: { (row[1] as String).utf8.starts(with: $0.utf8) }) {
                gone.append((row[0], row[1], row[2], SourceKind(rawValue: row[3])))
            }
        }
        let replaced = try gone.filter { file in
            try !Self.remove(file.id, db) || file.kind == .holeImage || file.kind == .gridSquareImage
        }
        guard !replaced.isEmpty else { return }
        let stems = String(decoding: try JSONEncoder().encode(replaced.map(\.stem)), as: UTF8.self)
        try Self.readTwinsAgain(
            db, condition: "stem IN (SELECT value FROM json_each(?1)) AND session_root_id IN (\(Self.rootsOfSession))",
            arguments: [stems, rootID])
        // Twins under another name count, too, for example with the number of another hole.
        let root = try String.fetchOne(
            db, sql: "SELECT path FROM session_root WHERE session_root_id = ?", arguments: [rootID])
        for file in replaced where file.kind == .exposure {
            try db.cachedStatement(
                sql: "UPDATE source_file SET size_bytes = NULL WHERE status = \(FileStatus.twin.sql) AND problem = ?"
            ).execute(arguments: [SameShot.problem((root ?? "") + "/" + file.path)])
        }
    }

    private static let rootsOfSession = """
        SELECT session_root_id FROM session_root
        WHERE session_id = (SELECT session_id FROM session_root WHERE session_root_id = ?2)
        """

    /// Takes out the rows of a root that lies nowhere any more, and the root where nothing is left of it.
    static func removeRoot(_ rootID: Int64, _ db: Database) throws {
        for id in try Int64.fetchAll(
            db, sql: "SELECT source_file_id FROM source_file WHERE session_root_id = ?", arguments: [rootID])
        {
            try remove(id, db)
        }
        try removeEmptyRoot(rootID, db)
    }

    static func removeEmptyRoot(_ rootID: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM session_root WHERE session_root_id = ?1
                    AND NOT EXISTS (SELECT 1 FROM source_file WHERE session_root_id = ?1)
                """, arguments: [rootID])
    }
}
