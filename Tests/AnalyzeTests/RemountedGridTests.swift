import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_analyze

@Suite("Simulated sessions on a grid that was taken out and put back turned")
struct RemountedGridTests {
    private static let oneSquare = ["--exposures", "700"]
    private static let twoSquares = ["--exposures", "1400", "--second-fraction", "0.6"]

    struct Case: Sendable, CustomTestStringConvertible {
        let degrees: Double
        var isMirrored = false
        let shift: Vector2
        let options: [String]
        var testDescription: String { "\(degrees), \(isMirrored), \(shift), \(options)" }
    }

    /// Every pair up to the radius is found, and none beyond: where a pair is nearer to the radius than positions are known, it
    /// counts neither way.
    private func expectAllPairs(_ grid: RemountedGrid, _ output: String) throws {
        let found = try grid.foundPairs
        #expect(try grid.truePairs(within: 0.2).subtracting(found).isEmpty, "\(output)")
        #expect(try found.subtracting(grid.truePairs(within: 0.4)).isEmpty)
        #expect(found.count > 100)
        let move = try #require(try grid.found)
        #expect(move.isMirrored == grid.move.isMirrored)
        #expect(move.turn(to: grid.move) < 4 * (move.turnErrorDegrees ?? 0))
        #expect(move.target.distance(to: grid.move.place(move.centre)) < 5 * (move.error ?? 0))
    }

    @Test(
        "All pairs of the sessions within 0.3 um are found, none is invented, and turn and shift are right within their errors",
        arguments: [
            Case(degrees: 0.5, shift: Vector2(8, -5), options: oneSquare + ["--seed", "3"]),
            Case(degrees: 2, shift: Vector2(50, 0), options: twoSquares),
            Case(degrees: 90, shift: Vector2(-30, 40), options: twoSquares + ["--seed", "4"]),
            Case(degrees: -90, shift: Vector2(3, 4), options: oneSquare),
            Case(degrees: 180, shift: Vector2(0, 0), options: oneSquare + ["--seed", "5"]),
            Case(degrees: 0, isMirrored: true, shift: Vector2(50, 20), options: twoSquares),
            Case(degrees: 37, isMirrored: true, shift: Vector2(5, 20), options: oneSquare + ["--seed", "6"]),
            Case(degrees: 60, shift: Vector2(5, 20), options: oneSquare + ["--foil", "hexagonal"]),
        ])
    func turned(_ turned: Case) throws {
        let grid = try RemountedGrid(
            degrees: turned.degrees, isMirrored: turned.isMirrored, shift: turned.shift, options: turned.options)
        try expectAllPairs(grid, grid.tools.run("epu-analyze", ["--radius", "0.3"]).output)
    }

    @Test(
        "So are those of the simulator's own turned and mirrored sessions, on one atlas and on a new one",
        arguments: [
            ["--second-turn", "90", "--second-offset", "50,-20"],
            ["--second-turn", "-25", "--second-mirror", "--second-offset", "5,5"],
            ["--second-turn", "120", "--second-mirror", "--second-atlas"],
        ])
    func simulated(options: [String]) throws {
        let tools = try ToolFolder()
        try tools.run(
            "epu-simulate", ["make", "one", "--no-images", "--second-session"] + Self.twoSquares + options)
        try tools.run("epu-ingest", ["one", "one-second"])
        if options.contains("--second-atlas") { try tools.run("epu-analyze", ["same-grid", "one", "one-second"]) }
        let output = try tools.run("epu-analyze", []).output
        #expect(output.contains("drop 840 of 840 micrographs"), "\(output)")
        try tools.run("epu-simulate", ["score", "--exact", "one.truth.json"])
    }

    @Test("Where pictures of squares say nothing of the ice, the squares' places and holes tell a turn all the same")
    func withoutIce() throws {
        let grid = try RemountedGrid(degrees: 2, shift: Vector2(8, -5), options: Self.twoSquares)
        try grid.write("UPDATE foil_hole SET ice_intensity_mean = NULL")
        try expectAllPairs(grid, grid.tools.run("epu-analyze", ["--radius", "0.3"]).output)
    }

