import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_analyze
@testable import epu_simulate

/// What `epu-analyze calibrate --json` prints, as far as tests look at it.
struct PrintedCalibration: Decodable {
    struct Candidate: Decodable {
        let calibrationId: Int64
        let method: String
        let matrix: [Double]
        let errors: [Double]?
        let scale: Double
        let angleDeg: Double
        let mirrored: Bool
        let residualUm: Double?
        let stops: Int?
        let holes: Int?
        let sites: Int?
        let collisions: Int?
        let margin: Double?
        let agrees: [String]
        let note: String?

        var matrix2: Matrix2 { Matrix2(matrix[0], matrix[1], matrix[2], matrix[3]) }
    }

    struct StagePairs: Decodable {
        let pairs: Int
        let xUm: Double
        let yUm: Double
    }

    struct Part: Decodable {
        let probeMode: String?
        let tiltDeg: Int
        let exposures: Int
        let holes: Int
        let stops: Int
        let areas: Int
        let positions: Int?
        let positionsInReach: Int?
        let foil: String?
        let pitchUm: Double?
        let stagePairs: StagePairs?
        let verdict: String
        let reasons: [String]
        let chosen: Candidate
        let others: [Candidate]
    }

    let session: String
    let parts: [Part]
}

/// What `epu-analyze overlaps --json` prints.
struct PrintedOverlaps: Decodable {
    struct Calibration: Decodable {
        let calibrationId: Int64
        let matrix: [Double]
        let method: String
        let verdict: String
    }

    let analysisId: Int64
    let calibrations: [Calibration]
    let pairs: Int
    let overexposed: Int
    let causes: [String: Int]
}

/// The tools, run in a folder on one archive.
struct ToolFolder {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    var archive: String { folder["archive.db"] }

    @discardableResult
    func run(_ tool: String, _ arguments: [String], status: Int32 = 0) throws -> ToolRun {
        let run = try ToolRun.run(tool, arguments, in: folder.path, environment: ["EPU_ARCHIVE": archive])
        #expect(run.status == status, "\(tool) \(arguments): \(run.errors)")
        return run
    }

    private func decode<Value: Decodable>(_ output: String) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Value.self, from: Data(output.utf8))
    }

    func calibrate(_ options: [String] = []) throws -> [PrintedCalibration] {
        try decode(run("epu-analyze", ["calibrate", "--json"] + options).output)
    }

    func part(_ options: [String] = []) throws -> PrintedCalibration.Part {
        let report = try calibrate(options)
        #expect(report.count == 1)
        #expect(report.first?.parts.count == 1)
        return try #require(report.first?.parts.first)
    }

    func overlaps(_ options: [String] = []) throws -> PrintedOverlaps {
        let results: [PrintedOverlaps] = try decode(run("epu-analyze", ["overlaps", "--json"] + options).output)
        return try #require(results.first)
    }

    /// A simulated session, without pictures, loaded.
    func simulate(_ options: [String], as name: String = "session") throws {
        try run("epu-simulate", ["make", name, "--no-images"] + options)
        try run("epu-ingest", [name])
    }

    /// As in sessions whose hole images have no results: otherwise these give EPU's own matrix.
    func forgetHoleCentres() throws {
        try Archive(archive, access: .write).write { try $0.execute(sql: "UPDATE hole_image SET center_x_px = NULL") }
    }

    func rows(_ sql: String) throws -> [[String]] {
        try Archive(archive, access: .read).read { db in
            try Row.fetchAll(db, sql: sql).map { row in
                row.databaseValues.map { String.fromDatabaseValue($0) ?? $0.description }
            }
        }
    }
}

@Suite("Overlaps without options: the calibration is found first")
struct CalibratedOverlapTests {
    private static let truth = Matrix2(21.767, 11.130, 10.799, -21.682)

