import EPUShared
import GRDB

/// The rows of `source_file` under one root.
struct Ledger {
    let rootID: Int64

    /// Whether the file was read before just as it is now. What could not be used is tried again at every run.
    func isUnchanged(_ file: SourceFile, _ db: Database) throws -> Bool {
        let known = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT size_bytes, modified_ns, status FROM source_file WHERE session_root_id = ? AND path = ?"),
            arguments: [rootID, file.path])
        guard let known, let status = FileStatus(rawValue: known["status"]) else { return false }
        return known["size_bytes"] == file.sizeBytes && known["modified_ns"] == file.modifiedNs
            && file.obstacle == nil && !status.isProblem && status != .tooYoung
    }

    /// Writes the file's row and returns its id.
    func record(_ reading: FileReading, _ db: Database) throws -> Int64 {
        let file = reading.file
        let id = try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    INSERT INTO source_file
                        (session_root_id, path, stem, kind, size_bytes, modified_ns, status, problem)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (session_root_id, path) DO UPDATE SET
                        kind = excluded.kind, size_bytes = excluded.size_bytes, modified_ns = excluded.modified_ns,
                        status = excluded.status, problem = excluded.problem
                    RETURNING source_file_id
                    """),
            arguments: [
                rootID, file.path, file.name.stem, file.name.kind.rawValue, file.sizeBytes, file.modifiedNs,
                reading.status.rawValue, reading.problem,
            ])
        guard let id else { throw Failure("The archive did not return the id of \(file.path).") }
        return id
    }

    static func mark(_ fileID: Int64, _ status: FileStatus, _ problem: String?, _ db: Database) throws {
        try db.cachedStatement(sql: "UPDATE source_file SET status = ?, problem = ? WHERE source_file_id = ?")
            .execute(arguments: [status.rawValue, problem, fileID])
    }
}
