import GRDB
import TestSupport
import Testing

@testable import EPUArchive

/// An archive of a facility has ten thousand sessions: what is asked of one of them must not look at all exposures.
@Suite("What is asked of one session")
struct QueryPlanTests {
    /// What may be gone through from its first row to its last: sessions, which sessions analyses compared, what people said of
    /// grids, and what a part of the query itself found.
    private static let small = [
        "l", "j", "judged_session", "s USING COVERING INDEX session_by_grid", "said", "pair", "linked",
        "l USING COVERING INDEX analysis_by_session", "g USING COVERING INDEX same_grid_by_other",
    ]

    private static func scans(_ sql: String, _ db: Database) throws -> [String] {
        try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql).map { $0["detail"] as String }
            .filter { $0.hasPrefix("SCAN ") && !$0.hasPrefix("SCAN (subquery-") }.map { String($0.dropFirst(5)) }
    }

    private func archive(_ folder: TemporaryFolder) throws -> Archive {
        try Archive(folder["a.db"], access: .create)
    }

    @Test("Every view goes by indexes")
    func views() throws {
        let folder = try TemporaryFolder()
        try archive(folder).read { db in
            var asked: [String] = []
            for view in try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'view'") {
                let columns = try db.columns(in: view).map(\.name)
                guard let key = ["session", "session_id", "analysis_id"].first(where: columns.contains) else {
                    continue
                }
                let scans = try Self.scans("SELECT * FROM \(view) WHERE \(key) = 1", db)
                #expect(Set(scans).isSubset(of: Self.small), "\(view): \(scans)")
                asked.append(view)
            }
            #expect(asked.count > 15)
        }
    }

    @Test("A query without an index is seen")
    func scan() throws {
        let folder = try TemporaryFolder()
        try archive(folder).read { db in
            let scans = try Self.scans("SELECT * FROM exposure WHERE dose_e_per_a2 > 1", db)
            #expect(scans == ["exposure"])
        }
    }
}
