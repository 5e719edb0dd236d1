import EPUArchive
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_analyze

/// A grid that was visited again must never be called clean.
@Suite("Simulated sessions on a grid that was visited again")
struct GridRevisitTests {
    /// EPU was started again, or the grid was put back aside.
    private static let pair = ["--exposures", "300", "--second-session", "--no-images", "--seed", "19"]
    private static let moved = pair + ["--second-offset", "8,-5"]

    private func simulated(_ options: [String]) throws -> ToolFolder {
        let tools = try ToolFolder()
        try tools.run("epu-simulate", ["make", "bb"] + options)
        return tools
    }

    /// Of the published analysis of a session: how many exposures it judged, found overexposed, and in how many pairs of which
    /// causes.
    private func found(_ session: String, _ tools: ToolFolder) throws -> [String] {
        let own = "FROM latest_analysis l JOIN session s USING (session_id) WHERE s.name = '\(session)'"
        return try tools.rows(
            """
            SELECT exposures, overexposed, (
                SELECT group_concat(cause || ' ' || pairs) FROM (
                    SELECT cause, count(*) AS pairs FROM overlap o WHERE o.analysis_id = a.analysis_id GROUP BY cause))
            FROM analysis a WHERE analysis_id = (SELECT l.analysis_id \(own))
            """
        ).first ?? []
    }

    @Test(
        "Both sessions given, or the second alone: its 90 micrographs were exposed before, the first's are as they were"
    )
    func offset() throws {
        let alone = try simulated(Self.moved)
        try alone.run("epu-ingest", ["bb"])
        try alone.run("epu-analyze", [])

        let tools = try simulated(Self.moved)
        try tools.run("epu-ingest", ["bb", "bb-second"])
        let second = try tools.run("epu-analyze", ["--session", "bb-second"]).output
        #expect(second.contains("drop 90 of 90 micrographs (100.0 %)"))
        #expect(try found("bb-second", tools) == ["90", "90", "across-sessions 90"])
        try tools.run("epu-analyze", [])
        #expect(second.contains(/bb-second lies at (7\.9|8\.0)., -(4\.9|5\.0). \+- 0\.0. um from bb/))
        #expect(try found("bb", tools) == found("bb", alone))
        #expect(try found("bb", tools)[1] == "0")
        #expect(try found("bb-second", tools) == ["90", "90", "across-sessions 90"])
        let summary = try tools.run("epu-report", ["summary", "--session", "bb-second"]).output
        #expect(summary.contains("90 of 90 overexposed (100.0 %)"))
        try tools.run("epu-simulate", ["score", "--exact", "bb.truth.json"])
    }

