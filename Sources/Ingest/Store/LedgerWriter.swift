import EPUArchive
import EPUCore
import EPUFormat
import GRDB

/// Writes rows of the ledger within one transaction.
struct LedgerWriter {
    private let rootID: Int64
    private var insert: RowStatement
    private var update: RowStatement
    private var find: RowStatement
    private var setStatus: RowStatement

    init(rootID: Int64, _ db: Database) throws {
        self.rootID = rootID
        insert = try RowStatement(
            db,
            """
            INSERT INTO source_file (session_root_id, path, stem, kind, size_bytes, modified_ns, status, problem)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """)
        update = try RowStatement(
            db,
            """
            UPDATE source_file SET kind = ?, size_bytes = ?, modified_ns = ?, status = ?, problem = ?
            WHERE source_file_id = ?
            """)
        find = try RowStatement(
            db, "SELECT source_file_id FROM source_file WHERE session_root_id = ? AND path = ?")
        setStatus = try RowStatement(db, "UPDATE source_file SET status = ?, problem = ? WHERE source_file_id = ?")
    }

    /// Writes the file's row.
    /// - Returns: The id of the row, and whether there was one before.
    mutating func record(_ file: SourceFile, _ status: FileStatus, _ problem: String?) throws
        -> (id: Int64, isNew: Bool)
    {
        if file.ledgerID == nil {
            insert.bind(rootID)
            insert.bind(file.path)
            insert.bind(file.name.stem)
            insert.bind(file.name.kind.rawValue)
            insert.bind(file.sizeBytes)
            insert.bind(file.modifiedNs)
            insert.bind(status.rawValue)
            insert.bind(problem)
            try insert.run()
            if insert.changes == 1 { return (insert.insertedID, true) }
        }
        // The file was known before, or another ingest wrote its row a moment ago.
        let id = try file.ledgerID ?? knownID(of: file)
        update.bind(file.name.kind.rawValue)
        update.bind(file.sizeBytes)
        update.bind(file.modifiedNs)
        update.bind(status.rawValue)
        update.bind(problem)
        update.bind(id)
        try update.run()
        return (id, false)
    }

    private mutating func knownID(of file: SourceFile) throws -> Int64 {
        find.bind(rootID)
        find.bind(file.path)
        guard let id = try find.run() else { throw Failure("The archive does not find its row of \(file.path).") }
        return id
    }

    mutating func mark(_ fileID: Int64, _ status: FileStatus, _ problem: String? = nil) throws {
        setStatus.bind(status.rawValue)
        setStatus.bind(problem)
        setStatus.bind(fileID)
        try setStatus.run()
    }
}
