import EPUArchive
import EPUCore
import EPUDrawing
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_report

@Suite("epu-report plots")
struct PlotsTests {
    private let folder: TemporaryFolder
    private let plots: PlotArchive

    init() throws {
        folder = try TemporaryFolder()
        plots = try PlotArchive(folder["a.db"])
    }

    /// Seven stops with nine holes each in one square, two in another.
    private func addCalibrated(_ session: String) throws {
        try plots.add(session, stops: [2, 7])
        try plots.addSites(of: session, calibration: plots.calibrate(session))
        try plots.addPositions(of: session)
    }

    private func report(_ arguments: [String] = []) throws -> ToolRun {
        try ToolRun.run(
            "epu-report", ["plots"] + arguments, in: folder.path, environment: ["EPU_ARCHIVE": folder["a.db"]])
    }

    private func drawn(_ name: String) throws -> DrawnSVG { try DrawnSVG(folder["report/" + name]) }

    private static let names = ["beam-shifts", "residuals", "stage"]

    @Test("A session gets three plots and the archive one, as SVG and as PNG 1600 pixels wide")
    func files() throws {
        try addCalibrated("s/1")
        let run = try report()
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.isEmpty)
        #expect(run.output.hasPrefix("s/1: calibration 1\n  report/s_1/beam-shifts.svg\n"))
        #expect(
            run.output.hasSuffix(
                "All sessions:\n  report/calibration-history.svg\n  report/calibration-history.png\n"))
        #expect(folder.names("report/s_1") == Self.names.flatMap { [$0 + ".png", $0 + ".svg"] })
        #expect(folder.names("report") == ["calibration-history.png", "calibration-history.svg", "s_1"])
        for name in Self.names.map({ "s_1/" + $0 }) + ["calibration-history"] {
            let svg = try drawn(name + ".svg")
            #expect(svg.isWellFormed)
            #expect(svg.text.contains("width=\"800px\""))
            #expect(!svg.holdsNonsense)
            let png = try Data(contentsOf: URL(fileURLWithPath: folder["report/\(name).png"]))
            // The width is the first field of the first chunk (PNG specification, 11.2.2).
            #expect(Array(png[16..<20]) == [0, 0, 0x06, 0x40])
        }
    }

    @Test("Beam shifts have the colour of their position, on lines through the positions")
    func beamShifts() throws {
        try addCalibrated("s")
        _ = try report(["--format", "svg"])
        let svg = try drawn("s/beam-shifts.svg")
        for position in 0..<9 { #expect(svg.dots(.ofGroup(position)) == 81 / 3) }
        #expect(svg.lines(.grey(0.55), width: 0.8) == 6)
    }

    @Test("The stage plot shows the busiest square, and all stops beside it")
    func stage() throws {
        try addCalibrated("s")
        _ = try report(["--format", "svg"])
        let svg = try drawn("s/stage.svg")
        // Stops 2 to 8 lie in the second square, nine holes around each.
        for stop in 2..<9 {
            #expect(svg.lines(.ofGroup(stop), width: 1.6) == 2)
            #expect(svg.dots(.ofGroup(stop)) == 9)
        }
        // The legend has one more of each.
        #expect(svg.dots(.black) == 7 * 9 * 3 + 1)
        #expect(svg.dots(.ofGroup(0)) == 1)
        // 9 x 6 sites in seven blocks of 3 x 3: nine rows one way, and the other.
        #expect(svg.lines(.grey(0.55), width: 0.8) == 18)
        #expect(svg.dots(.grey(0.55), radius: 2) == 2 + 7)
    }

    @Test("Residuals are lines from the sites of the square, and dots of the whole session")
    func residuals() throws {
        try addCalibrated("s")
        _ = try report(["--format", "svg"])
        let svg = try drawn("s/residuals.svg")
        for stop in 2..<9 {
            #expect(svg.lines(.ofGroup(stop), width: 1.6) == 9)
            #expect(svg.dots(.ofGroup(stop), radius: 2.2) == 9)
        }
        // 99 different pairs of x and y, all of which occur in 81 holes at most once.
        #expect(svg.dots(.ofGroup(0), radius: 2) == 81)
        let map = try plots.archive.read { db in
            let session = try SessionRow.select(db, names: [])[0]
            let calibration = try StoredCalibration.chosen(for: session.sessionID, db)[0]
            return try StageMap(of: calibration, CalibratedExposure.all(of: calibration, session, db), db)
        }
        let squares = map.holes.compactMap(\.residual?.squaredLength)
        let rms = (squares.reduce(0, +) / 81).squareRoot()
        let plot = try #require(ResidualPlot(map, lattice: nil, title: "s"))
        #expect(abs(plot.rmsUm - rms) < 1e-12)
        #expect(plot.title == "s: residuals \((1000 * rms).text(significant: 3)) nm rms, 81 holes, 9 stops")
    }

    @Test("The same archive gives the same bytes")
    func repeatable() throws {
        try addCalibrated("s")
        _ = try report(["--out", "first"])
        _ = try report(["--out", "second"])
        for name in folder.names("first/s").map({ "s/" + $0 }) + ["calibration-history.png", "calibration-history.svg"]
        {
            #expect(
                try Data(contentsOf: URL(fileURLWithPath: folder["first/" + name]))
                    == Data(contentsOf: URL(fileURLWithPath: folder["second/" + name])), "\(name)")
        }
    }

    @Test("A session without a calibration is named with what to do; where all lack one, nothing is written")
    func none() throws {
        try plots.add("s", stops: [1])
        let run = try report()
        #expect(run.status == 1)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("s has no calibration to draw. Find it with `epu-analyze calibrate`."))
        #expect(folder.names() == ["a.db"])
        try addCalibrated("t")
        let both = try report(["--json"])
        #expect(both.status == 0)
        #expect(both.errors == "Warning: s has no calibration to draw. Find it with `epu-analyze calibrate`.\n")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(both.output.utf8)) as? [String: Any])
        let sessions = try #require(json["sessions"] as? [[String: Any]])
        #expect(sessions.count == 1)
        #expect((sessions[0]["files"] as? [String])?.count == 6)
        #expect((json["history"] as? [String])?.count == 2)
        #expect(try report(["--session", "s"]).status == 1)
        #expect(try report(["--format", "pdf"]).status == 64)
    }

    @Test("A matrix that a user gave: points without lattice, no residuals, no history")
    func given() throws {
        try addCalibrated("s")
        _ = try report()
        try plots.archive.write { db in
            try db.execute(sql: "UPDATE calibration SET method = 'given', verdict = 'given', g11 = NULL")
            try db.execute(sql: "DELETE FROM stage_stop")
            try db.execute(sql: "DELETE FROM beam_shift_clustering")
        }
        #expect(try report().status == 0)
        // What the earlier run drew of them would look like a part of this one.
        #expect(folder.names("report/s") == ["beam-shifts.png", "beam-shifts.svg", "stage.png", "stage.svg"])
        #expect(folder.names("report") == ["s"])
        #expect(try drawn("s/beam-shifts.svg").dots(.grey(0.5)) == 243)
        // The stage stood at seven places in the busier square.
        #expect(try drawn("s/stage.svg").dots(.grey(0.5), radius: 3) == 7 + 1)
    }

    @Test("Exposures that came after the calibration are named")
    func later() throws {
        try addCalibrated("s")
        try plots.archive.write { db in
            try db.execute(sql: "UPDATE calibration SET exposures = (SELECT count(*) FROM exposure)")
        }
        #expect(try report(["--format", "svg"]).errors.isEmpty)
        try plots.archive.write { db in try db.execute(sql: "UPDATE calibration SET exposures = exposures - 2") }
        #expect(try report(["--format", "svg"]).errors.contains("2 exposures came after its calibration"))
    }

    @Test("Several calibrations of a session are numbered, and those that are no more are removed")
    func several() throws {
        try addCalibrated("s")
        try plots.archive.write { db in
            try db.execute(
                sql: """
                    UPDATE exposure SET probe_mode = iif(exposure_id <= 27, 'MicroProbe', 'NanoProbe');
                    UPDATE calibration SET probe_mode = 'NanoProbe', tilt_deg = 0
                    """)
        }
        let second = try plots.calibrate("s")
        try plots.archive.write { db in
            try db.execute(
                sql: "UPDATE calibration SET probe_mode = 'MicroProbe', tilt_deg = 0 WHERE calibration_id = ?",
                arguments: [second])
        }
        #expect(try report(["--format", "svg"]).status == 0)
        #expect(
            folder.names("report/s") == [
                "beam-shifts.svg", "beam-shifts_2.svg", "residuals.svg", "stage.svg", "stage_2.svg",
            ])
        // The positions are those of the first.
        let (first, other) = (try drawn("s/beam-shifts.svg"), try drawn("s/beam-shifts_2.svg"))
        #expect((0..<9).reduce(0) { $0 + first.dots(.ofGroup($1)) } == 216)
        #expect((0..<9).reduce(0) { $0 + other.dots(.ofGroup($1)) } == 0)
        #expect(other.dots(.grey(0.5)) == 27)
        try plots.archive.write { db in
            try db.execute(sql: "UPDATE calibration SET chosen = 0 WHERE calibration_id = ?", arguments: [second])
        }
        _ = try report(["--format", "svg"])
        #expect(folder.names("report/s") == ["beam-shifts.svg", "residuals.svg", "stage.svg"])
    }

    @Test("One exposure, holes on no site, stages that are no numbers: plots without nonsense")
    func odd() throws {
        try plots.sample.add("one", [.init(time: 0)])
        try plots.calibrate("one")
        try addCalibrated("none")
        try plots.archive.write { db in
            try db.execute(
                sql: """
                    UPDATE hole_site SET site_i = NULL, site_j = NULL, residual_x_um = NULL, residual_y_um = NULL,
                        grid_square = NULL WHERE calibration_id = 2;
                    UPDATE exposure SET grid_square = NULL WHERE session_id = 2 AND foil_hole > 1040;
                    UPDATE exposure SET stage_x_um = 9e999, beam_shift_y = -9e999 WHERE exposure_id % 50 = 49
                    """)
        }
        try addCalibrated("still")
        try plots.archive.write { db in
            try db.execute(
                sql: """
                    UPDATE hole_site SET residual_x_um = 0, residual_y_um = 0 WHERE calibration_id = 3;
                    UPDATE calibration SET g12 = g11, g22 = g21, m11_error = 9e999 WHERE calibration_id = 3
                    """)
        }
        let run = try report(["--format", "svg"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(folder.names("report/none") == ["beam-shifts.svg", "stage.svg"])
        for name in [
            "one/beam-shifts", "one/stage", "none/beam-shifts", "none/stage", "still/stage", "still/residuals",
        ] {
            let svg = try drawn(name + ".svg")
            #expect(svg.isWellFormed, "\(name)")
            #expect(!svg.holdsNonsense, "\(name)")
        }
    }

    @Test("A session's name leads nowhere else, and is drawn whatever it holds")
    func hostileName() throws {
        for name in ["../../up", "<svg>&\"\u{0}\u{7}'", String(repeating: "long", count: 50)] {
            try addCalibrated(name)
        }
        #expect(try report().status == 0)
        #expect(folder.names() == ["a.db", "report"])
        #expect(folder.names("report").count == 5)
        #expect(try drawn(".._.._up/stage.svg").isWellFormed)
        #expect(folder.names("report").allSatisfy { !$0.contains("<") })
    }

    @Test("100,000 exposures keep each SVG below 10 MB and take seconds")
    func many() throws {
        var random = RandomSource(seed: 3, stream: "plots")
        let map = Self.large(&random)
        let exposures = map.exposures.enumerated().map { index, exposure in
            CalibratedExposure(
                exposureID: Int64(index), gridSquare: exposure.gridSquare, stage: exposure.stage,
                beamShift: Vector2(random.uniform(-0.3, 0.3), random.uniform(-0.3, 0.3)))
        }
        let clock = ContinuousClock.now
        try ClusterPlot(exposures, positions: nil, lattice: nil, title: "large").write(to: folder["beam-shifts.svg"])
        try StagePlot(map, lattice: nil, title: "large").write(to: folder["stage.svg"])
        try #require(ResidualPlot(map, lattice: nil, title: "large")).write(to: folder["residuals.svg"])
        try StagePlot(map, lattice: nil, title: "large").write(to: folder["stage.png"])
        #expect(ContinuousClock.now - clock < .seconds(30))
        for name in ["beam-shifts.svg", "stage.svg", "residuals.svg"] {
            let size = try FileManager.default.attributesOfItem(atPath: folder[name])[.size] as? Int
            #expect((size ?? 0) > 100_000 && (size ?? .max) < 10_000_000, "\(name): \(size ?? 0)")
        }
    }

    /// All in one square: the most that one panel may have to show.
    private static func large(_ random: inout RandomSource) -> StageMap {
        var map = StageMap(stops: [], holes: [], exposures: [])
        for number in 0..<100_000 {
            let place = Vector2(random.uniform(-500, 500), random.uniform(-500, 500))
            let stop = number / 20
            if number % 20 == 0 { map.stops.append(.init(number: stop, place: place, gridSquare: 1)) }
            if number % 2 == 0 {
                map.holes.append(
                    .init(
                        stop: stop, foilHole: Int64(number), gridSquare: 1, place: place, site: nil,
                        residual: Vector2(random.uniform(-1, 1), random.uniform(-1, 1))))
            }
            map.exposures.append(.init(stop: stop, gridSquare: 1, stage: place, place: place))
        }
        return map
    }
}