    @Test("Without hole maps a grid turned by two degrees is compared where its holes, shot in both sessions, fit once")
    func withoutMaps() throws {
        let grid = try RemountedGrid(degrees: 2, shift: Vector2(8, -5), options: Self.twoSquares)
        try grid.tools.run("epu-analyze", ["calibrate"])
        try grid.write("UPDATE foil_hole SET stage_x_um = NULL, stage_y_um = NULL")
        try expectAllPairs(grid, grid.tools.run("epu-analyze", ["--radius", "0.3"]).output)
    }

    @Test(
        "Where a square of two lies elsewhere than it lay, no move is taken for true, though turned the grid would fit better",
        arguments: [
            (0.5, "their squares lie turned by 0.46 degrees, but the foil in them by -0.01"),
            // The square lies 0.9 and 1.2 um aside; upside down, or turned by 180 degrees, lattices would lie on lattices.
            (0.6, "lie elsewhere, as if the stage had lost its way"),
            (0.8, "lie elsewhere, as if the stage had lost its way"),
        ])
    func lostWay(degrees: Double, reason: String) throws {
        let grid = try RemountedGrid(degrees: 0, shift: .zero, options: Self.twoSquares)
        try grid.turnLastSquare(degrees: degrees)
        let output = try grid.tools.run("epu-analyze", ["--session", "one-second"]).output
        #expect(output.contains(reason), "\(output)")
        #expect(output.contains("not compared with one"))
        #expect(try grid.foundPairs.isEmpty)
    }

    @Test(
        "A square that lies half a um aside of the others is compared where its holes lie, and asked again nothing changes"
    )
    func aside() throws {
        let grid = try RemountedGrid(
            degrees: 0, shift: Vector2(8, -5), options: ["--exposures", "3500", "--second-fraction", "0.6"])
        let square = try grid.moveLastSquare(by: Vector2(0.4, -0.3))
        try grid.tools.run("epu-analyze", ["--radius", "0.3"])
        let found = try grid.foundPairs
        #expect(try grid.truePairs(within: 0.2).subtracting(found).isEmpty)
        #expect(try found.subtracting(grid.truePairs(within: 0.4)).isEmpty)
        let inSquare = """
            SELECT count(*), max(distance_um) < 0.2 FROM overlap JOIN exposure ON exposure_id = later_id
            WHERE grid_square = \(square) AND analysis_id = (SELECT max(analysis_id) FROM analysis)
            """
        let there = try grid.tools.rows(inSquare)
        #expect(there[0][0] != "0" && there[0][1] == "1", "\(there)")
        // The others are not turned by it.
        let move = try #require(try grid.found)
        #expect(move.turn(to: grid.move) < 4 * (move.turnErrorDegrees ?? 0))
        #expect(move.target.distance(to: grid.move.place(move.centre)) < 5 * (move.error ?? 0))
        // Another radius asks the same places, and finds them stored.
        let sets = "SELECT placement_set_id FROM placement_set ORDER BY 1"
        let before = try grid.tools.rows(sets)
        try grid.tools.run("epu-analyze", ["--radius", "0.31", "--session", "one-second"])
        #expect(try grid.tools.rows(sets) == before)
        // A set that was made before the square was seen to lie aside, as while the session grew, is not taken again.
        try grid.write(
            """
            UPDATE placement SET x_um = x_um - 0.4, y_um = y_um + 0.3
            WHERE exposure_id IN (SELECT exposure_id FROM exposure WHERE session_id = 1 AND grid_square = \(square))
            """)
        try grid.tools.run("epu-analyze", ["--radius", "0.32", "--session", "one-second"])
        #expect(try grid.tools.rows(sets) != before)
        #expect(try grid.tools.rows(inSquare) == there)
    }

