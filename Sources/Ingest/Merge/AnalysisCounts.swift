import GRDB

/// How many analyses an archive has of each session: one that compared it with a session that goes is gone with that.
struct AnalysisCounts {
    private let analyses: [Int64: Int]

    init(_ db: Database) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT l.session_id, count(DISTINCT a.analysis_id)
                FROM main.analysis_session l JOIN main.analysis a ON a.analysis_id = l.analysis_id
                WHERE ifnull(a.session_id, l.session_id) = l.session_id GROUP BY l.session_id
                """)
        analyses = Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
    }

    /// The names of the sessions that are still there and have fewer analyses later.
    func sessions(withMoreThan later: AnalysisCounts, _ db: Database) throws -> [String] {
        try analyses.filter { $0.value > later.analyses[$0.key, default: 0] }.keys.sorted().compactMap { id in
            try String.fetchOne(db, sql: "SELECT name FROM main.session WHERE session_id = ?", arguments: [id])
        }
    }
}
