import EPUArchive
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_ingest

@Suite("Archives that are merged")
struct MergeTests {
    private let shards: Shards
    private var folder: TemporaryFolder { shards.folder }

    init() throws { shards = try Shards() }

    private func number(_ sql: String, in archive: String = "merged.db") throws -> Int {
        try count(sql, in: folder[archive])
    }

    @Test("say what one archive says, also of a grid whose sessions were apart")
    func likeOne() throws {
        try shards.simulate("a", ["--exposures", "150", "--second-session", "--seed", "19", "--unmoved-stage", "1"])
        try shards.simulate("c", ["--exposures", "120", "--seed", "5", "--repeated-hole", "1"])
        try shards.archive("single.db", of: ["a", "a-second", "c"])
        for session in ["a", "a-second", "c"] { try shards.archive("shard-\(session).db", of: [session]) }
        let names = ["shard-c.db", "shard-a-second.db", "shard-a.db"]
        try shards.merge(names, into: "merged.db")
        #expect(try shards.sound("merged.db") == "ok ok")
        #expect(try number("SELECT count(*) FROM session_figures") == 3)
        let analyses = "SELECT created_at FROM analysis ORDER BY analysis_id"
        let before = try text(analyses, in: folder["merged.db"])
        _ = try shards.run("epu-analyze", ["--db", "merged.db"])
        #expect(try shards.natural("merged.db") == shards.natural("single.db"))
        // Of these three only that of the second session on the grid did not hold any more.
        let after = try text(analyses, in: folder["merged.db"])
        #expect(Array(after.prefix(3)) == before && after.count == 4)
        // Again: nothing changes.
        let whole = try shards.bytes("merged.db")
        #expect(try shards.merge(names, into: "merged.db").components(separatedBy: "1 already there").count == 4)
        #expect(try shards.bytes("merged.db") == whole)
    }

    @Test(
        "say what one archive says of real sessions",
        .enabled(if: RealData.isPresent, Comment(rawValue: RealData.absence)))
    func real() throws {
        let sessions = ["morado", "glacios"].map(RealData.path)
        try shards.archive("single.db", of: sessions)
        for (number, session) in sessions.enumerated() { try shards.archive("real-\(number).db", of: [session]) }
        try shards.merge(sessions.indices.reversed().map { "real-\($0).db" }, into: "merged.db")
        _ = try shards.run("epu-analyze", ["--db", "merged.db"])
        #expect(try shards.natural("merged.db") == shards.natural("single.db"))
    }

    @Test("keep reviews, numbers of optics groups, what was published, and which sessions are on one grid")
    func kept() throws {
        try shards.simulate("a", ["--exposures", "90", "--seed", "3"])
        try shards.simulate("b", ["--exposures", "60", "--seed", "4"])
        try shards.archive("first.db", of: ["a"])
        try shards.archive("second.db", of: ["a", "b"])
        try shards.change(
            "second.db",
            """
            INSERT INTO review (exposure_id, verdict, reason, reviewed_at)
            SELECT exposure_id, 'bad', 'ice', '2026-01-01' FROM exposure;
            INSERT INTO same_grid (session_id, other_session_id, said_at) VALUES (1, 2, '2026-01-01');
            UPDATE optics_group SET optics_group = 100 + optics_group;
            """)
        _ = try shards.run("epu-analyze", ["overlaps", "--db", "second.db", "--session", "b", "--radius", "0.2"])
        let own = try text("SELECT CAST(max(analysis_id) AS TEXT) FROM analysis", in: folder["second.db"])
        _ = try shards.run("epu-analyze", ["publish", "--db", "second.db", try #require(own.first ?? nil)])
        try shards.change(
            "first.db",
            """
            INSERT INTO review (exposure_id, verdict, reason, reviewed_at)
            SELECT exposure_id, 'keep', NULL, iif(exposure_id % 2, '2025-01-01', '2027-01-01') FROM exposure
            WHERE exposure_id <= 20
            """)
        try shards.merge(["first.db"], into: "merged.db")
        let said = try shards.merge(["second.db"], into: "merged.db")
        #expect(said.contains("1 session added (60 exposures, 2 analyses), 1 already there"))
        #expect(said.contains("a is already there. 80 reviews taken over."))
        #expect(try number("SELECT count(*) FROM review WHERE verdict = 'keep'") == 10)
        #expect(try number("SELECT count(*) FROM review") == 150)
        #expect(try number("SELECT count(*) FROM same_grid JOIN session USING (session_id) WHERE name = 'a'") == 1)
        #expect(
            try number("SELECT min(optics_group) FROM optics_group JOIN session USING (session_id) WHERE name = 'b'")
                == 101)
        #expect(
            try text("SELECT name FROM published_analysis JOIN session USING (session_id)", in: folder["merged.db"])
                == ["b"])
        #expect(try shards.sound("merged.db") == "ok ok")
    }