    @Test("A square that lies nearly a step of the foil aside is compared by the step that the hole maps tell")
    func step() throws {
        let grid = try RemountedGrid(
            degrees: 0, shift: .zero, options: ["--exposures", "3500", "--second-fraction", "0.6"])
        // 0.8 of the foil's first step: the shot holes alone say 0.5 um the other way.
        let angle = 14.8 * Double.pi / 180
        try grid.moveLastSquare(by: 2 * Vector2(cos(angle), sin(angle)))
        let output = try grid.tools.run("epu-analyze", ["--session", "one-second", "--radius", "0.3"]).output
        let found = try grid.foundPairs
        #expect(try grid.truePairs(within: 0.2).subtracting(found).isEmpty, "\(output)")
        #expect(try found.subtracting(grid.truePairs(within: 0.4)).isEmpty)
    }

    @Test(
        "Of a square of which nobody knows where it lies it is not known what was exposed twice; the others are compared"
    )
    func lostSquare() throws {
        let grid = try RemountedGrid(
            degrees: 0, shift: .zero, options: ["--exposures", "3500", "--second-fraction", "0.6"])
        let square = try grid.moveLastSquare(by: Vector2(0.9, 0.8))
        let output = try grid.tools.run("epu-analyze", ["--session", "one-second", "--radius", "0.3"]).output
        #expect(
            output.contains(
                "compared in part with one (2025-01-08): in grid square \(square) their holes lie apart by another shift"
            ),
            "\(output)")
        let found = try grid.tools.rows(
            "SELECT grid_square = \(square), count(*) FROM overlap JOIN exposure ON exposure_id = later_id GROUP BY 1")
        #expect(found.count == 1 && found[0][0] == "0", "\(found)")
    }

    @Test("What is printed, stored and in the JSON is one move")
    func printed() throws {
        let grid = try RemountedGrid(degrees: 90, shift: Vector2(8, -5), options: Self.oneSquare)
        let output = try grid.tools.run("epu-analyze", ["--session", "one-second"]).output
        let move = try #require(try grid.found)
        #expect(output.contains("one-second lies at \(move.text) from one, which is taken into account"))
        #expect(output.contains(/turned by (89.9|90.0). \+- 0.0. degrees/))
        let json = try PrintedJSON(
            grid.tools.run("epu-analyze", ["--session", "one-second", "--json"]).output)["0.offsets.0"]
        for (key, value) in [
            ("turn_deg", move.turnDegrees), ("turn_error_deg", move.turnErrorDegrees ?? 0), ("x_um", -move.shift.x),
            ("centre_y_um", move.centre.y),
        ] {
            #expect(abs((json[key].number ?? .infinity) - value) < 1e-9, "\(key)")
        }
        // Asked again, it is the same analysis.
        let before = try grid.tools.rows("SELECT analysis_id, created_at FROM analysis ORDER BY 1")
        try grid.tools.run("epu-analyze", [])
        #expect(try grid.tools.rows("SELECT analysis_id, created_at FROM analysis WHERE session_id = 2") == before)
    }
}

@Suite("Sessions that a person says are on one grid")
struct SameGridTests {
    private static let options = ["--exposures", "1400", "--second-fraction", "0.6"]

