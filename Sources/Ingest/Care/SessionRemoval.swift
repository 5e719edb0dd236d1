import EPUArchive
import EPUCore
import GRDB

/// A session that is taken out of an archive, with what goes with it.
struct SessionRemoval: Encodable {
    let session: String
    let exposures: Int
    let files: Int
    /// The number of analyses that judge the session.
    let analyses: Int
    /// The number of analyses of other sessions that were compared with it.
    let comparedAnalyses: Int
    let reviews: Int
    private let sessionID: Int64

    enum CodingKeys: String, CodingKey {
        case session, exposures, files, analyses, comparedAnalyses, reviews
    }

    init(_ row: SessionRow, _ db: Database) throws {
        session = row.name
        sessionID = row.sessionID
        func count(_ sql: String) throws -> Int {
            try Int.fetchOne(db, sql: "SELECT count(*) FROM " + sql, arguments: [row.sessionID]) ?? 0
        }
        exposures = try count("exposure WHERE session_id = ?")
        files = try count(
            "source_file WHERE session_root_id IN (SELECT session_root_id FROM session_root WHERE session_id = ?)")
        analyses = try count("judged_session WHERE session_id = ?")
        comparedAnalyses = try count(
            """
            analysis WHERE session_id IS NOT NULL AND session_id <> ?1
                AND analysis_id IN (SELECT analysis_id FROM analysis_session WHERE session_id = ?1)
            """)
        reviews = try count("review JOIN exposure USING (exposure_id) WHERE session_id = ?")
    }

    /// Removes the session within the caller's transaction.
    func run(_ db: Database) throws {
        // Analyses of other sessions rest on it, which no foreign key tells.
        try StaleResults.positions.forget(of: sessionID, db)
        try db.execute(sql: "DELETE FROM session WHERE session_id = ?", arguments: [sessionID])
    }

    static func table(_ removals: [SessionRemoval]) -> String {
        var table = TextTable(["session", "exposures", "files", "analyses", "of others", "reviews"])
        for removal in removals {
            table.add(
                [removal.session]
                    + [
                        removal.exposures, removal.files, removal.analyses, removal.comparedAnalyses, removal.reviews,
                    ].map(String.init))
        }
        return table.text
    }
}