    @Test("of a session in both, the more complete one stays, under the archive's name, with the reviews of both")
    func conflict() throws {
        try shards.simulate("data/s", ["--exposures", "80", "--seed", "3"])
        try shards.archive("whole.db", of: ["data/s"])
        try FileManager.default.copyItem(atPath: folder["whole.db"], toPath: folder["part.db"])
        try shards.change(
            "part.db",
            """
            INSERT INTO review (exposure_id, verdict, reviewed_at) VALUES (5, 'bad', '2026-01-01');
            DELETE FROM exposure WHERE exposure_id > 60;
            UPDATE session SET name = 'own name'
            """)
        try shards.merge(["part.db"], into: "merged.db")
        let said = try shards.merge(["whole.db"], into: "merged.db")
        #expect(said.contains("own name, in the shard s, is in both: the shard's takes its place (80 exposures"))
        #expect(said.contains("1 review taken over."))
        #expect(try text("SELECT name FROM session", in: folder["merged.db"]) == ["own name"])
        #expect(try number("SELECT count(*) FROM exposure") == 80)
        #expect(try number("SELECT count(*) FROM review") == 1)
        // The other way round the archive's stays.
        let kept = try shards.merge(["part.db"], into: "merged.db")
        #expect(kept.contains("1 left out"))
        #expect(kept.contains("the archive's stays (80 exposures"))
        #expect(try shards.sound("merged.db") == "ok ok")
    }

    @Test("a name that another session has gets a number, also in the name of its grid")
    func names() throws {
        for (place, seed) in [("x", "1"), ("y", "2")] {
            try shards.simulate("\(place)/s", ["--exposures", "20", "--seed", seed])
            try FileManager.default.removeItem(atPath: folder["\(place)/s/EpuSession.dm"])
            try shards.archive("\(place).db", of: ["\(place)/s"], analysed: false)
        }
        try shards.change(
            "y.db", "UPDATE session SET instrument_id = 'other'; UPDATE exposure SET instrument_id = 'other'")
        let said = try shards.merge(["x.db", "y.db"], into: "merged.db")
        #expect(said.contains("s~2 is the shard's s"))
        #expect(
            try text("SELECT name || '/' || grid FROM session ORDER BY 1", in: folder["merged.db"])
                == ["s/session s", "s~2/session s~2"])
    }

    @Test("files that belong to no session are joined by their folders")
    func withoutSession() throws {
        for (shard, files) in [("x", ["one", "two"]), ("y", ["two", "three"])] {
            try shards.simulate(shard, ["--exposures", "20", "--seed", shard == "x" ? "1" : "2"])
            try shards.archive("\(shard).db", of: [shard], analysed: false)
            let rows = files.map { "(1000, '\($0)', '\($0)', 'other', 'unknown')" }.joined(separator: ", ")
            try shards.change(
                "\(shard).db",
                """
                INSERT INTO session_root (session_root_id, path) VALUES (1000, '/lost');
                INSERT INTO source_file (session_root_id, path, stem, kind, status) VALUES \(rows)
                """)
        }
        for _ in 1...2 {
            try shards.merge(["x.db", "y.db"], into: "merged.db")
            #expect(
                try text(
                    """
                    SELECT f.path FROM source_file f JOIN session_root r USING (session_root_id) WHERE r.path = '/lost' ORDER BY 1
                    """, in: folder["merged.db"]) == ["one", "three", "two"])
            #expect(try number("SELECT count(*) FROM session") == 2)
        }
    }

    @Test("a shard that is missing, no archive, or the archive itself is refused before anything comes in")
    func refused() throws {
        try shards.simulate("s", ["--exposures", "20"])
        try shards.archive("s.db", of: ["s"], analysed: false)
        try folder.write("text.db", "no database, and long enough to see that")
        for (shard, words) in [
            ("missing.db", "There is no archive at missing.db"), ("text.db", "not an SQLite database"),
            ("merged.db", "There is no archive"),
        ] {
            let run = try ToolRun.run("epu-ingest", ["merge", "s.db", shard, "--db", "merged.db"], in: folder.path)
            #expect(run.status == 1 && run.errors.contains(words), "\(run.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder["merged.db"]))
        }
        let own = try ToolRun.run("epu-ingest", ["merge", "s.db", "--db", "s.db"], in: folder.path)
        #expect(own.status == 1 && own.errors.contains("the archive itself"))
    }
}

