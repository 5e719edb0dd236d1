import EPUArchive
import GRDB
import TestSupport
import Testing

@Suite("epu-ingest remove")
struct CareRemoveTests {
    private let folder: TemporaryFolder
    private var database: String { folder["archive.db"] }

    init() async throws {
        folder = try TemporaryFolder()
        try folder.simulate("first", ["--exposures", "30", "--seed", "3"])
        try folder.simulate("second", ["--exposures", "20", "--seed", "4"])
        try await ingest([folder["first"], folder["second"]], into: database)
    }

    private func remove(_ arguments: String...) throws -> ToolRun {
        try ToolRun.run("epu-ingest", ["remove", "--db", database] + arguments)
    }

    private func counts() throws -> [String: Int] {
        try Archive(database, access: .read).read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT session, exposures FROM sessions")
            return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
        }
    }

    private func strangers() throws -> Int {
        try Archive(database, access: .read).read { try Row.fetchAll($0, sql: "PRAGMA foreign_key_check").count }
    }

    @Test("takes out a session with all that was found in it, and leaves the others as they were")
    func removes() async throws {
        #expect(try ToolRun.run("epu-analyze", ["--db", database]).status == 0)
        func rows(_ database: String, of tables: [String]) throws -> [Int?] {
            try Archive(database, access: .read).read { db in
                try tables.map { try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)") }
            }
        }
        let run = try remove("first")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("first: removed 30 exposures, 0 reviews"))
        #expect(try counts() == ["second": 20])
        #expect(try strangers() == 0)
        let places = try rows(database, of: ["placement", "placement_index"])
        #expect(places[0] == places[1])
        // An archive that never had the session has as many rows of everything that was read.
        try await ingest([folder["second"]], into: folder["alone.db"])
        let read = ["session_root", "source_file", "exposure", "foil_hole", "hole_image", "template_area", "notice"]
        #expect(try rows(database, of: read) == rows(folder["alone.db"], of: read))
        // Its files are free to be read again.
        try await ingest([folder["first"]], into: database)
        #expect(try counts() == ["first": 30, "second": 20])
    }

    @Test("changes nothing with --dry-run, or where one of the names is wrong")
    func nothing() throws {
        let before = try dump(database)
        let dry = try remove("first", "--dry-run")
        #expect(dry.status == 0 && dry.output.contains("first: would remove 30 exposures"), "\(dry.errors)")
        let wrong = try remove("first", "third")
        #expect(wrong.status == 1 && wrong.errors.contains("no session \"third\""), "\(wrong.errors)")
        #expect(try dump(database) == before)
    }

    @Test("keeps what people said unless it is told to")
    func reviews() throws {
        try Archive(database, access: .write).write { db in
            try db.execute(
                sql: """
                    INSERT INTO review (exposure_id, verdict, reviewed_at)
                    SELECT min(exposure_id), 'bad', '2025-01-08T10:00:00Z' FROM exposure
                    JOIN session USING (session_id) WHERE session.name = 'first'
                    """)
        }
        let refused = try remove("second", "first")
        #expect(refused.status == 1 && refused.errors.contains("--with-reviews"), "\(refused.errors)")
        #expect(try counts() == ["first": 30, "second": 20])
        let run = try remove("first", "--with-reviews")
        #expect(run.status == 0 && run.output.contains("1 review,"), "\(run.errors)")
        #expect(try counts() == ["second": 20])
    }

    @Test("takes along the analyses of sessions that were compared with it, and says whose to make again")
    func others() throws {
        let path = folder["grid.db"]
        let sample = try SampleArchive(path)
        try sample.add("old", grid: "g", [.init(time: 0, square: 1)])
        try sample.add("new", grid: "g", [.init(time: 1000, square: 1)])
        try sample.add("apart", grid: "h", [.init(time: 2000, square: 1)])
        func overexposed() throws -> [String] {
            try Archive(path, access: .read).read { try String.fetchAll($0, sql: "SELECT session FROM overexposed") }
        }
        func analysed() throws -> [String] {
            try Archive(path, access: .read).read { db in
                try String.fetchAll(
                    db, sql: "SELECT s.name FROM judged_session JOIN session s USING (session_id) ORDER BY 1")
            }
        }
        let analyse = ["--db", path, "--k", "25"]
        #expect(try ToolRun.run("epu-analyze", analyse).status == 0)
        #expect(try overexposed() == ["new"])
        let run = try ToolRun.run("epu-ingest", ["remove", "--db", path, "old"])
        #expect(run.output.contains("; epu-analyze has to run again for new\n"), "\(run.output) \(run.errors)")
        #expect(try analysed() == ["apart"], "what was not compared with it stays")
        #expect(try ToolRun.run("epu-analyze", analyse).status == 0)
        #expect(try analysed() == ["apart", "new"])
        #expect(try overexposed() == [])
    }
}
