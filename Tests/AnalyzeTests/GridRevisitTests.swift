import EPUShared
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_analyze

/// A grid that was visited again must never be called clean.
@Suite("Simulated sessions on a grid that was visited again")
struct GridRevisitTests {
    /// EPU was started anew, or the grid was put back aside.
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
        #expect(second.contains("90 of 90 overexposed (100.0 %)"))
        #expect(try found("bb-second", tools) == ["90", "90", "across-sessions 90"])
        let output = try tools.run("epu-analyze", []).output
        #expect(output.contains("bb-second lies at 8.0"))
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
        let first = try tools.run("epu-analyze", []).output
        func all() throws -> [[[String]]] {
            try [
                "analysis", "analysis_session", "placement_set", "placement", "overlap", "calibration", "overexposure",
            ]
            .map { try tools.rows("SELECT * FROM \($0) ORDER BY 1, 2, 3") }
        }
        let before = try all()
        #expect(try tools.run("epu-analyze", []).output == first)
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
        #expect(output.contains("bb-second lies at 8.0"))
        #expect(output.components(separatedBy: "all unique within").count == 3)
        #expect(try tools.rows("SELECT count(*) FROM uncompared_session") == [["0"]])
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
                    output.hasSuffix(
                        "none of 90 overexposed as far as could be compared; what bb had exposed before is not known\n")
                )
                #expect(try found("bb-second", tools).prefix(2) == ["90", "0"])
            } else {
                #expect(output.contains("90 of 90 overexposed (100.0 %)"))
            }
        }
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
        #expect(output.hasSuffix("what bb had exposed before is not known\n"))
        let page = try tools.run("epu-report", ["summary", "--session", "bb-second", "--json"]).output
        #expect(try PrintedJSON(page)["0.analysis.not_compared.0.session"].text == "bb")
        try tools.run("epu-report", ["html", "--no-images", "--out", "out"], status: 0)
        let html = try tools.folder.text("out/bb-second/report.html")
        #expect(html.contains("Not known: what bb had exposed before is not known."))
        #expect(!html.contains("verdict good"))
    }
}

@Suite("Sessions of one grid, made in code")
struct GridScopeTests {
    private typealias Exposure = SampleArchive.Exposure
    private let analysing: Analysing

    init() throws { analysing = try Analysing() }

    private func analyse(_ arguments: [String] = []) throws -> ToolRun {
        try ToolRun.run("epu-analyze", ["--db", analysing.archive, "--k", "25"] + arguments)
    }

