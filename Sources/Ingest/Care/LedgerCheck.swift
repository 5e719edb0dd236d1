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
    /// The number of files that the next ingest reads again: with another size or time than when they were read.
    private(set) var changed = 0

    /// The number of files whose rows are read at once: looking for files on a slow disk must not keep others from writing.
    private static let batch = 4096

    private struct Root: ArchiveRecord {
        let sessionRootID: Int64
        let path: String
    }

    private struct LedgerFile {
        let path: String
        let sizeBytes: Int64?
        let modifiedNs: Int64?
    }

    init(_ archive: Archive) throws {
        let roots = try archive.read {
            try Root.fetchAll($0, sql: "SELECT session_root_id, path FROM session_root ORDER BY path")
        }
        for root in roots {
            guard PathText.withPath(root.path, { access($0, R_OK | X_OK) }) == 0 else {
                if missingFolders.last != root.path { missingFolders.append(root.path) }
                continue
            }
            var last = ""
            while true {
                let batch = try archive.read { db in
                    try Row.fetchAll(
                        db.cachedStatement(
                            sql: """
                                SELECT path, size_bytes, modified_ns FROM source_file
                                WHERE session_root_id = ? AND path > ? ORDER BY path LIMIT \(Self.batch)
                                """), arguments: [root.sessionRootID, last]
                    ).map { LedgerFile(path: $0[0], sizeBytes: $0[1], modifiedNs: $0[2]) }
                }
                guard let end = batch.last?.path else { break }
                let looks = FileThreads.map(batch.count, threads: FileThreads.standard) { number in
                    Self.look(at: batch[number], in: root.path)
                }
                files += batch.count
                gone += looks.count { $0 == .gone }
                changed += looks.count { $0 == .changed }
                last = end
            }
        }
    }

    private enum Look {
        case unchanged, changed, gone
        /// Its disk does not answer, or it is not to be compared.
        case notKnown
    }

    private static func look(at file: LedgerFile, in folder: String) -> Look {
        let path = folder + "/" + file.path
        guard let status = PathText.status(path) else { return PathText.isGone(path) ? .gone : .notKnown }
        // Files without a size are to be read again anyhow, and folders that could not be listed have none.
        guard let size = file.sizeBytes, PathText.isFile(status) else { return .notKnown }
        let modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        return size == Int64(status.st_size) && file.modifiedNs == modified ? .unchanged : .changed
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