    @Test("With nothing given exactly the true pairs are found; asking again changes nothing")
    func exact() throws {
        let tools = try ToolFolder()
        try tools.simulate([
            "--exposures", "900", "--unmoved-stage", "1", "--wrong-centre", "1", "--repeated-hole", "2",
            "--partial-overlap", "2", "--seed", "3",
        ])
        let first = try tools.run("epu-analyze", [])
        #expect(first.errors.isEmpty)
        #expect(first.output.contains(", good)"))
        let score = try tools.run("epu-simulate", ["score", "--exact", "session.truth.json"])
        #expect(score.status == 0, "\(score.output)")
        let calibrations = try tools.rows("SELECT * FROM calibration ORDER BY 1")
        let analyses = try tools.rows("SELECT analysis_id, radius_um, pairs, overexposed FROM analysis")
        let overlaps = try tools.rows("SELECT * FROM overlap ORDER BY 1, 2, 3")
        #expect(try Double(#require(analyses.first)[2]) ?? 0 > 50)

        let repeated = try tools.run("epu-analyze", []).output
        let verdict = try #require(first.output.split(separator: "\n").first)
        #expect(repeated.hasPrefix(verdict + "; nothing new (analysis 1, radius 0.3735 um)\n"), "\(repeated)")
        #expect(try tools.rows("SELECT * FROM calibration ORDER BY 1") == calibrations)
        #expect(try tools.rows("SELECT analysis_id, radius_um, pairs, overexposed FROM analysis") == analyses)
        #expect(try tools.rows("SELECT * FROM overlap ORDER BY 1, 2, 3") == overlaps)

        // Another radius rests on the same calibration; calibrating again finds the same one.
        let wide = try tools.overlaps(["--radius", "0.5"])
        #expect(wide.calibrations.map { "\($0.calibrationId)" } == [calibrations.first { $0.contains("good") }?.first])
        let again = try tools.part()
        #expect(again.chosen.matrix2.agrees(with: Self.truth))
        #expect(again.chosen.calibrationId == wide.calibrations.first?.calibrationId)
        let matrices = "SELECT calibration_id, m11, m12, m21, m22 FROM calibration ORDER BY 1"
        let before = try tools.rows(matrices)
        try tools.run("epu-analyze", ["calibrate"])
        #expect(try tools.rows(matrices) == before)
        #expect(try tools.rows("SELECT count(*) FROM analysis") == [["2"]])
    }

