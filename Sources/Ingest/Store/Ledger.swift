import EPUCore
import Foundation
import GRDB

/// The rows of `source_file` under one root.
struct Ledger: Sendable {
    let rootID: Int64

    /// A row of the ledger.
    struct Entry: Sendable {
        let id: Int64
        let rootID: Int64
        let sizeBytes: Int64?
        let modifiedNs: Int64?
        let status: FileStatus?

        /// Whether the file was read before just as it is now. What could not be used is tried again at every run.
        func isUnchanged(_ file: SourceFile) -> Bool {
            sizeBytes == file.sizeBytes && modifiedNs == file.modifiedNs && file.obstacle == nil
                && !isUnread
        }

        /// Whether the file could not be used so far, or was left for later.
        var isUnread: Bool { status.map { $0.isProblem || $0 == .tooYoung } ?? true }
    }

    /// The rows of files, which are in the order of their folders and of their names' bytes; nil for a new file.
    func entries(of files: [SourceFile], _ db: Database) throws -> [Entry?] {
        var known = [Entry?](repeating: nil, count: files.count)
        let statement = try db.cachedStatement(
            sql: """
                SELECT path, source_file_id, size_bytes, modified_ns, status FROM source_file
                WHERE session_root_id = ? AND path BETWEEN ? AND ? ORDER BY path
                """)
        var start = 0
        while start < files.count {
            // There is one query for each folder, as few other files lie between its first and its last file.
            let folder = files[start].folder.utf8
            let end = files[start...].firstIndex { !$0.folder.utf8.elementsEqual(folder) } ?? files.count
            let rows = try Row.fetchCursor(statement, arguments: [rootID, files[start].path, files[end - 1].path])
            var next = start
            while let row = try rows.next() {
                // Both are in the order of bytes; for Swift, two names that look alike are equal.
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

    /// The rows of files in all roots that a folder's files lie in; nil for a new file.
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

    static let missingImage = "no JPG of this name"
}
