import EPUArchive
import EPUCore
import GRDB
import TestSupport
import Testing

@testable import epu_analyze

private typealias Exposure = SampleArchive.Exposure

@Suite("What epu-analyze prints")
struct PrintedResultTests {
    private let analysing: Analysing

    /// Two sessions, of which the first repeats a hole; the second is clean.
    init() throws {
        analysing = try Analysing()
        try analysing.sample.add(
            "-odd one",
            [
                Exposure(time: 0), Exposure(hole: 2, stage: Vector2(9, 9), time: 60),
                Exposure(stage: Vector2(0.1, 0), time: 120),
            ])
        try analysing.sample.add("clean", [Exposure(time: 9000)])
    }

    private func run(_ arguments: [String], tool: String = "epu-analyze") throws -> String {
        let run = try ToolRun.run(tool, arguments + ["--db", analysing.archive])
        #expect(run.status == 0, "\(run.errors)")
        return run.output
    }

    @Test("The verdict comes first, then what it rests on; what was known is a line, and all come to a sum")
    func news() throws {
        let first = try run(["--session=-odd one", "--k", "25"])
        let lines = first.split(separator: "\n").map(String.init)
        #expect(lines.first == "-odd one: drop 1 of 3 micrographs (33.3 %): 1 same-area")
        #expect(lines.contains("  1 incident; times: microscope's clock, UTC+01:00"))
        #expect(lines.contains { $0.hasPrefix("    1  2025-01-08 13:02:00  same-area") }, "\(first)")
        #expect(lines.contains("  calibration: k 25 (calibration 1)"))
        #expect(lines.last == "  analysis 1: radius 0.45 um, 3 exposures")

        let both = try run(["--k", "25"])
        #expect(
            both
                == """
                -odd one: drop 1 of 3 micrographs (33.3 %): 1 same-area; nothing new (analysis 1, radius 0.45 um)

                clean: nothing to drop of 1 micrograph: all unique within 0.45 um
                  calibration: k 25 (calibration 2)
                  analysis 2: radius 0.45 um, 1 exposure

                2 sessions: drop 1 of 4 micrographs (25.0 %), in 1 session; 1 analysed now, 1 as before
                details of what was found before: epu-report summary --db \(analysing.archive) '--session=-odd one' --analysis 1

                """.replacing("'--session=-odd one'", with: "--session='-odd one'"))
        let again = try run(["--k", "25"]).split(separator: "\n")
        #expect(again.count == 4)
        #expect(
            again[1]
                == "clean: nothing to drop of 1 micrograph: all unique within 0.45 um; nothing new (analysis 2, radius 0.45 um)"
        )
        #expect(again[2] == "2 sessions: drop 1 of 4 micrographs (25.0 %), in 1 session; nothing new")
        #expect(again[3] == "details of what was found before: epu-report summary --db \(analysing.archive)")
        // JSON has all of it, every time.
        #expect(try PrintedJSON(run(["--k", "25", "--json"]))["0.incidents.0.micrographs"].number == 1)
    }

    @Test("The command for what was found before prints it")
    func details() throws {
        _ = try run(["--session=-odd one", "--k", "25"])
        let line = try #require(try run(["--session=-odd one", "--k", "25"]).split(separator: "\n").last)
        let command = line.replacing("details of what was found before: epu-report", with: "\"$0\"")
        let shown = try ToolRun.run("epu-report", [], through: ["/bin/sh", "-c", String(command)])
        #expect(
            shown.status == 0 && shown.output.contains("1 of 3 overexposed (33.3 %)"), "\(command): \(shown.errors)")
    }

    @Test("A person's reviews change what is to be dropped, and that is said")
    func reviews() throws {
        try analysing.execute(
            "INSERT INTO review VALUES (3, 'keep', NULL, 'now'), (2, 'bad', NULL, 'now'), (1, 'bad', NULL, 'now')")
        let lines = try run(["--session=-odd one", "--k", "25"]).split(separator: "\n").map(String.init)
        #expect(lines[0] == "-odd one: drop 2 of 3 micrographs (66.7 %); overexposed: 1 same-area")
        #expect(
            lines[1] == "  1 overexposed to keep, 2 others bad as a person marked them; `epu-analyze review` lists them"
        )
        try analysing.execute("DELETE FROM review WHERE exposure_id < 3")
        let again = try run(["--session=-odd one", "--k", "25"])
        #expect(
            again.hasPrefix(
                "-odd one: nothing to drop of 3 micrographs; 1 overexposed to keep as a person marked them; "
            ), "\(again)")
    }

    @Test("A radius that is given and equal to the default one says where it came from when it was asked for last")
    func radiusSource() throws {
        try analysing.sample.add("glacios", [Exposure(time: 20000)], beamDiameter: nil, field: (5, 4))
        func source() throws -> [[String]] {
            try analysing.rows("SELECT radius_um, radius_source FROM analysis")
        }
        _ = try run(["--session", "glacios", "--k", "25"])
        #expect(try source() == [["2.0", "camera-field"]])
        let json = try PrintedJSON(try run(["--session", "glacios", "--k", "25", "--radius", "2", "--json"]))
        #expect(json["0.radius_source"].text == "given" && json["0.analysis_id"].number == 1)
        #expect(try source() == [["2.0", "given"]])
        let summary = try run(["html", "--no-pictures", "--out", analysing.folder["r"]], tool: "epu-report")
        #expect(!summary.isEmpty)
        #expect(
            try !analysing.folder.text("r/glacios/report.html").contains("No beam diameter is recorded: looked for"))
        let plain = try run(["--session", "glacios", "--k", "25"])
        let unknown = "what a wider beam hit is not known, as no beam diameter is recorded"
        let none = "none of 1 overexposed as far as could be compared; \(unknown)"
        #expect(plain.hasPrefix("glacios: nothing found to drop: \(none); nothing new"), "\(plain)")
        #expect(try source() == [["2.0", "camera-field"]])
        // What a person published keeps it when it is made again.
        _ = try run(["publish", "1"])
        try analysing.sample.add(
            "glacios", [Exposure(hole: 9, stage: Vector2(90, 90), time: 21000)], beamDiameter: nil, field: (5, 4))
        _ = try run(["--session", "glacios"])
        #expect(try source().allSatisfy { $0 == ["2.0", "camera-field"] })
    }

    @Test("The summary has one clock, whose offset it tells, also where it was set within the session, or is not known")
    func clocks() throws {
        _ = try run(["--k", "25"])
        func summary() throws -> String { try run(["summary", "--session=-odd one"], tool: "epu-report") }
        let plain = try summary()
        #expect(
            plain.contains("  time         2025-01-08 13:00:00 to 2025-01-08 13:02:00; microscope's clock, UTC+01:00\n")
        )
        #expect(plain.contains("  1  2025-01-08 13:02:00  same-area"))
        try analysing.execute("UPDATE exposure SET utc_offset_minutes = 120 WHERE exposure_id = 3")
        let summer = try summary()
        #expect(
            summer.contains(
                "2025-01-08 13:00:00 UTC+01:00 to 2025-01-08 14:02:00 UTC+02:00; microscope's clock, UTC+01:00, then UTC+02:00\n"
            ), "\(summer)")
        #expect(summer.contains("  1  2025-01-08 14:02:00 UTC+02:00  same-area"))
        try analysing.execute("UPDATE exposure SET utc_offset_minutes = NULL")
        let unknown = try summary()
        #expect(
            unknown.contains(
                "2025-01-08 12:00:00 to 2025-01-08 12:02:00; microscope's clock, its offset from UTC is not known\n"))
        #expect(unknown.contains("  1  2025-01-08 12:02:00  same-area"))
        let list = try run(["list"])
        #expect(list.contains("2025-01-08 12:00 (offset from UTC not known)"), "\(list)")
    }
}
