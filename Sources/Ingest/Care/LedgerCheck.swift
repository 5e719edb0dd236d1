import EPUArchive
import EPUCore
import Foundation
import GRDB

/// How the ledger of files stands to the disk. A difference is no fault of the archive: sessions go to a tape, and grow.
struct LedgerCheck: Encodable {
    /// The folders that could not be listed, with their files: a disk that is not there, or a session that was moved.
    private(set) var missingFolders: [String] = []
    private(set) var files = 0
    /// The number of files, in folders that are there, that are gone.
    private(set) var gone = 0
    /// The number of files with another size or time than when they were read.
    private(set) var changed = 0

    init(_ archive: Archive) throws {
        try archive.read { db in
            let roots = try Row.fetchAll(db, sql: "SELECT session_root_id, path FROM session_root ORDER BY path")
            for root in roots {
                let path: String = root[1]
                guard access(path, R_OK | X_OK) == 0 else {
                    if missingFolders.last != path { missingFolders.append(path) }
                    continue
                }
                try look(at: root[0], path, db)
            }
        }
    }

    private mutating func look(at root: Int64, _ folder: String, _ db: Database) throws {
        var statement = try RowStatement(
            db, "SELECT path, size_bytes, modified_ns FROM source_file WHERE session_root_id = ?")
        statement.bind(root)
        try statement.forEachRow { row in
            guard let path = row.string(0) else { return }
            files += 1
            var found = stat()
            guard stat(folder + "/" + path, &found) == 0 else {
                gone += 1
                return
            }
            let modified = Int64(found.st_mtim.tv_sec) * 1_000_000_000 + Int64(found.st_mtim.tv_nsec)
            // Without a size, a file is to be read again anyhow.
            if !row.isNull(1), row.int(1) != Int64(found.st_size) || row.int(2) != modified { changed += 1 }
        }
    }

    var text: String {
        var lines = ["files: \(files) in reach, \(gone) gone, \(changed) changed since they were read"]
        if changed > 0 { lines.append("  Run `epu-ingest` on their folders to read what has changed.") }
        if !missingFolders.isEmpty {
            let shown = missingFolders.prefix(3).joined(separator: ", ")
            let more = missingFolders.count > 3 ? " and \(missingFolders.count - 3) more" : ""
            lines.append("folders that are not in reach: \(shown)\(more)")
        }
        return lines.joined(separator: "\n")
    }
}
