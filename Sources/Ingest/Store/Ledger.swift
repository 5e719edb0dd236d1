import EPUFormat
import EPUShared
import GRDB

/// The rows of `source_file` under one root.
struct Ledger: Sendable {
    let rootID: Int64

    /// What the ledger has of a file.
    struct Entry: Sendable {
        let id: Int64
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

    /// What is known of files, which are in the order of their folders and names.
    func entries(of files: [SourceFile], _ db: Database) throws -> [String: Entry] {
        var known: [String: Entry] = [:]
        let statement = try db.cachedStatement(
            sql: """
                SELECT path, source_file_id, size_bytes, modified_ns, status FROM source_file
                WHERE session_root_id = ? AND path BETWEEN ? AND ?
                """)
        var start = 0
        while start < files.count {
            // One query for each folder; between its first and its last file lie few others.
            let end = files[start...].firstIndex { $0.folder != files[start].folder } ?? files.count
            let rows = try Row.fetchCursor(
                statement, arguments: [rootID, files[start].path, files[end - 1].path])
            while let row = try rows.next() {
                known[row[0]] = Entry(
                    id: row[1], sizeBytes: row[2], modifiedNs: row[3], status: FileStatus(rawValue: row[4]))
            }
            start = end
        }
        return known
    }

    /// The newest row, to tell those that a run finds from those that it makes; nil where there is none.
    func newestRow(_ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db, sql: "SELECT max(source_file_id) FROM source_file WHERE session_root_id = ?", arguments: [rootID])
    }

    /// Takes out what a complete walk did not come across any more. What exposures and images were read from stays:
    /// a session may be deleted on the microscope when it is in the archive.
    /// - Parameters:
    ///   - start: the folder that was walked, relative to the root.
    ///   - newest: rows up to this one were there before the walk.
    func removeGone(_ seen: SeenFiles, below start: String, newest: Int64, _ db: Database) throws {
        let prefix = start.isEmpty ? "" : start + "/"
        var gone: [Int64] = []
        let rows = try Row.fetchCursor(
            db, sql: "SELECT source_file_id, path FROM source_file WHERE session_root_id = ? AND source_file_id <= ?",
            arguments: [rootID, newest])
        while let row = try rows.next() {
            if !seen.contains(row[0]), (row[1] as String).hasPrefix(prefix) { gone.append(row[0]) }
        }
        for id in gone { try Self.remove(id, db) }
    }

    /// Takes out the rows of a root that lies nowhere any more, and the root where nothing is left of it.
    static func removeRoot(_ rootID: Int64, _ db: Database) throws {
        for id in try Int64.fetchAll(
            db, sql: "SELECT source_file_id FROM source_file WHERE session_root_id = ?", arguments: [rootID])
        {
            try remove(id, db)
        }
        try db.execute(
            sql: """
                DELETE FROM session_root WHERE session_root_id = ?1
                    AND NOT EXISTS (SELECT 1 FROM source_file WHERE session_root_id = ?1)
                """, arguments: [rootID])
    }

    private static func remove(_ id: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                UPDATE source_file SET status = 'missing image', problem = '\(missingImage)'
                WHERE status = 'ok' AND source_file_id IN (SELECT metadata_file_id FROM exposure WHERE image_file_id = ?)
                """
        ).execute(arguments: [id])
        try db.cachedStatement(
            sql: """
                DELETE FROM source_file WHERE source_file_id = ?1
                    AND NOT EXISTS (SELECT 1 FROM exposure WHERE metadata_file_id = ?1)
                    AND NOT EXISTS (SELECT 1 FROM hole_image WHERE metadata_file_id = ?1)
                    AND NOT EXISTS (SELECT 1 FROM grid_square_image WHERE metadata_file_id = ?1)
                """
        ).execute(arguments: [id])
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
