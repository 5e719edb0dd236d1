import EPUArchive
import GRDB

/// What a person should know of a session before its results are believed, as ingest found it.
struct SessionNotice: Encodable, ArchiveRecord {
    let name: String
    let subject: String
    let message: String
    /// The number of exposures that it concerns; nil if it concerns none.
    let exposures: Int?

    static func all(of sessionID: Int64, _ db: Database) throws -> [SessionNotice] {
        try SessionNotice.fetchAll(
            db,
            sql: "SELECT name, subject, message, exposures FROM notice WHERE session_id = ? ORDER BY name, subject",
            arguments: [sessionID])
    }
}
