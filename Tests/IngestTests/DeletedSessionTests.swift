import EPUArchive
import EPUCore
import GRDB
import TestSupport
import Testing

@Suite("A session that somebody deleted with plain SQL")
struct DeletedSessionTests {
    private let folder: TemporaryFolder
    private var database: String { folder["archive.db"] }

    init() async throws {
        folder = try TemporaryFolder()
        try folder.simulate("first", ["--exposures", "30", "--seed", "3"])
        try folder.simulate("second", ["--exposures", "20", "--seed", "4"])
        try await ingest([folder["first"]], into: database)
    }

    /// Runs SQL as the sqlite3 shell does: with foreign keys off.
    private func shell(_ sql: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        try DatabaseQueue(path: database, configuration: configuration).write { try $0.execute(sql: sql) }
    }

    private func counts() throws -> [String: Int] {
        try Archive(database, access: .read).read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT session, exposures FROM sessions")
            return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
        }
    }

    private func number(of table: String) throws -> Int? {
        try Archive(database, access: .read).read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") }
    }

    @Test("leaves nothing that the next session could take for its own")
    func nextSession() async throws {
        #expect(try ToolRun.run("epu-analyze", ["--db", database]).status == 0)
        try shell("DELETE FROM session")
        #expect(try number(of: "exposure") == 30, "foreign keys were off, so they are left behind")
        #expect(try number(of: "exposures") == 0, "and nobody sees them")
        try await ingest([folder["second"]], into: database)
        #expect(try counts() == ["second": 20])
        #expect(try number(of: "exposure") == 20)
        for table in ["placement", "placement_index", "analysis", "calibration"] {
            #expect(try number(of: table) == 0, "\(table)")
        }
        let wrong = try Archive(database, access: .read).read { try Row.fetchOne($0, sql: "PRAGMA foreign_key_check") }
        #expect(wrong == nil)
    }

    @Test("leaves nothing of what it gave to others of its grid")
    func ofGrid() async throws {
        try folder.simulate("g", ["--exposures", "60", "--second-session"])
        for name in ["g", "g-second"] { try await ingest([folder[name]], into: folder["grid.db"]) }
        #expect(try ToolRun.run("epu-analyze", ["--db", folder["grid.db"]]).status == 0)
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        try await DatabaseQueue(path: folder["grid.db"], configuration: configuration).write {
            try $0.execute(sql: "DELETE FROM session WHERE name = 'g'")
        }
        try await ingest([folder["g-second"]], into: folder["alone.db"])
        for name in ["grid.db", "alone.db"] {
            #expect(try ToolRun.run("epu-analyze", ["--db", folder[name]]).status == 0)
        }
        let found = try ["grid.db", "alone.db"].map { name in
            try Archive(folder[name], access: .read).read { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT e.name, d.dose_e_per_a2, d.nearest_um FROM latest_analysis JOIN analysis USING (analysis_id)
                        JOIN placement p USING (placement_set_id) JOIN pre_exposure d USING (placement_id)
                        JOIN exposure e ON e.exposure_id = p.exposure_id ORDER BY e.name
                        """)
            }
        }
        #expect(!found[0].isEmpty && found[0] == found[1])
    }

    @Test("leaves another one's exposures that were read from its folder, with this folder")
    func sharedFolder() async throws {
        try await ingest([folder["second"]], into: database)
        try shell(
            """
            UPDATE source_file SET path = 'more/' || path,
                session_root_id = (SELECT session_root_id FROM session_root WHERE path = '\(folder["first"])')
            WHERE session_root_id = (SELECT session_root_id FROM session_root WHERE path = '\(folder["second"])');
            DELETE FROM session WHERE name = 'first'
            """)
        let archive = try Archive(database, access: .write)
        #expect(try counts() == ["second": 20])
        let wrong = try archive.read { try Row.fetchOne($0, sql: "PRAGMA foreign_key_check") }
        #expect(wrong == nil)
        let places = try archive.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT s.name || ' ' || r.path FROM exposure e
                    JOIN source_file f ON f.source_file_id = e.metadata_file_id
                    JOIN session_root r USING (session_root_id) JOIN session s ON s.session_id = r.session_id
                    """)
        }
        #expect(places == ["second \(folder["first"])"])
    }

    @Test("comes back whole when its folder is read again")
    func again() async throws {
        try shell("DELETE FROM session")
        try await ingest([folder["first"], folder["second"]], into: database)
        #expect(try counts() == ["first": 30, "second": 20])
        #expect(try number(of: "exposure") == 50)
    }

    @Test("had ids that no later rows get", arguments: ["exposure", "source_file", "session_root"])
    func ids(table: String) async throws {
        let greatest = try Archive(database, access: .read).read {
            try Int64.fetchOne($0, sql: "SELECT max(\(table)_id) FROM \(table)")
        }
        try shell("DELETE FROM \(table); DELETE FROM session; DELETE FROM session_root; DELETE FROM exposure")
        try await ingest([folder["second"]], into: database)
        let least = try Archive(database, access: .read).read {
            try Int64.fetchOne(
                $0,
                sql: table == "source_file"
                    ? "SELECT min(metadata_file_id) FROM exposure" : "SELECT min(\(table)_id) FROM \(table)")
        }
        #expect(try #require(least) > #require(greatest))
    }
}