    /// Simulates and reads a session of which a part of the exposures is there.
    /// - Returns: what brings the others.
    private func simulate(begunWith part: Double, _ tools: ToolFolder) throws -> () throws -> Void {
        try tools.run("epu-simulate", ["make", "session", "--no-images", "--exposures", "600", "--repeated-hole", "2"])
        let data = try #require(
            FileManager.default.subpathsOfDirectory(atPath: tools.folder["session"]).first { $0.hasSuffix("/Data") })
        let files = tools.folder.names("session/" + data).sorted { String($0.suffix(19)) < String($1.suffix(19)) }
        try FileManager.default.createDirectory(atPath: tools.folder["later"], withIntermediateDirectories: true)
        let later = files.dropFirst(Int(part * Double(files.count)))
        for file in later {
            try FileManager.default.moveItem(
                atPath: tools.folder["session/\(data)/\(file)"], toPath: tools.folder["later/\(file)"])
        }
        try tools.run("epu-ingest", ["session"])
        return {
            for file in later {
                try FileManager.default.moveItem(
                    atPath: tools.folder["later/\(file)"], toPath: tools.folder["session/\(data)/\(file)"])
            }
            try tools.run("epu-ingest", ["session"])
        }
    }

    @Test(
        "Who reads while a grown session is calibrated again finds its earlier analysis, until the next one takes its place"
    )
    func calibratedAgain() throws {
        let tools = try ToolFolder()
        let bring = try simulate(begunWith: 0.15, tools)
        let before = try tools.overlaps()
        try bring()
        try tools.run("epu-analyze", ["calibrate"])
        let chosen = try tools.rows("SELECT calibration_id FROM calibration WHERE chosen").joined().map { $0 }
        #expect(chosen != before.calibrations.map { "\($0.calibrationId)" }, "six times as many exposures say more")
        #expect(try tools.rows("SELECT analysis_id FROM latest_analysis") == [["\(before.analysisId)"]])
        let lists = try tools.run("epu-report", ["lists"])
        #expect(lists.status == 0)
        #expect(lists.errors.contains("were not judged. Run `epu-analyze` again"), "\(lists.errors)")
        let after = try tools.overlaps()
        #expect(try tools.rows("SELECT analysis_id FROM analysis") == [["\(after.analysisId)"]])
        #expect(try tools.rows("SELECT count(*), count(DISTINCT placement_set_id) FROM placement") == [["600", "1"]])
        #expect(
            try tools.rows("SELECT DISTINCT exposures FROM calibration") == [["600"]], "what nothing rests on is gone")
    }

    @Test("A session that grows keeps its good calibration, and its placements")
    func growing() throws {
        let tools = try ToolFolder()
        let bring = try simulate(begunWith: 0.5, tools)
        let before = try tools.overlaps()
        #expect(before.calibrations.map(\.verdict) == ["good"])
        try bring()
        let after = try tools.overlaps()
        #expect(after.calibrations.map(\.calibrationId) == before.calibrations.map(\.calibrationId))
        #expect(after.calibrations.map(\.matrix) == before.calibrations.map(\.matrix))
        #expect(after.analysisId == before.analysisId)
        try tools.run("epu-simulate", ["score", "--exact", "session.truth.json"])
        #expect(try tools.rows("SELECT count(*), count(DISTINCT placement_set_id) FROM placement") == [["600", "1"]])
    }

    @Test("Sessions of a grid are compared, each under its own calibration")
    func acrossSessions() throws {
        let tools = try ToolFolder()
        try tools.run(
            "epu-simulate", ["make", "session", "--no-images", "--exposures", "600", "--second-session", "--seed", "4"])
        try tools.run("epu-ingest", ["session", "session-second"])
        let found = try tools.overlaps(["--session", "session-second"])
        #expect(found.calibrations.map(\.verdict) == ["good"])
        #expect(found.pairs > 50)
        #expect(
            try tools.rows("SELECT session_id, calibration_id FROM analysis_session ORDER BY 1").map { $0[0] }
                == ["1", "2"])
        try tools.run("epu-analyze", [])
        try tools.run("epu-simulate", ["score", "--exact", "session.truth.json"])
    }

    @Test(
        "EPU's .dm files that come after the exposures are used")
    func lateMetadata() throws {
        let tools = try ToolFolder()
        try tools.run(
            "epu-simulate",
            [
                "make", "session", "--no-images", "--exposures", "30", "--cluster-radius", "0", "--reuse-centring",
                "0.9",
            ])
        let late = ["EpuSession.dm", "Metadata"]
        for name in late {
            try FileManager.default.moveItem(
                atPath: tools.folder["session/" + name], toPath: tools.folder["late-" + name])
        }
        try tools.run("epu-ingest", ["session"])
        try tools.forgetHoleCentres()
        #expect(try tools.overlaps().calibrations.map(\.verdict) == ["undetermined"])
        for name in late {
            try FileManager.default.moveItem(
                atPath: tools.folder["late-" + name], toPath: tools.folder["session/" + name])
        }
        try tools.run("epu-ingest", ["session"])
        #expect(try tools.overlaps().calibrations.map(\.method) == ["template"])
    }

    @Test("A wrong --k is obeyed, and warned of; a right matrix is not; a calibration can be named")
    func given() throws {
        let tools = try ToolFolder()
        try tools.simulate(["--exposures", "600", "--seed", "5"])
        let wrong = try tools.run("epu-analyze", ["--k", "25", "--radius", "0.4"])
        #expect(wrong.errors.contains("Warning: This matrix does not suit session"))
        #expect(wrong.errors.contains("stage stops miss the foil's lattice"))
        #expect(wrong.output.contains("k 25 (calibration 1)"))
        #expect(!wrong.output.contains("all unique"))
        #expect(try tools.rows("SELECT count(*) FROM calibration") == [["1"]])
        let right = try tools.run("epu-analyze", ["--matrix", "21.767,11.130,10.799,-21.682", "--radius", "0.4"])
        #expect(!right.errors.contains("Warning"))
        #expect(right.errors.contains("reports show analysis 1, not this one; `epu-analyze publish 2` changes that"))
        #expect(right.output.contains("all unique within 0.4 um"))

        let part = try tools.part()
        #expect(part.verdict == "good")
        // Now the session's own calibration speaks against it, too.
        let known = try tools.run("epu-analyze", ["--k", "25", "--radius", "0.4"])
        #expect(
            known.errors.contains(
                "calibration \(part.chosen.calibrationId), found from the session itself, is mirrored"))
        let own = try tools.overlaps(["--calibration", "\(part.chosen.calibrationId)"])
        #expect(own.calibrations.map(\.calibrationId) == [part.chosen.calibrationId])
        #expect(own.pairs == 0)
        let other = try #require(part.others.first { $0.method == "template" })
        let template = try tools.overlaps(["--calibration", "\(other.calibrationId)"])
        #expect(template.calibrations.map(\.matrix) == [other.matrix])
        #expect(try tools.rows("SELECT count(*) FROM calibration WHERE chosen") == [["1"]])
        // Without options it is the chosen one again.
        #expect(try tools.overlaps().calibrations.map(\.calibrationId) == [part.chosen.calibrationId])
    }

    @Test("Each way to calibrate, as JSON and as text")
    func methods() throws {
        let tools = try ToolFolder()
        try tools.simulate(["--exposures", "600", "--seed", "6"])
        let auto = try tools.part()
        #expect((auto.verdict, auto.exposures, auto.areas, auto.foil) == ("good", 600, 3, "square"))
        #expect(auto.holes == 200)
        #expect(auto.chosen.holes == 200)
        #expect(auto.chosen.sites == 200)
        #expect(auto.chosen.agrees.contains("template"))
        #expect(auto.chosen.matrix2.agrees(with: Self.truth))
        #expect(abs((auto.pitchUm ?? 0) - 2.5) < 0.05)
        // A square foil of 2.5 um: 21 holes lie within 6 um.
        #expect(auto.positionsInReach == 21)
        for method in ["holes", "template", "lattice"] {
            let part = try tools.part(["--method", method])
            #expect(part.chosen.method == method)
            #expect(part.chosen.matrix2.agrees(with: Self.truth, scale: 0.02, degrees: 0.7))
            #expect(part.others.allSatisfy { $0.method == method })
            #expect(try tools.rows("SELECT method FROM calibration WHERE chosen") == [[method]])
        }
        // No other session: nothing to go by, and what was found stays.
        let history = try tools.run("epu-analyze", ["calibrate", "--method", "history"], status: 1)
        #expect(history.errors.contains("no good calibration of another session"))
        #expect(try tools.rows("SELECT method FROM calibration WHERE chosen") == [["lattice"]])
        // The session keeps to the method that was asked for.
        _ = try tools.part(["--method", "holes"])
        #expect(try tools.overlaps().calibrations.map(\.method) == ["holes"])
        let text = try tools.run("epu-analyze", ["calibrate"]).output
        for words in [
            "session: 600 exposures of 3 areas in 200 holes", "(21 within AFIS's radius)",
            "verdict    good, confirmed by",
            "scale      24.", " degrees, mirrored\n", "foil       square, pitch 2.",
            "200 holes on 200 sites, 0 collisions",
            "other candidates",
        ] {
            #expect(text.contains(words), "\(words) in \(text)")
        }
    }

    @Test("The foil's name or its pitch, where EPU's files are missing")
    func foil() throws {
        let tools = try ToolFolder()
        try tools.simulate(["--exposures", "200", "--areas", "1", "--no-dm", "--seed", "7"])
        let plain = try tools.part()
        #expect(plain.positionsInReach == nil)
        for options in [["--grid", "R1.2/1.3"], ["--grid", "r1.2/1.3"], ["--hole-spacing", "2.5"]] {
            let part = try tools.part(options)
            #expect(part.verdict == "good")
            #expect(part.chosen.matrix2.agrees(with: Self.truth))
            #expect(try tools.overlaps(options).calibrations.map(\.calibrationId) == [part.chosen.calibrationId])
        }
        // 30 % off: no matrix of that scale puts the stops on a lattice.
        let wrong = try tools.part(["--hole-spacing", "3.3"])
        #expect(wrong.verdict != "good" || wrong.chosen.matrix2.agrees(with: Self.truth))
    }

    @Test("A pitch that was given is kept by later runs, and forgotten by calibrating without it")
    func pitchIsKept() throws {
        let tools = try ToolFolder()
        // One stage stop: nothing but the pitch tells the scale.
        try tools.simulate(["--exposures", "21", "--areas", "1", "--no-dm", "--seed", "7"])
        try keepFirstStop(tools)
        let given = try tools.part(["--grid", "R1.3/1.3"])
        #expect(given.verdict == "undetermined")
        #expect(abs(given.chosen.scale - 24.34 * 2.6 / 2.5) < 0.5)
        for _ in 1...2 {
            let found = try tools.overlaps()
            #expect(found.calibrations.map(\.matrix) == [given.chosen.matrix])
        }
        // As when a file of the session has changed: what was found goes, what was given stays.
        try Archive(tools.archive, access: .write).write {
            try $0.execute(sql: "DELETE FROM placement_set; DELETE FROM calibration")
        }
        #expect(try tools.overlaps().calibrations.map(\.matrix) == [given.chosen.matrix])
        #expect(try tools.part().chosen.scale == 24.5)
        #expect(try tools.overlaps().calibrations.map(\.matrix) == [[24.5, 0, 0, 24.5]])
    }

    private func keepFirstStop(_ tools: ToolFolder) throws {
        try Archive(tools.archive, access: .write).write { db in
            try db.execute(
                sql: """
                    DELETE FROM exposure WHERE abs(stage_x_um - (SELECT stage_x_um FROM exposure ORDER BY acquired_at)) > 0.5
                        OR abs(stage_y_um - (SELECT stage_y_um FROM exposure ORDER BY acquired_at)) > 0.5
                    """)
        }
    }

    @Test("Running again without new data changes nothing, in whatever order sessions help each other")
    func sameAgain() throws {
        let tools = try ToolFolder()
        // The session that needs the other's matrix comes first.
        try tools.simulate(
            [
                "--exposures", "12", "--areas", "1", "--cluster-radius", "0", "--no-dm",
                "--seed", "9",
                "--start", "2025-01-20T10:00:00Z",
            ], as: "few")
        try tools.simulate(["--exposures", "500", "--seed", "8"], as: "whole")
        try tools.forgetHoleCentres()
        func found() throws -> [[String]] {
            try tools.rows(
                "SELECT calibration_id, session, method, verdict, m11, m22, chosen, created_at FROM calibrations ORDER BY 1"
            )
                + tools.rows("SELECT analysis_id, basis, created_at, is_default FROM analysis ORDER BY 1")
        }
        let first = try tools.run("epu-analyze", ["--json"]).output
        let calibrations = try found()
        #expect(calibrations.contains { $0[1...3] == ["few", "history", "doubtful"] && $0[6] == "1" })
        #expect(try tools.run("epu-analyze", ["--json"]).output == first)
        // All doses are recorded: an assumption for those without changes nothing.
        try tools.run("epu-analyze", ["overlaps", "--missing-dose", "40"])
        #expect(try found() == calibrations)
    }

    @Test("A session that cannot be calibrated by itself has the matrix of its microscope's others, doubtful")
    func history() throws {
        let tools = try ToolFolder()
        try tools.simulate(["--exposures", "500", "--seed", "8"], as: "whole")
        try tools.run("epu-analyze", ["calibrate"])
        let few = [
            "--exposures", "12", "--areas", "1", "--cluster-radius", "0", "--no-dm",
            "--start", "2025-01-20T10:00:00Z",
        ]
        try tools.simulate(few + ["--seed", "9"], as: "few")
        try tools.simulate(few + ["--seed", "10", "--instrument", "777"], as: "elsewhere")
        try tools.forgetHoleCentres()
        func part(_ session: String) throws -> PrintedCalibration.Part { try tools.part(["--session", session]) }
        let same = try part("few")
        #expect((same.chosen.method, same.verdict) == ("history", "doubtful"))
        #expect(same.chosen.matrix2.agrees(with: Self.truth))
        #expect(same.chosen.note?.hasPrefix("from 1 session of this microscope") == true)
        #expect(same.chosen.note?.contains("the nearest 12 days away") == true)
        #expect(same.reasons.contains("The matrix is that of earlier sessions; this one cannot confirm it."))
        let other = try part("elsewhere")
        #expect((other.chosen.method, other.verdict) == ("none", "undetermined"))
        #expect(try tools.part(["--session", "few", "--method", "history"]).chosen.method == "history")
        // What comes from history is no history for others.
        #expect(
            try tools.rows("SELECT count(*) FROM calibration WHERE method = 'history' AND verdict = 'good'") == [["0"]])
        #expect(try tools.overlaps(["--session", "few"]).calibrations.map(\.method) == ["history"])
    }
}

