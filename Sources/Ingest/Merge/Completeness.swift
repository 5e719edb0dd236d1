import EPUCore
import GRDB

/// How much an archive has of a session: more exposures count first, then more files that are ok, then more analyses.
struct Completeness: Comparable, Encodable, Sendable {
    let exposures: Int
    let files: Int
    let analyses: Int

    init(of sessionID: Int64, in schema: String, _ db: Database) throws {
        func number(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: sql, arguments: [sessionID]) ?? 0 }
        exposures = try number("SELECT count(*) FROM \(schema).exposure WHERE session_id = ?")
        files = try number(
            """
            SELECT count(*) FROM \(schema).source_file f JOIN \(schema).session_root r USING (session_root_id)
            WHERE r.session_id = ? AND f.status = 'ok'
            """)
        analyses = try number(
            """
            SELECT count(DISTINCT a.analysis_id) FROM \(schema).analysis_session l
            JOIN \(schema).analysis a USING (analysis_id)
            WHERE l.session_id = ?1 AND ifnull(a.session_id, ?1) = ?1
            """)
    }

    static func < (a: Completeness, b: Completeness) -> Bool {
        (a.exposures, a.files, a.analyses) < (b.exposures, b.files, b.analyses)
    }

    var text: String {
        "\(counted(exposures, "exposure")), \(counted(files, "file")), \(counted(analyses, "analysis", plural: "analyses"))"
    }
}