    @Test("Sessions that name one atlas but share no grid square are not compared, and that is said")
    func strangers() throws {
        try analysing.sample.add("old", grid: "g", [Exposure(time: 0, square: 1)])
        try analysing.sample.add("new", grid: "g", [Exposure(hole: 2, time: 1000, square: 2)])
        let output = try analyse(["--session", "new"]).output
        #expect(output.contains("not compared with old (2025-01-08): it names the same atlas, but has no grid square"))
        #expect(
            output.hasSuffix(
                "none of 1 overexposed as far as could be compared; what old had exposed before is not known\n"))
        #expect(try analysing.rows("SELECT session_id FROM analysis_session") == [["2"]])
        #expect(try analysing.rows("SELECT session_id FROM uncompared_session") == [["1"]])
    }

    @Test("Of sessions that share grid squares but exposed different ones, none can have hit the other's places")
    func otherSquares() throws {
        try analysing.sample.add(
            "old", grid: "g", [Exposure(time: 0, square: 1), Exposure(hole: 3, time: 1, square: 3)])
        try analysing.sample.add("new", grid: "g", [Exposure(hole: 2, time: 1000, square: 2)])
        try analysing.execute("INSERT INTO grid_square (session_id, grid_square) VALUES (2, 1)")
        let output = try analyse(["--session", "new"]).output
        #expect(output.contains("old exposed other grid squares only"))
        #expect(output.hasSuffix("all unique within 0.45 um\n"))
        #expect(try analysing.rows("SELECT count(*) FROM placement") == [["1"]])
    }

    @Test("Only sessions with exposures before the last one of the judged session matter; later ones change nothing")
    func later() throws {
        try analysing.sample.add(
            "a", grid: "g", [Exposure(time: 0, square: 1), Exposure(hole: 2, time: 500, square: 1)])
        try analysing.sample.add("b", grid: "g", [Exposure(hole: 3, time: 400, square: 1)])
        #expect(try analyse().status == 0)
        #expect(
            try analysing.rows("SELECT session_id, exposures, overexposed FROM analysis ORDER BY 1")
                == [["1", "2", "1"], ["2", "1", "1"]])
        #expect(
            try analysing.rows("SELECT later_id, earlier_id, cause FROM overlap ORDER BY 1, 2")
                == [["2", "1", "neighbour"], ["2", "3", "across-sessions"], ["3", "1", "across-sessions"]])
        let before = try analysing.rows("SELECT created_at FROM analysis WHERE session_id = 1")
        try analysing.sample.add("b", grid: "g", [Exposure(hole: 4, time: 9000, square: 1)])
        #expect(try analyse().status == 0)
        #expect(try analysing.rows("SELECT created_at FROM analysis WHERE session_id = 1") == before)
        #expect(
            try analysing.rows("SELECT exposures, overexposed FROM analysis WHERE session_id = 2") == [["2", "2"]])
        // What comes late into the archive but was exposed before does matter.
        try analysing.sample.add("b", grid: "g", [Exposure(hole: 5, time: 1, square: 1)])
        #expect(try analyse(["--session", "a"]).status == 0)
        #expect(
            try analysing.rows("SELECT count(*) FROM overlap WHERE later_id = 2") == [["3"]], "of three earlier ones")
    }

    @Test("Exposures of two microscopes are never compared, though an archive has them in one session")
    func microscopes() throws {
        try analysing.sample.add(
            "s", [Exposure(time: 0), Exposure(hole: 2, time: 60), Exposure(hole: 3, time: 120)])
        #expect(try analysing.analyse(OverlapCriteria(radius: 0.4)).overexposed == 2)
        try analysing.execute(
            """
            DELETE FROM placement_set;
            UPDATE exposure SET instrument_id = iif(exposure_id = 2, '3903', '3902')
            """)
        let found = try analysing.analyse(OverlapCriteria(radius: 0.4))
        #expect(found.overexposed == 1)
        #expect(try analysing.rows("SELECT later_id, earlier_id FROM overlap") == [["3", "1"]])
        // Nor where they are two sessions that name one atlas.
        try analysing.sample.add("t", grid: "session s", [Exposure(hole: 4, time: 500)])
        try analysing.execute(
            """
            UPDATE exposure SET instrument_id = '3903' WHERE exposure_id = 4;
            INSERT INTO grid_square (session_id, grid_square) VALUES (1, 1), (2, 1)
            """)
        #expect(try analysing.analyse(OverlapCriteria(radius: 0.4), across: true).pairs == 1)
        #expect(
            try analysing.rows("SELECT later_id, earlier_id FROM overlap WHERE later_id = 4") == [["4", "2"]])
    }

    @Test("Without beam diameters the radius is half the shorter side of the commonest camera field, and that is said")
    func fieldRadius() throws {
        try analysing.sample.add(
            "glacios", [Exposure(time: 0), Exposure(hole: 2, stage: Vector2(1.9, 0), time: 60)], beamDiameter: nil,
            field: (5, 4))
        try analysing.sample.add(
            "glacios", [Exposure(hole: 3, stage: Vector2(90, 0), time: 90)], beamDiameter: nil, field: (2, 1))
        try analysing.sample.add("krios", [Exposure(time: 1000)])
        try analysing.sample.add("blind", [Exposure(time: 2000)], beamDiameter: nil)
        let run = try analyse()
        #expect(run.status == 0)
        #expect(
            run.output.contains("no beam diameter is recorded: radius 2 um, half the shorter side of the camera field"))
        #expect(run.output.contains("1 of 3 overexposed (33.3 %)"))
        #expect(run.errors.contains("Not analysed: blind. "))
        #expect(run.errors.contains("give --radius UM, or --missing-beam-diameter UM."))
        #expect(
            try analysing.rows(
                "SELECT s.name, radius_um, radius_source FROM analysis JOIN session s USING (session_id)")
                == [["glacios", "2.0", "camera-field"], ["krios", "0.45", "beam-diameter"]])
        let json = try PrintedJSON(try analyse(["--session", "glacios", "--json"]).output)
        #expect(json["0.radius_source"].text == "camera-field")
        #expect(json["0.radius_um"].number == 2)
        let assumed = try analyse(["--session", "blind", "--missing-beam-diameter", "1"])
        #expect(assumed.output.hasSuffix("all unique within 0.45 um\n"))
        #expect(try analyse(["--session", "blind"]).status == 64, "nothing was done")
    }
}

@Suite("Whole steps of the foil between two sessions, by hole maps")
struct HoleMapStepTests {
    private let lattice = Matrix2(columns: Vector2(2.4, 0.7), Vector2(-0.7, 2.4))

    /// The holes of a square of so many by so many, up to 0.1 um from their sites.
    private func map(_ count: Int, at offset: Vector2, seed: UInt64) -> [Vector2] {
        var random = RandomSource(seed: seed, stream: "map")
        return (0..<count * count).map { index in
            lattice * Vector2(Double(index % count), Double(index / count)) + offset
                + Vector2(random.uniform(-0.1, 0.1), random.uniform(-0.1, 0.1))
        }
    }

    @Test("The step that puts one map on the other is found, if it is within reach")
    func found() {
        let fine = Vector2(0.3, -0.4)
        for step in [Vector2(0, 0), Vector2(3, -2), Vector2(-7, 4)] {
            let maps = HoleMapStep(
                [1: map(15, at: fine + lattice * step, seed: 2)], [1: map(15, at: .zero, seed: 1)], lattice: lattice,
                fine: fine, limit: 25)
            #expect(maps.hasMaps)
            #expect((maps.clearest?.distance(to: lattice * step) ?? .infinity) < 1e-9)
            #expect(maps.excludesNone == (step != .zero))
        }
    }

    @Test("A greater offset than is sought, maps that differ, and a map that has no edge give no step")
    func ambiguous() {
        let base = map(15, at: .zero, seed: 1)
        func clearest(_ own: [Vector2], _ other: [Vector2], limit: Double = 25) -> Vector2? {
            HoleMapStep([1: own], [1: other], lattice: lattice, fine: .zero, limit: limit).clearest
        }
        #expect(clearest(map(15, at: lattice * Vector2(12, 0), seed: 2), base) == nil)
        #expect(clearest(map(15, at: lattice * Vector2(3, 0), seed: 2), base, limit: 5) == nil)
        // Five by five holes of the middle of a square fit anywhere in it.
        #expect(clearest(map(5, at: lattice * Vector2(5, 5), seed: 2), base) == nil)
        #expect(clearest([], base) == nil)
    }
}