    @Test("Running again without new data changes nothing; asking something else does not change what is shown")
    func again() throws {
        let tools = try simulated(Self.moved)
        try tools.run("epu-ingest", ["bb", "bb-second"])
        try tools.run("epu-analyze", [])
        func all() throws -> [[[String]]] {
            try [
                "analysis", "analysis_session", "placement_set", "placement", "overlap", "calibration", "overexposure",
            ]
            .map { try tools.rows("SELECT * FROM \($0) ORDER BY 1, 2, 3") }
        }
        let before = try all()
        let output = try tools.run("epu-analyze", []).output
        #expect(output.split(separator: "\n").count { $0.contains("; nothing new (analysis ") } == 2, "\(output)")
        #expect(try tools.run("epu-analyze", ["--session", "bb-second"]).status == 0)
        #expect(try all() == before)
        #expect(
            try tools.rows("SELECT session_id, across_sessions, is_default FROM analysis ORDER BY 1")
                == [["1", "1", "1"], ["2", "1", "1"]])
        try tools.run("epu-analyze", ["--within-session"])
        try tools.run("epu-analyze", ["--radius", "0.1"])
        #expect(try found("bb-second", tools) == ["90", "90", "across-sessions 90"])
        #expect(try tools.rows("SELECT count(*) FROM analysis WHERE is_default") == [["2"]])
    }

    @Test("Of the earlier session only what is near the judged one's exposures is placed for it")
    func placed() throws {
        let tools = try simulated(Self.moved)
        try tools.run("epu-ingest", ["bb", "bb-second"])
        try tools.run("epu-analyze", [])
        let placed = try tools.rows(
            """
            SELECT e.session_id, count(*) FROM placement p JOIN exposure e USING (exposure_id)
            JOIN placement_set s USING (placement_set_id) WHERE s.session_id = 2 GROUP BY 1 ORDER BY 1
            """)
        #expect(placed.last == ["2", "90"])
        let earlier = try #require(Int(placed[0][1]))
        #expect((90..<300).contains(earlier))
        // A wider search asks for more of them, and finds what comparing all with all finds.
        try tools.run("epu-analyze", ["--radius", "4", "--session", "bb-second"])
        let pairs = try tools.rows(
            """
            SELECT count(*), (SELECT pairs FROM analysis WHERE radius_um = 4)
            FROM exposure a JOIN exposure b ON (a.acquired_at, a.name) < (b.acquired_at, b.name)
            JOIN placement x ON x.exposure_id = a.exposure_id JOIN placement y ON y.exposure_id = b.exposure_id
            JOIN placement_set s ON s.placement_set_id = x.placement_set_id
            WHERE s.session_id = 2 AND y.placement_set_id = x.placement_set_id AND b.session_id = 2
                AND (x.x_um - y.x_um) * (x.x_um - y.x_um) + (x.y_um - y.y_um) * (x.y_um - y.y_um) <= 16
            """)
        #expect(pairs[0][0] == pairs[0][1])
        #expect(try Int(#require(pairs.first)[0]) ?? 0 > 900)
    }

    @Test("A session that shoots new places of the grid is clean, though the grid was put back aside")
    func newPlaces() throws {
        let tools = try simulated(Self.moved)
        // The first session without what the second shot again.
        let truth = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(fileURLWithPath: tools.folder["bb.truth.json"])))
        let pairs = try #require((truth as? [String: Any])?["pairs"] as? [[String: Any]])
        let again = Set(pairs.compactMap { $0["earlier"] as? String })
        #expect(again.count == 90)
        let files = FileManager.default.enumerator(atPath: tools.folder["bb"])?.compactMap { $0 as? String } ?? []
        for file in files where again.contains(where: { file.contains($0) }) {
            try FileManager.default.removeItem(atPath: tools.folder["bb/" + file])
        }
        try tools.run("epu-ingest", ["bb", "bb-second"])
        let output = try tools.run("epu-analyze", []).output
        #expect(try found("bb", tools).prefix(2) == ["210", "0"])
        #expect(try found("bb-second", tools).prefix(2) == ["90", "0"])
        #expect(output.contains(/bb-second lies at (7\.9|8\.0)., -(4\.9|5\.0). \+- 0\.0. um from bb/))
        #expect(output.components(separatedBy: "all unique within").count == 3)
        #expect(try tools.rows("SELECT count(*) FROM uncompared_session") == [["0"]])
    }

    @Test(
        "A small hole map fits into a large one in many places: a session is not laid on wrong holes",
        arguments: [1, 5, 9])
    func smallMap(seed: Int) throws {
        let tools = try ToolFolder()
        for (name, exposures, day) in [("early", 60, "06"), ("main", 600, "12")] {
            try tools.run(
                "epu-simulate",
                [
                    "make", name, "--exposures", "\(exposures)", "--seed", "\(seed)", "--no-images", "--start",
                    "2025-01-\(day)T10:00:00Z",
                ])
        }
        try tools.run("epu-ingest", ["early", "main"])
        try tools.run("epu-analyze", [])
        // Both lie in one stage frame: where a shift was measured, it is none.
        let shifts = try tools.rows(
            """
            SELECT offset_x_um, offset_y_um FROM placement_set_session JOIN placement_set USING (placement_set_id)
            WHERE placement_set_session.session_id = 1 AND placement_set.session_id = 2 AND offset_error_um IS NOT NULL
            """)
        for shift in shifts { #expect(shift.allSatisfy { abs(Double($0) ?? 99) < 0.1 }, "\(shift)") }
        let isNamed = try tools.rows("SELECT count(*) > 0 FROM uncompared_session") == [["1"]]
        #expect(!shifts.isEmpty || isNamed)
    }

    @Test("Without hole maps a grid that was not moved is compared; one that was is not, as its foil repeats")
    func withoutMaps() throws {
        for (options, isMoved) in [(Self.pair, false), (Self.moved, true)] {
            let tools = try simulated(options)
            for session in ["bb", "bb-second"] {
                for file in tools.folder.names("\(session)/Metadata") {
                    try FileManager.default.removeItem(atPath: tools.folder["\(session)/Metadata/\(file)"])
                }
            }
            try tools.run("epu-ingest", ["bb", "bb-second"])
            let output = try tools.run("epu-analyze", ["--session", "bb-second"]).output
            if isMoved {
                #expect(output.contains("not compared with bb (2025-01-08): the grid was moved between them by "))
                #expect(output.contains("and the hole maps do not tell which"))
                #expect(
                    output.hasPrefix(
                        "bb-second: nothing found to drop: none of 90 overexposed as far as could be compared; what bb had exposed before is not known\n"
                    )
                )
                #expect(try found("bb-second", tools).prefix(2) == ["90", "0"])
            } else {
                #expect(output.contains("drop 90 of 90 micrographs (100.0 %)"))
            }
        }
    }

    @Test("A hole map that lies far aside of the holes does not hide that these were shot before")
    func mapAside() throws {
        let tools = try simulated(Self.moved)
        try tools.run("epu-ingest", ["bb", "bb-second"])
        try Archive(tools.archive, access: .write).write {
            try $0.execute(
                sql: """
                    UPDATE foil_hole SET stage_x_um = stage_x_um + 2.2, stage_y_um = stage_y_um + 1.1
                    WHERE session_id = 2
                    """)
        }
        #expect(try tools.run("epu-analyze", []).output.contains("drop 90 of 90 micrographs (100.0 %)"))
    }

    @Test("A session whose calibration is not determined costs its own pairs only")
    func undetermined() throws {
        let tools = try simulated(Self.moved)
        try tools.run("epu-ingest", ["bb", "bb-second"])
        try tools.run("epu-analyze", ["calibrate"])
        let archive = try Archive(tools.archive, access: .write)
        try archive.write {
            try $0.execute(
                sql: "UPDATE calibration SET verdict = 'undetermined', chosen = 2 WHERE session_id = 1 AND chosen")
        }
        let output = try tools.run("epu-analyze", []).output
        #expect(
            output.contains(
                "not compared with bb (2025-01-08): how beam shift maps to the stage is not determined in bb"))
        #expect(output.contains("; what bb had exposed before is not known\n"))
        let page = try tools.run("epu-report", ["summary", "--session", "bb-second", "--json"]).output
        #expect(try PrintedJSON(page)["0.analysis.not_compared.0.session"].text == "bb")
        try tools.run("epu-report", ["html", "--no-pictures", "--out", "out"], status: 0)
        let html = try tools.folder.text("out/bb-second/report.html")
        #expect(html.contains("Not known: what bb had exposed before is not known."))
        #expect(!html.contains("verdict good"))
    }
}