@Suite("Overlaps where the calibration is open")
struct UndeterminedOverlapTests {
    @Test("Only pairs within one stage stop are stored, and those that any matrix gives; the text says so")
    func withinStops() throws {
        let tools = try ToolFolder()
        let sample = try SampleArchive(tools.archive)
        var exposures = exposuresAtRandom(seed: 4, stops: 3, holesAStop: 8).enumerated().map { index, exposure in
            SampleArchive.Exposure(
                hole: exposure.foilHole, stage: exposure.stage, beamShift: exposure.beamShift, time: Double(index))
        }
        func add(_ hole: Int64, _ stage: Vector2, _ shift: Vector2) {
            exposures.append(
                SampleArchive.Exposure(hole: hole, stage: stage, beamShift: shift, time: Double(exposures.count)))
        }
        let last = try #require(exposures.last)
        // From the same stop, 0.2 um beside a hole at the scale of 24.5; and from another, on it at any angle but one.
        add(7001, last.stage, last.beamShift + Vector2(0.2 / 24.5, 0))
        add(7002, last.stage + Vector2(3, 0), last.beamShift - Vector2(3 / 24.5, 0))
        // The stage came back to within 0.1 um, the beam to within 0.2: 0.1 + 1.25 x 0.2 is less than 0.4 at any angle.
        add(7003, Vector2(500, 500), .zero)
        add(7004, Vector2(600, 600), .zero)
        add(7005, Vector2(500.1, 500), Vector2(0, 0.2 / 24.5))
        // And to within 0.25: 0.41.
        add(7006, Vector2(700, 700), .zero)
        add(7007, Vector2(800, 800), .zero)
        add(7008, Vector2(700.1, 700), Vector2(0, 0.25 / 24.5))
        try sample.add("s", exposures, dose: 40, field: (0.3, 0.3))
        let run = try tools.run("epu-analyze", ["--radius", "0.4"])
        #expect(
            run.output.contains(
                "the calibration is undetermined (see `epu-analyze calibrate`): only overlaps within a stage stop"))
        #expect(run.output.contains("none, undetermined"))
        #expect(run.output.contains("(6.2 %): 1 unmoved-stage, 1 wrong-centre\n"))
        #expect(
            try tools.rows("SELECT earlier, later, round(distance_um, 6), cause FROM overlap_pairs ORDER BY later")
                == [
                    ["FoilHole_\(last.hole)_Data_1_23.0", "FoilHole_7001_Data_1_24.0", "0.2", "unmoved-stage"],
                    ["FoilHole_7003_Data_1_26.0", "FoilHole_7005_Data_1_28.0", "0.223607", "wrong-centre"],
                ])
        // Within a stop it is known that a field received at least so much; of the one that any matrix gives, that it received
        // something. Beams of other stops may have hit them.
        #expect(
            try tools.rows(
                """
                SELECT e.name LIKE '%_7001_%', d.dose_e_per_a2, d.least_dose_e_per_a2, d.unplanned_field_share,
                       d.nearest_um IS NOT NULL
                FROM pre_exposure d JOIN placement USING (placement_id) JOIN exposure e USING (exposure_id)
                WHERE e.foil_hole IN (7001, 7005) ORDER BY e.foil_hole
                """) == [["1", "NULL", "40.0", "1.0", "1"], ["0", "NULL", "0.0", "NULL", "1"]])
        // So much is enough for one; the others that beams may have hit are not judged.
        let byDose = try tools.run("epu-analyze", ["overlaps", "--min-pre-dose", "5"]).output
        #expect(byDose.contains("1 of ") && byDose.contains("could not be judged"))
        let calibrated = try tools.run("epu-analyze", ["calibrate"]).output
        #expect(calibrated.contains("verdict    undetermined"))
        #expect(calibrated.contains("scale      24.5 um per unit"))
        // The same k, given, is obeyed across stops.
        #expect(try tools.overlaps(["--k", "24.5", "--radius", "0.4"]).pairs == 5)
        #expect(try tools.overlaps(["--radius", "0.4"]).pairs == 2)
    }

    @Test("Without beam shift the stage alone is good enough")
    func withoutBeamShift() throws {
        let tools = try ToolFolder()
        try SampleArchive(tools.archive).add(
            "s",
            (0..<6).map {
                SampleArchive.Exposure(hole: Int64($0), stage: Vector2(5 * Double($0 % 5), 0), time: Double($0))
            })
        let found = try tools.overlaps(["--radius", "0.4"])
        #expect(found.calibrations.map { [$0.method, $0.verdict] } == [["stage", "good"]])
        #expect(found.causes == ["wrong-centre": 1])
    }
}

