import GRDB

/// A notice: what a person should know of a session before its results are believed.
struct Notice: Encodable, Equatable, Sendable {
    /// The name of the check, for example `pixel-size`.
    let name: String
    /// The file or setting that the notice is about, where one check says several things.
    var subject = ""
    /// The notice in a sentence, with the numbers.
    let message: String
    /// The number of exposures that the notice is about; nil where it is about none.
    var exposures: Int?
}

/// The notices of a session.
struct NoticeStore {
    let sessionID: Int64

    /// Stores what some checks say now, in place of what they said before.
    /// - Parameter names: The names of the checks that were made; those that find nothing are among them.
    func replace(_ names: [String], with notices: [Notice], _ db: Database) throws {
        for name in names {
            try db.execute(
                sql: "DELETE FROM notice WHERE session_id = ? AND name = ?", arguments: [sessionID, name])
        }
        for notice in notices {
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO notice (session_id, name, subject, message, exposures)
                    VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [sessionID, notice.name, notice.subject, notice.message, notice.exposures])
        }
    }

    func all(_ db: Database) throws -> [Notice] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT name, subject, message, exposures FROM notice WHERE session_id = ? ORDER BY name, subject
                """,
            arguments: [sessionID]
        ).map { Notice(name: $0[0], subject: $0[1], message: $0[2], exposures: $0[3]) }
    }
}
