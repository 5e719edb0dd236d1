import EPUFormat
import Foundation
import GRDB

/// The rows of `source_file` under one root.
struct Ledger: Sendable {
    let rootID: Int64

    /// What the ledger has of a file.
    struct Entry: Sendable {
        let id: Int64
        let rootID: Int64
        let sizeBytes: Int64?
        let modifiedNs: Int64?
        let status: FileStatus?

        /// Whether the file was read before just as it is now. What could not be used is tried again at every run.
        func isUnchanged(_ file: SourceFile) -> Bool {
            guard let status else { return false }
            return sizeBytes == file.sizeBytes && modifiedNs == file.modifiedNs && file.obstacle == nil
                && !status.isProblem && status != .tooYoung
        }
    }

    /// What is known of files, which are in the order of their folders and of their names' bytes; nil for a new one.
    func entries(of files: [SourceFile], _ db: Database) throws -> [Entry?] {
        var known = [Entry?](repeating: nil, count: files.count)
        let statement = try db.cachedStatement(
            sql: """
                SELECT path, source_file_id, size_bytes, modified_ns, status FROM source_file
                WHERE session_root_id = ? AND path BETWEEN ? AND ? ORDER BY path
                """)
        var start = 0
        while start < files.count {
            // One query for each folder; between its first and its last file lie few others.
            let folder = files[start].folder.utf8
            let end = files[start...].firstIndex { !$0.folder.utf8.elementsEqual(folder) } ?? files.count
            let rows = try Row.fetchCursor(statement, arguments: [rootID, files[start].path, files[end - 1].path])
            var next = start
            while let row = try rows.next() {
                // Both are in the order of bytes; to Swift, two names that look alike are equal.
                let path: String = row[0]
                while next < end, files[next].path.utf8.lexicographicallyPrecedes(path.utf8) { next += 1 }
                guard next < end, files[next].path.utf8.elementsEqual(path.utf8) else { continue }
                known[next] = Entry(
                    id: row[1], rootID: rootID, sizeBytes: row[2], modifiedNs: row[3],
                    status: FileStatus(rawValue: row[4]))
            }
            start = end
        }
        return known
    }

    /// The same for the roots that a folder's files lie in.
    static func entries(of files: [SourceFile], inRoots roots: [Int64], _ db: Database) throws -> [Entry?] {
        var known = [Entry?](repeating: nil, count: files.count)
        for root in roots {
            for (index, entry) in try Ledger(rootID: root).entries(of: files, db).enumerated() {
                known[index] = known[index] ?? entry
            }
        }
        return known
    }

    func isEmpty(_ db: Database) throws -> Bool {
        try Int64.fetchOne(
            db, sql: "SELECT 1 FROM source_file WHERE session_root_id = ? LIMIT 1", arguments: [rootID]) == nil
    }

    /// The newest row of all: to be asked before a walk, as only what was there before it can be found to be gone.
    static func newestRow(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT max(source_file_id) FROM source_file") ?? 0
    }

