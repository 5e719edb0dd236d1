import GRDB

/// What a person should know of a session before its results are believed, as ingest found it.
struct SessionNotice: Encodable {
    let name: String
    let subject: String
    let message: String
    /// How many it concerns; nil: it concerns no exposures.
    let exposures: Int?

    static func all(of sessionID: Int64, _ db: Database) throws -> [SessionNotice] {
        try Row.fetchAll(
            db,
            sql: "SELECT name, subject, message, exposures FROM notice WHERE session_id = ? ORDER BY name, subject",
            arguments: [sessionID]
        ).map { SessionNotice(name: $0[0], subject: $0[1], message: $0[2], exposures: $0[3]) }
    }
}
