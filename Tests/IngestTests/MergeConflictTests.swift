import Foundation
import TestSupport
import Testing

/// What becomes of sessions that the archive and the shard both have, where the more complete one lacks something of the other.
@Suite("A merge of sessions that are in both")
struct MergeConflictTests {
    private let shards: Shards

    init() throws { shards = try Shards() }

    private func number(_ sql: String, in archive: String = "merged.db") throws -> Int {
        try count(sql, in: shards.folder[archive])
    }

    /// An archive with the last 50 of 80 exposures, and a shard with the first 70.
    private func makeParts(_ changes: String = "") throws {
        try shards.simulate("s", ["--exposures", "80", "--seed", "3"])
        try shards.archive("whole.db", of: ["s"])
        try shards.copy("whole.db", "shard.db")
        try shards.copy("whole.db", "merged.db")
        try shards.change("shard.db", "DELETE FROM exposure WHERE exposure_id > 70")
        try shards.change("merged.db", "DELETE FROM exposure WHERE exposure_id <= 30;" + changes)
    }

    @Test("an archive's session with reviews of exposures that the shard lacks stays, and is said to")
    func reviewed() throws {
        try makeParts("INSERT INTO review (exposure_id, verdict, reviewed_at) VALUES (80, 'bad', '2026-01-01')")
        let said = try shards.merge(["shard.db"], into: "merged.db")
        #expect(said.contains("1 left out"))
        #expect(said.contains("It stays as 1 reviewed exposure of it is not in the shard's, which is more complete."))
        #expect(said.contains("30 exposures of the shard's are not in the archive's"))
        #expect(try number("SELECT count(*) FROM exposure") == 50)
        #expect(try number("SELECT count(*) FROM review") == 1)
    }

    @Test("exposures that only the replaced session has are counted")
    func lost() throws {
        try makeParts("INSERT INTO review (exposure_id, verdict, reviewed_at) VALUES (50, 'bad', '2026-01-01')")
        let said = try shards.merge(["shard.db", "--json"], into: "merged.db")
        for words in [
            "\"lost_exposures\" : 10", "\"outcome\" : \"replaced\"", "\"reviews\" : 1", "\"lost_reviews\" : 0",
        ] {
            #expect(said.contains(words), "\(said)")
        }
        #expect(try number("SELECT count(*) FROM exposure") == 70)
        #expect(try number("SELECT count(*) FROM review") == 1)
        // The other way round what does not come in is counted, with its reviews.
        try shards.copy("shard.db", "other.db")
        try shards.change(
            "whole.db",
            """
            DELETE FROM exposure WHERE exposure_id <= 30;
            INSERT INTO review (exposure_id, verdict, reviewed_at) SELECT exposure_id, 'bad', '2026-01-01' FROM exposure
            """)
        let kept = try shards.merge(["whole.db"], into: "other.db")
        #expect(kept.contains("10 exposures of the shard's, 10 of them reviewed, are not in the archive's"))
        #expect(kept.contains("40 reviews taken over."))
    }

    @Test("how people wanted it calibrated goes over, and a given matrix that goes is told")
    func asked() throws {
        try makeParts("UPDATE session SET asked_method = 'lattice', given_pitch_um = 2.5")
        let matrix = ["--matrix", "0.01,0,0,0.01", "--radius", "0.2"]
        _ = try shards.run("epu-analyze", ["overlaps", "--db", "merged.db"] + matrix)
        #expect(try number("SELECT count(*) FROM calibration WHERE method = 'given'") == 1)
        let said = try shards.merge(["shard.db"], into: "merged.db")
        #expect(said.contains("1 session replaced (70 exposures"))
        #expect(said.contains("1 matrix that a person gave for the archive's is not taken over"))
        #expect(said.contains("How to calibrate it, as it was asked for, is taken over"))
        let method = "SELECT asked_method || ' ' || given_pitch_um FROM session"
        #expect(try text(method, in: shards.folder["merged.db"]) == ["lattice 2.5"])
        _ = try shards.run("epu-analyze", ["--db", "merged.db"])
        #expect(try number("SELECT count(*) FROM calibration WHERE method = 'lattice' AND chosen = 2") > 0)
    }