    /// Takes out what a complete walk did not come across any more. What exposures and images were read from stays:
    /// a session may be deleted on the microscope when it is in the archive.
    /// - Parameters:
    ///   - starts: the folders that were walked, relative to the root.
    ///   - newest: rows up to this one were there before the walk.
    func removeGone(_ seen: SeenFiles, below starts: [String], newest: Int64, _ db: Database) throws {
        let prefixes = starts.map { $0.isEmpty ? "" : $0 + "/" }
        var gone: [(id: Int64, path: String, stem: String, kind: String)] = []
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT source_file_id, path, stem, kind FROM source_file
                WHERE session_root_id = ? AND source_file_id <= ?
                """,
            arguments: [rootID, newest])
        while let row = try rows.next() {
            if !seen.contains(row[0]), prefixes.contains(where: { (row[1] as String).utf8.starts(with: $0.utf8) }) {
                gone.append((row[0], row[1], row[2], row[3]))
            }
        }
        let replaced = try gone.filter { file in
            try !Self.remove(file.id, db) || file.kind == "hole-image" || file.kind == "grid-square-image"
        }
        guard !replaced.isEmpty else { return }
        let stems = String(decoding: try JSONEncoder().encode(replaced.map(\.stem)), as: UTF8.self)
        try Self.readTwinsAgain(
            db, condition: "stem IN (SELECT value FROM json_each(?1)) AND session_root_id IN (\(Self.rootsOfSession))",
            arguments: [stems, rootID])
        // Those under another name, as with the number of another hole.
        let root = try String.fetchOne(
            db, sql: "SELECT path FROM session_root WHERE session_root_id = ?", arguments: [rootID])
        for file in replaced where file.kind == "exposure" {
            try db.cachedStatement(
                sql: "UPDATE source_file SET size_bytes = NULL WHERE status = 'twin' AND problem = ?"
            ).execute(arguments: [SameShot.problem((root ?? "") + "/" + file.path)])
        }
    }

    private static let rootsOfSession = """
        SELECT session_root_id FROM session_root
        WHERE session_id = (SELECT session_id FROM session_root WHERE session_root_id = ?2)
        """

    /// Copies of what lay in a root that lies nowhere any more take its place: this root's are read once more.
    func replaceFiles(of lostRootID: Int64, _ db: Database) throws {
        try Self.readTwinsAgain(
            db,
            condition: """
                session_root_id = ?1 AND stem IN (SELECT stem FROM source_file
                                                  WHERE session_root_id = ?2 AND kind IN (\(Self.imageKinds)))
                """,
            arguments: [rootID, lostRootID])
    }

    private static let imageKinds = "'exposure', 'hole', 'grid-square', 'hole-image', 'grid-square-image'"

    private static func readTwinsAgain(_ db: Database, condition: String, arguments: StatementArguments) throws {
        try db.execute(
            sql: """
                UPDATE source_file SET size_bytes = NULL
                WHERE status = 'twin' AND kind IN (\(imageKinds)) AND \(condition)
                """,
            arguments: arguments)
    }

    /// All files of the root count as not yet read.
    func readAgain(_ db: Database) throws {
        try db.execute(sql: "UPDATE source_file SET size_bytes = NULL WHERE session_root_id = ?", arguments: [rootID])
    }

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

    /// - Returns: false where the row stays, as an exposure or an image was read from the file.
    @discardableResult
    private static func remove(_ id: Int64, _ db: Database) throws -> Bool {
        try removeImage(id, db)
        try db.cachedStatement(
            sql: """
                DELETE FROM source_file WHERE source_file_id = ?1
                    AND NOT EXISTS (SELECT 1 FROM exposure WHERE metadata_file_id = ?1)
                    AND NOT EXISTS (SELECT 1 FROM hole_image WHERE metadata_file_id = ?1)
                    AND NOT EXISTS (SELECT 1 FROM grid_square_image WHERE metadata_file_id = ?1)
                """
        ).execute(arguments: [id])
        if db.changesCount > 0 { return true }
        // What was wrong with a file is over with the file.
        try db.cachedStatement(
            sql: """
                UPDATE source_file SET problem = NULL, size_bytes = NULL, status = CASE
                    WHEN EXISTS (SELECT 1 FROM exposure WHERE metadata_file_id = ?1 AND image_file_id IS NULL)
                    THEN 'missing image' ELSE 'ok' END
                WHERE source_file_id = ?1 AND status IN ('unreadable', 'malformed', 'incomplete')
                """
        ).execute(arguments: [id])
        return false
    }

    /// Exposures that had the file as their JPG get another of the name, or none.
    private static func removeImage(_ id: Int64, _ db: Database) throws {
        let shown = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT e.exposure_id, e.metadata_file_id,
                           (SELECT f.source_file_id FROM source_file f JOIN session_root r USING (session_root_id)
                            WHERE f.stem = e.name AND f.kind = 'exposure-image' AND f.status <> 'unreadable'
                                AND r.session_id = e.session_id AND f.source_file_id <> e.image_file_id
                            ORDER BY f.session_root_id, f.path LIMIT 1) AS other
                    FROM exposure e WHERE e.image_file_id = ?
                    """), arguments: [id])
        for row in shown {
            let other: Int64? = row["other"]
            try db.cachedStatement(sql: "UPDATE exposure SET image_file_id = ? WHERE exposure_id = ?")
                .execute(arguments: [other, row["exposure_id"]])
            guard other == nil else { continue }
            try db.cachedStatement(
                sql: """
                    UPDATE source_file SET status = 'missing image', problem = '\(missingImage)'
                    WHERE status = 'ok' AND source_file_id = ?
                    """
            ).execute(arguments: [row["metadata_file_id"]])
        }
        for table in ["hole_image", "grid_square_image"] {
            try db.cachedStatement(sql: "DELETE FROM \(table) WHERE image_file_id = ? AND metadata_file_id IS NULL")
                .execute(arguments: [id])
        }
    }

    static let missingImage = "no JPG of this name"
}

/// Rows of the ledger that a walk came across: a bit for each.
struct SeenFiles {
    private var bits: [UInt64] = []

    mutating func insert(_ id: Int64) {
        let word = Int(id >> 6)
        if word >= bits.count { bits += [UInt64](repeating: 0, count: word + 1 - bits.count) }
        bits[word] |= 1 << UInt64(id & 63)
    }

    func contains(_ id: Int64) -> Bool {
        let word = Int(id >> 6)
        return word < bits.count && bits[word] & (1 << UInt64(id & 63)) != 0
    }
}
