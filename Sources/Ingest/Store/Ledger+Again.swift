import EPUArchive
import EPUCore
import GRDB

/// Files that are to be read once more, though they have not changed.
extension Ledger {
    /// Makes this root's files count as not yet read where they are copies of files in a root that lies nowhere any more: they
    /// take the place of these.
    func replaceFiles(of lostRootID: Int64, _ db: Database) throws {
        try Self.readTwinsAgain(
            db,
            condition: """
                session_root_id = ?1 AND stem IN (SELECT stem FROM source_file
                                                  WHERE session_root_id = ?2 AND kind IN (\(Self.imageKinds)))
                """,
            arguments: [rootID, lostRootID])
    }

    private static let imageKinds = SourceKind.allCases.filter(\.isImage).sqlList

    static func readTwinsAgain(_ db: Database, condition: String, arguments: StatementArguments) throws {
        try db.execute(
            sql: """
                UPDATE source_file SET size_bytes = NULL
                WHERE status = \(FileStatus.twin.sql) AND kind IN (\(imageKinds)) AND \(condition)
                """,
            arguments: arguments)
    }

    /// Makes an EpuSession.dm that was not joined to a session count as not yet read: the session has other exposures now.
    static func readStrangersFileAgain(of sessionID: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE source_file SET size_bytes = NULL
                WHERE kind = \(SourceKind.session.sql) AND status = \(FileStatus.unknown.sql)
                    AND session_root_id IN (SELECT session_root_id FROM session_root WHERE session_id = ?)
                """, arguments: [sessionID])
    }

    /// Makes all files of the root count as not yet read.
    func readAgain(_ db: Database) throws {
        try db.execute(sql: "UPDATE source_file SET size_bytes = NULL WHERE session_root_id = ?", arguments: [rootID])
    }
}