    @Test("of two publications the later one stays")
    func publication() throws {
        try shards.simulate("s", ["--exposures", "60", "--seed", "3"])
        try shards.archive("first.db", of: ["s"])
        for (archive, radius, time) in [("first.db", "0.2", "2027"), ("second.db", "0.3", "2026")] {
            if archive == "second.db" { try shards.copy("first.db", archive) }
            _ = try shards.run("epu-analyze", ["overlaps", "--db", archive, "--radius", radius])
            let own = try text("SELECT CAST(max(analysis_id) AS TEXT) FROM analysis", in: shards.folder[archive])
            _ = try shards.run("epu-analyze", ["publish", "--db", archive, try #require(own.first ?? nil)])
            try shards.change(archive, "UPDATE published_analysis SET published_at = '\(time)-01-01'")
        }
        for order in [["first.db", "second.db"], ["second.db", "first.db"]] {
            let archive = "merged-\(order[0])"
            // The second one has more analyses: it comes in place of the first.
            for shard in order { try shards.merge([shard], into: archive) }
            #expect(try number("SELECT radius_um = 0.2 FROM published_analysis", in: archive) == 1)
            _ = try shards.run("epu-analyze", ["--db", archive])
            #expect(try number("SELECT analysis_id IS NOT NULL FROM published_analysis", in: archive) == 1)
        }
    }

    @Test("the archive's other sessions that were compared with a replaced one are named")
    func others() throws {
        try shards.simulate("a", ["--exposures", "150", "--second-session", "--seed", "19", "--unmoved-stage", "1"])
        try shards.archive("merged.db", of: ["a", "a-second"])
        try shards.archive("shard.db", of: ["a"], analysed: false)
        try shards.change(
            "merged.db", "DELETE FROM exposure WHERE exposure_id IN (SELECT min(exposure_id) FROM exposure)")
        _ = try shards.run("epu-analyze", ["--db", "merged.db"])
        let said = try shards.merge(["shard.db"], into: "merged.db")
        #expect(said.contains("1 session replaced (150 exposures, 0 analyses)"), "\(said)")
        #expect(said.contains("Analyses of a-second had compared them with a session that was replaced"), "\(said)")
        #expect(try shards.sound("merged.db") == "ok ok")
    }

    @Test("what did not come in is not counted as added")
    func counts() throws {
        try shards.simulate("a", ["--exposures", "150", "--second-session", "--seed", "19", "--unmoved-stage", "1"])
        try shards.archive("merged.db", of: ["a"])
        try shards.archive("shard.db", of: ["a", "a-second"])
        let said = try shards.merge(["shard.db"], into: "merged.db")
        let exposures = try number(
            "SELECT count(*) FROM exposure JOIN session s USING (session_id) WHERE s.name = 'a-second'")
        #expect(said.contains("1 session added (\(exposures) exposures, 0 analyses), 1 already there"), "\(said)")
        #expect(said.contains("a-second came in. 1 analysis of the shard's rested on a session"), "\(said)")
        #expect(try shards.sound("merged.db") == "ok ok")
    }

    @Test("a session from whose files exposures of another one were read is not deleted, here and in the shard")
    func readFromOthers() throws {
        for (name, seed) in [("a", "3"), ("b", "4")] {
            try shards.simulate(name, ["--exposures", "40", "--seed", seed])
        }
        try shards.archive("both.db", of: ["a", "b"], analysed: false)
        try shards.archive("whole.db", of: ["a"], analysed: false)
        try shards.change(
            "both.db",
            """
            UPDATE exposure SET metadata_file_id = (SELECT min(metadata_file_id) FROM exposure)
            WHERE exposure_id = (SELECT max(exposure_id) FROM exposure);
            DELETE FROM exposure WHERE exposure_id = (SELECT min(exposure_id) FROM exposure WHERE session_id = 1) + 5
            """)
        for (shard, archive) in [("whole.db", "both.db"), ("both.db", "whole.db")] {
            let before = try shards.natural(archive)
            let run = try ToolRun.run("epu-ingest", ["merge", shard, "--db", archive], in: shards.folder.path)
            #expect(
                run.status == 1 && run.errors.contains("Exposures of b were read from files of a session"), "\(run)")
            #expect(try shards.natural(archive) == before)
        }
    }

    @Test("two instruments are not one session, nor two sessions that used one folder")
    func apart() throws {
        try shards.simulate("s", ["--exposures", "20", "--seed", "1"])
        try shards.archive("one.db", of: ["s"], analysed: false)
        try shards.copy("one.db", "instrument.db")
        try shards.change(
            "instrument.db",
            """
            UPDATE session SET instrument_id = 'other', instrument_model = 'other';
            UPDATE exposure SET instrument_id = 'other', instrument_model = 'other'
            """)
        #expect(try shards.merge(["one.db", "instrument.db"], into: "merged.db").contains("s~2 is the shard's s"))
        #expect(try number("SELECT count(*) FROM session") == 2)

        for (shard, seed) in [("first.db", "1"), ("second.db", "2")] {
            for old in ["used", "used.truth.json"] { try? FileManager.default.removeItem(atPath: shards.folder[old]) }
            try shards.simulate("used", ["--exposures", "20", "--seed", seed, "--start", "2025-0\(seed)-01T08:00:00Z"])
            try FileManager.default.removeItem(atPath: shards.folder["used/EpuSession.dm"])
            try shards.archive(shard, of: ["used"], analysed: false)
        }
        try shards.merge(["first.db", "second.db"], into: "used.db")
        #expect(try number("SELECT count(*) FROM session", in: "used.db") == 2)
        #expect(try number("SELECT count(*) FROM exposure", in: "used.db") == 40)
    }
}
