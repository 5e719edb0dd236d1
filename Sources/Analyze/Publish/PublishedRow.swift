import EPUShared
import GRDB

/// What reports show of a session: its published analysis, why it is this one, and what it asked for.
struct PublishedRow: Encodable {
    let session: String
    /// Nil where the session was not analysed.
    let analysisID: Int64?
    let published: Publication?
    let criteria: String?
    /// As the view `analyses` has it; nil where the session was not analysed.
    let matrix: String?
    let exposures: Int?
    let overexposed: Int?
    /// What a person asked of the analysis that was named and is gone: `epu-analyze` makes it anew.
    let missing: String?
    /// As `analysis 3, radius 0.2 um, published by name`; nil where the session was not analysed.
    let sentence: String?

    enum CodingKeys: String, CodingKey {
        case session
        case analysisID = "analysisId"
        case published, criteria, matrix, exposures, overexposed, missing
    }

    init(of session: SessionRow, _ db: Database) throws {
        let id = try Publication.analysisID(of: session.sessionID, db)
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT *, (SELECT overexposed FROM sessions WHERE session_id = ?1) AS overexposed_here
                FROM analyses WHERE analysis_id = ?2
                """, arguments: [session.sessionID, id])
        self.session = session.name
        analysisID = id
        published = try id.map { try Publication(of: $0, for: session.sessionID, db) }
        let criteria = row.map { OverlapCriteria($0).text(acrossSessions: $0["across_sessions"]) }
        self.criteria = criteria
        matrix = row?["matrix"]
        exposures = row?["exposures"]
        overexposed = row?["overexposed_here"]
        let named = try PublishedAnalysis.named(for: session.sessionID, db)
        missing = named?.analysisID == nil ? named?.criteria.text : nil
        sentence = published.flatMap { published in
            id.flatMap { id in criteria.map { published.sentence(id, $0) } }
        }
    }

    static func text(_ rows: [PublishedRow]) -> String {
        var table = TextTable(["session", "analysis", "published", "criteria", "matrix", "overexposed"])
        for row in rows {
            table.add([
                row.session, row.analysisID.map { "\($0)" } ?? "", row.published?.text ?? "not analysed",
                row.criteria ?? "", row.matrix ?? "", row.overexposed.map { "\($0)" } ?? "",
            ])
        }
        let missing = rows.compactMap { row in
            row.missing.map {
                "\(row.session): the analysis that was published by name (\($0)) no longer holds: run `epu-analyze`, which "
                    + "makes it anew."
            }
        }
        return ([table.text] + missing).joined(separator: "\n")
    }
}
