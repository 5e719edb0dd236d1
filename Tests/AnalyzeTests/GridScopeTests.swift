import EPUArchive
import EPUCore
import GRDB
import TestSupport
import Testing

@testable import epu_analyze

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
            output.contains(
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
        #expect(output.hasPrefix("new: nothing to drop of 1 micrograph: all unique within 0.45 um\n"))
        #expect(try analysing.rows("SELECT count(*) FROM placement") == [["1"]])
    }

    @Test("The exposures of a grid's sessions come in one time order, up to the last one of the judged session")
    func order() throws {
        let times = [[0, 500, 1000], [400, 500, 600, 2000], [100, 700]]
        for (name, times) in zip(["a", "b", "c"], times) {
            try analysing.sample.add(
                name, grid: "g", times.map { Exposure(hole: Int64($0 + 1), time: Double($0), square: 1) })
        }
        let ids = try analysing.sample.archive.read { db in
            let judged = try #require(try SessionRow.select(db, names: ["a"]).first)
            return try GridScope(of: judged, isAcross: true, db).exposures(SessionReading(), db).map(\.exposureID)
        }
        let sorted = try analysing.rows(
            """
            SELECT exposure_id FROM exposure
            WHERE acquired_at <= (SELECT max(acquired_at) FROM exposure WHERE session_id = 1)
            ORDER BY acquired_at, name, exposure_id
            """)
        #expect(ids.count == 8)
        #expect(ids.map { ["\($0)"] } == sorted)
    }

    @Test(
        "Of two sessions' exposures at one instant one was first, whichever session is judged or was ingested first",
        arguments: [false, true])
    func atOnce(isReversed: Bool) throws {
        // In the order of names, as it is within a session, hole 10 comes before hole 9.
        let sessions = [
            ("a", [(hole: 10, area: 1, x: 50.0), (hole: 9, area: 1, x: 0.0)]), ("b", [(hole: 9, area: 2, x: 0.0)]),
            ("c", [(hole: 10, area: 2, x: 50.0)]),
        ]
        for (name, exposures) in isReversed ? sessions.reversed() : sessions {
            try analysing.sample.add(
                name, grid: "g",
                exposures.map {
                    Exposure(
                        hole: Int64($0.hole), area: Int64($0.area), stage: Vector2($0.x, 0), time: 100, square: 1)
                })
        }
        #expect(try analyse().status == 0)
        #expect(
            try analysing.rows(
                """
                SELECT s.name, later.foil_hole, later.area, t.name, earlier.foil_hole, earlier.area
                FROM overlap o
                JOIN exposure later ON later.exposure_id = o.later_id JOIN session s ON s.session_id = later.session_id
                JOIN exposure earlier ON earlier.exposure_id = o.earlier_id
                JOIN session t ON t.session_id = earlier.session_id
                ORDER BY 1
                """) == [["b", "9", "2", "a", "9", "1"], ["c", "10", "2", "a", "10", "1"]])
    }

    @Test("The order at one instant is the same from both sides, and hangs on ids only where all else is the same")
    func orderAtOnce() {
        func exposure(_ id: Int64, session: Int64, _ hole: Int64, _ area: Int64, _ x: Double) -> SessionExposure {
            SessionExposure(
                exposureID: id, sessionID: session, foilHole: hole, area: area, stage: Vector2(x, 0), beamShift: .zero)
        }
        let inOrder: [(hole: Int64, area: Int64, x: Double)] = [
            (10, 1, 0), (10, 2, 0), (9, 10, 0), (9, 9, 1), (9, 9, 2),
        ]
        for (first, a) in inOrder.enumerated() {
            for (second, b) in inOrder.enumerated() where first != second {
                for ids in [(1, 2), (2, 1)] as [(Int64, Int64)] {
                    let one = exposure(ids.0, session: ids.0, a.hole, a.area, a.x)
                    let other = exposure(ids.1, session: ids.1, b.hole, b.area, b.x)
                    #expect(one.comesBefore(other) == (first < second))
                    #expect(other.comesBefore(one) == (second < first))
                }
            }
        }
        let (one, copy) = (exposure(1, session: 1, 9, 9, 0), exposure(2, session: 2, 9, 9, 0))
        #expect(one.comesBefore(copy) && !copy.comesBefore(one) && !one.comesBefore(one))
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
            try analysing.rows("SELECT later_id, earlier_id, cause = 'across-sessions' FROM overlap ORDER BY 1, 2")
                == [["2", "1", "0"], ["2", "3", "1"], ["3", "1", "1"]])
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
        #expect(run.output.contains("glacios: drop 1 of 3 micrographs (33.3 %)"))
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
        #expect(assumed.output.contains("all unique within 0.45 um\n"))
        #expect(try analyse(["--session", "blind"]).status == 64, "nothing was done")
    }

    @Test("A page is not green where no beam diameter was recorded: what a wider beam hit is not known")
    func unknownBeam() throws {
        let apart = [Exposure(time: 0), Exposure(hole: 2, stage: Vector2(90, 0), time: 60)]
        try analysing.sample.add("field", apart, beamDiameter: nil, field: (2, 1))
        try analysing.sample.add("beam", apart, beamDiameter: 1, field: (2, 1))
        let folder = try TemporaryFolder()
        #expect(try analyse().status == 0)
        func page(_ session: String) throws -> String {
            let run = try ToolRun.run(
                "epu-report", ["html", "--db", analysing.archive, "--session", session, "--out", folder.path])
            #expect(run.status == 0, "\(run.errors)")
            return try folder.text("\(session)/report.html")
        }
        let unknown = try page("field")
        // The same on every page and in every table.
        func report(_ arguments: [String]) throws -> String {
            try ToolRun.run("epu-report", arguments + ["--db", analysing.archive]).output
        }
        let reason = "what a wider beam hit is not known, as no beam diameter is recorded"
        let none = "none of 2 overexposed as far as could be compared; \(reason)"
        #expect(try report(["summary", "--session", "field"]).contains(none))
        #expect(try !report(["summary", "--session", "beam"]).contains("wider beam"))
        let compared = try ToolRun.run("epu-analyze", ["compare", "--db", analysing.archive]).output
        #expect(compared.contains(/\noverexposed +(not known +0|0 +not known)\n/), "\(compared)")
        #expect(
            try report(["lists", "--session", "field", "--out", folder["l"]])
                .contains("\n  as far as could be compared; \(reason)\n"))
        #expect(
            unknown.contains(
                "<dt>overexposed</dt><dd>not known<small>none found as far as could be compared</small></dd>"))
        let said = "No beam diameter is recorded: looked for was what lies within 0.500"
        #expect(unknown.contains("<p class=\"verdict unknown\">As far as could be compared, none of 2 micrographs"))
        #expect(unknown.contains(said))
        #expect(!unknown.contains("Nothing is to be dropped"))
        // The same places by a recorded diameter, and by a radius that a person gave.
        #expect(try !page("beam").contains(said))
        #expect(try analyse(["--session", "field", "--radius", "0.6"]).status == 0)
        let given = try ToolRun.run(
            "epu-report",
            ["html", "--db", analysing.archive, "--session", "field", "--analysis", "3", "--out", folder.path])
        #expect(given.status == 0, "\(given.errors)")
        #expect(try !folder.text("field/report.html").contains(said))
    }
}