@Suite("Two probe modes in one session")
struct ProbeModeTests {
    @Test("Each has a calibration of its own, and places its own exposures")
    func twoModes() throws {
        let tools = try ToolFolder()
        let sample = try SampleArchive(tools.archive)
        let sessions = try [
            ModelSession {
                $0.exposures = 220
                $0.seed = 1
            },
            ModelSession(probeMode: "MicroProbe") {
                $0.exposures = 180
                $0.seed = 5
                $0.matrix = Matrix2(scale: 29, angleDegrees: -60, isMirrored: true)
            },
        ]
        for (number, session) in sessions.enumerated() {
            let exposures = session.exposures.map { exposure in
                SampleArchive.Exposure(
                    hole: exposure.foilHole + Int64(number) * 1_000_000, area: exposure.area,
                    stage: exposure.stage + Vector2(5000 * Double(number), 0), beamShift: exposure.beamShift,
                    time: Double(10_000 * number) + Double(exposure.exposureID),
                    name: "\(number)_\(exposure.exposureID)")
            }
            try sample.add("s", exposures)
            try sample.archive.write { db in
                try db.execute(
                    sql: "UPDATE exposure SET probe_mode = ? WHERE substr(name, 1, 2) = ?",
                    arguments: [session.exposures[0].condition.probeMode, "\(number)_"])
            }
        }
        let reports = try tools.calibrate()
        let parts = try #require(reports.first).parts
        #expect(parts.map(\.probeMode) == ["NanoProbe", "MicroProbe"])
        #expect(parts.map(\.exposures) == [220, 180])
        #expect(parts.map(\.verdict) == ["good", "good"])
        for (part, session) in zip(parts, sessions) { #expect(part.chosen.matrix2.agrees(with: session.truth)) }
        let text = try tools.run("epu-analyze", ["calibrate"]).output
        #expect(text.contains("s (NanoProbe): 220 exposures"))
        #expect(text.contains("s (MicroProbe): 180 exposures"))

        let found = try tools.overlaps(["--radius", "0.4"])
        #expect(Set(found.calibrations.map(\.calibrationId)) == Set(parts.map(\.chosen.calibrationId)))
        #expect(found.pairs == 0)
        var places: [String: Vector2] = [:]
        for row in try tools.rows("SELECT name, x_um, y_um FROM placement JOIN exposure USING (exposure_id)") {
            places[row[0]] = Vector2(try #require(Double(row[1])), try #require(Double(row[2])))
        }
        #expect(places.count == 400)
        for (number, session) in sessions.enumerated() {
            for exposure in session.exposures {
                let place = try #require(places["\(number)_\(exposure.exposureID)"])
                let truePlace = session.model.exposures[Int(exposure.exposureID) - 1].position
                #expect((place - Vector2(5000 * Double(number), 0)).distance(to: truePlace) < 0.1)
            }
        }
    }
}