@Suite("A merge that is disturbed", .serialized)
struct DisturbedMergeTests {
    private let shards: Shards

    init() throws {
        shards = try Shards()
        for number in 1...4 {
            try shards.simulate(
                "s\(number)", ["--exposures", "150", "--seed", "\(number)", "--start", "2025-0\(number)-01T08:00:00Z"])
            try shards.archive("\(number).db", of: ["s\(number)"])
        }
        try shards.merge(names, into: "whole.db")
    }

    private var names: [String] { (1...4).map { "\($0).db" } }

    @Test("killed at any moment, the next run completes it")
    func killed() throws {
        let paths = names.map { shards.folder[$0] }
        let began = ContinuousClock.now
        try shards.merge(names, into: "timed.db")
        let time = (ContinuousClock.now - began) / .seconds(1)
        var kills = 0
        for attempt in 1...8 {
            let archive = "killed-\(attempt).db"
            let part = Double(attempt) / 9
            let arguments = ["merge", "--db", shards.folder[archive]] + paths
            if try KilledTool.run("epu-ingest", arguments, killAfter: time * part) { kills += 1 }
            try shards.merge(names, into: archive)
            #expect(try shards.sound(archive) == "ok ok")
            #expect(try shards.natural(archive) == shards.natural("whole.db"))
        }
        #expect(kills >= 3)
    }

    @Test("by another one, waits for it")
    func twice() async throws {
        let (path, paths) = (shards.folder["two.db"], names.map { shards.folder[$0] })
        let statuses = try await withThrowingTaskGroup(of: Int32.self) { group in
            for order in [paths, paths.reversed()] {
                group.addTask { try ToolRun.run("epu-ingest", ["merge", "--db", path] + order).status }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == [0, 0])
        #expect(try shards.natural("two.db") == shards.natural("whole.db"))
    }

    @Test(
        "by a full disk, says so and loses nothing",
        .enabled(if: SmallDisk.isPossible, Comment(rawValue: SmallDisk.impossibility)))
    func fullDisk() throws {
        let size = try shards.bytes("whole.db").count / 1024
        for part in [0.1, 0.5, 0.9] {
            let disk = try SmallDisk(kilobytes: Int(Double(size) * part))
            let archive = disk.path + "/a.db"
            let run = try ToolRun.run("epu-ingest", ["merge", "--db", archive] + names, in: shards.folder.path)
            #expect(run.status == 1 && run.errors.contains("is full"), "\(run.errors)")
            guard FileManager.default.fileExists(atPath: archive) else { continue }
            try FileManager.default.copyItem(atPath: archive, toPath: shards.folder["\(part).db"])
            try shards.merge(names, into: "\(part).db")
            #expect(try shards.natural("\(part).db") == shards.natural("whole.db"))
        }
    }
}

@Suite("Columns that hold ids")
struct IDColumnsTests {
    @Test("are all known: declared by a foreign key, or named as one that has none")
    func all() throws {
        let known = try IDColumns()
        try DatabaseQueue().write { db in
            try db.execute(sql: Archive.schema)
            for table in known.tables {
                let integers = try String.fetchSet(
                    db, sql: "SELECT name FROM pragma_table_info(?) WHERE type = 'INTEGER'", arguments: [table.name])
                for column in table.columns where column.name.hasSuffix("_id") && integers.contains(column.name) {
                    #expect(
                        column.idsOf != nil, "\(table.name).\(column.name) has no foreign key: see IDColumns.undeclared"
                    )
                }
            }
        }
        #expect(known.tables.count > 30)
        let owners = Dictionary(uniqueKeysWithValues: known.tables.map { ($0.name, $0.columns.compactMap(\.idsOf)) })
        #expect(owners["hole_site"] == ["calibration"])
        #expect(owners["incident"] == ["analysis", "session", "exposure", "exposure"])
        #expect(owners["pre_exposure"] == ["placement"])
    }
}
