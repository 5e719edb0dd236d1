import EPUArchive
import EPUCore
import GRDB

/// A person's verdict on a micrograph, as the archive has it.
struct ReviewRow: Encodable, ArchiveRecord {
    let session: String
    let name: String
    /// The verdict: keep or bad.
    let verdict: String
    let reason: String?
    /// The time of the review, UTC.
    let reviewedAt: String

    /// All reviews by session, and in the order in which the micrographs were taken.
    /// - Parameter sessions: the names of sessions; empty means all of the archive.
    static func all(in sessions: [String], _ db: Database) throws -> [ReviewRow] {
        let selected = try SessionRow.select(db, names: sessions)
        let list = selected.map(\.sessionID).sqlList
        return try fetchAll(
            db,
            sql: """
                SELECT s.name AS session, e.name, r.verdict, r.reason, r.reviewed_at
                FROM review r
                JOIN exposure e USING (exposure_id)
                JOIN session s USING (session_id)
                WHERE s.session_id IN (\(list))
                ORDER BY s.session_id, e.acquired_at, e.name, e.exposure_id
                """)
    }

    static func text(_ rows: [ReviewRow]) -> String {
        guard !rows.isEmpty else { return "No micrograph was reviewed." }
        var table = TextTable(["session", "name", "verdict", "reviewed (UTC)", "reason"])
        for row in rows {
            table.add([
                row.session, row.name, row.verdict, String(row.reviewedAt.prefix(19)).replacing("T", with: " "),
                row.reason.map { $0.split(whereSeparator: \.isNewline).joined(separator: " ") } ?? "",
            ])
        }
        return table.text
    }
}