    @Test(
        "A grid with a new atlas is compared once it was said to be the same, and no longer once that was taken back",
        arguments: [(90.0, false), (-163, true)])
    func said(degrees: Double, isMirrored: Bool) throws {
        let grid = try RemountedGrid(
            degrees: degrees, isMirrored: isMirrored, shift: Vector2(20, -5), newAtlas: true, options: Self.options)
        let tools = grid.tools
        #expect(try tools.run("epu-analyze", ["--radius", "0.3"]).output.contains("1-second lies") == false)
        #expect(try grid.foundPairs.isEmpty)
        try tools.run("epu-analyze", ["same-grid", "one-second", "one"])
        #expect(
            try tools.run("epu-analyze", ["same-grid"]).output.contains("one and one-second are on one grid, said 20"))
        // What was analysed before says so.
        #expect(
            try tools.rows("SELECT session_id, other, reason IS NULL FROM not_compared") == [["2", "one", "1"]])
        let output = try tools.run("epu-analyze", ["--radius", "0.3"]).output
        #expect(output.contains("one-second lies at "))
        let found = try grid.foundPairs
        #expect(try grid.truePairs(within: 0.2).subtracting(found).isEmpty)
        #expect(try found.subtracting(grid.truePairs(within: 0.4)).isEmpty)
        #expect(found.count > 500)
        try tools.run("epu-analyze", ["same-grid", "one", "one-second", "--undo"])
        try tools.run("epu-analyze", ["--radius", "0.3"])
        #expect(
            try tools.rows(
                "SELECT s.name FROM analysis_session l JOIN session s USING (session_id) ORDER BY analysis_id, 1"
            ).last
                == ["one-second"])
        // What was analysed in between says that it is out of date.
        #expect(
            try tools.rows("SELECT DISTINCT other, reason LIKE '%no longer said%' FROM not_compared") == [["one", "1"]])
        // The first one, of each session by itself, holds again.
        #expect(try tools.rows("SELECT * FROM not_compared WHERE analysis_id IN (1, 2)").isEmpty)
    }

    @Test("Another grid of the kind is not confirmed, and nothing of it is compared")
    func otherGrid() throws {
        let tools = try ToolFolder()
        for (name, seed) in [("a", "11"), ("b", "12")] {
            try tools.run("epu-simulate", ["make", name, "--no-images", "--exposures", "1400", "--seed", seed])
        }
        try tools.run("epu-ingest", ["a", "b"])
        try Archive(tools.archive, access: .write).write {
            try $0.execute(
                sql: """
                    UPDATE session SET instrument_id = '1'; UPDATE exposure SET instrument_id = '1';
                    UPDATE exposure SET acquired_at = replace(acquired_at, '2025-', '2026-') WHERE session_id = 2
                    """)
        }
        try tools.run("epu-analyze", ["same-grid", "a", "b"])
        let output = try tools.run("epu-analyze", []).output
        #expect(output.contains("not compared with a (2025-01-08): not confirmed that they are on one grid: "))
        #expect(
            try tools.rows("SELECT session_id, count(*) FROM analysis_session GROUP BY 1") == [
                ["1", "1"], ["2", "1"],
            ])
        let summary = try tools.run("epu-report", ["summary", "--session", "b"]).output
        #expect(summary.contains("what a had exposed before is not known"))
    }

    @Test("It holds both ways and by way of others; what makes no sense is refused")
    func words() throws {
        let analysing = try Analysing()
        let sample = analysing.sample
        for (index, name) in ["a", "b", "c"].enumerated() {
            try sample.add(name, [.init(hole: Int64(index + 1), time: Double(1000 * index), square: 1)])
        }
        try sample.add("d", grid: "session c", [.init(hole: 9, time: 5000, square: 1)])
        func run(_ arguments: String..., status: Int32 = 0) throws -> ToolRun {
            let run = try ToolRun.run("epu-analyze", ["same-grid", "--db", analysing.archive] + arguments)
            #expect(run.status == status, "\(run.errors)")
            return run
        }
        #expect(try run().output.contains("Nothing was said"))
        _ = try run("b", "a")
        _ = try run("a", "b")
        _ = try run("b", "c")
        #expect(try PrintedJSON(run("--json").output).count == 2)
        func scope(_ name: String) throws -> GridScope {
            try sample.archive.read { try GridScope(of: SessionRow.select($0, names: [name])[0], isAcross: true, $0) }
        }
        #expect(try scope("d").earlier.map(\.name) == ["a", "b", "c"])
        #expect(try scope("d").said == [1, 2])
        #expect(try scope("b").earlier.map(\.name) == ["a"])
        #expect(try run("a", "a", status: 1).errors.contains("Name two different sessions"))
        #expect(try run("c", "d", status: 1).errors.contains("share an atlas"))
        #expect(try run("a", "x", status: 1).errors.contains("The archive has no session \"x\""))
        #expect(try run("a", "d", "--undo", status: 1).errors.contains("Nobody said"))
        #expect(try run("a", status: 64).errors.contains("Name two sessions"))
        _ = try run("a", "b", "--undo")
        #expect(try scope("d").earlier.map(\.name) == ["b", "c"])
        try analysing.execute("UPDATE session SET instrument_id = session_id")
        #expect(try run("a", "c", status: 1).errors.contains("two microscopes"))
    }
}
