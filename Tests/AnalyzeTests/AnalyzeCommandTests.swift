import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@Suite("epu-analyze refuses in one sentence and leaves the archive as it was")
struct AnalyzeCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let positions = (0..<20).map { Vector2(0.1 * Double($0 % 5), 0.1 * Double($0 / 5)) }
        let exposures = positions.enumerated().map { index, position in
            SampleArchive.Exposure(hole: Int64(index), beamShift: position, time: Double(index))
        }
        try SampleArchive(folder["a.db"]).add("s", exposures)
    }

    @Test(
        arguments: [
            (["overlaps", "--k", "25", "--calibration", "1"], 64, "exclude each other"),
            (["overlaps", "--matrix", "1,0,0,1", "--calibration", "1"], 64, "exclude each other"),
            (["overlaps", "--hole-spacing", "0"], 64, "--hole-spacing takes"),
            (["overlaps", "--grid", "R2"], 64, "--grid takes"),
            (["overlaps", "--session", "t"], 1, "has no session"),
            (["--radius", "nan"], 64, "--radius takes"),
            (["calibrate", "--hole-spacing", "-2.5"], 64, "--hole-spacing takes"),
            (["calibrate", "--hole-spacing", "nan"], 64, "--hole-spacing takes"),
            (["calibrate", "--hole-spacing", "101"], 64, "--hole-spacing takes"),
            (["calibrate", "--hole-spacing", "2.5", "--grid", "R1.2/1.3"], 64, "exclude each other"),
            (["calibrate", "--grid", "R0/1"], 64, "--grid takes"),
            (["calibrate", "--grid", "1.2x1.3"], 64, "--grid takes"),
            (["calibrate", "--grid", "Rnan/1"], 64, "--grid takes"),
            (["calibrate", "--grid", ""], 64, "--grid takes"),
            (["calibrate", "--method", "none"], 64, "--method"),
            (["calibrate", "--method", "stage"], 64, "--method"),
            (["calibrate", "--session", "t"], 1, "has no session"),
            (["overlaps", "--k", "nan"], 64, "--k takes"),
            (["overlaps", "--k", "-25"], 64, "--k takes"),
            (["overlaps", "--k", "1e200"], 64, "--k takes"),
            (["overlaps", "--k", "25", "--radius", "1e9"], 64, "--radius takes"),
            (["overlaps", "--matrix", "1e9,0,0,1"], 64, "out of range"),
            (["overlaps", "--k", "25", "--db", ""], 64, "--db takes a file"),
            (["overlaps", "--k", "25", "--radius", "-1"], 64, "--radius takes"),
            (["overlaps", "--k", "25", "--radius", "0"], 64, "--radius takes"),
            (["overlaps", "--k", "25", "--rad", "inf"], 64, "--radius takes"),
            (["overlaps", "--k", "25", "--matrix", "1,0,0,1"], 64, "exclude each other"),
            (["overlaps", "--matrix", "1,2,3"], 64, "--matrix takes four numbers"),
            (["overlaps", "--matrix", "1,2,2,4"], 64, "has no inverse"),
            (["overlaps", "--calibration", "7"], 1, "no calibration 7"),
            (["overlaps", "--k", "25", "--session", "t"], 1, "has no session \"t\". It has: s."),
            (["clusters", "--clusters", "0"], 64, "--clusters takes"),
            (["clusters", "--clusters", "21"], 1, "too few for 21 clusters"),
            (["clusters", "--hole-spacing", "-4"], 64, "--hole-spacing takes"),
            (["clusters", "--plot", "x.pdf"], 64, ".png or .svg"),
            (["clusters", "--n-init", "0"], 64, "--initializations takes"),
            (["clusters", "--session", "t"], 1, "has no session"),
        ] as [([String], Int32, String)])
    func refused(arguments: [String], status: Int32, words: String) throws {
        let before = try Data(contentsOf: URL(fileURLWithPath: folder["a.db"]))
        let run = try ToolRun.run("epu-analyze", arguments, environment: ["EPU_ARCHIVE": folder["a.db"]])
        #expect(run.status == status)
        #expect(run.errors.contains(words), "\(run.errors)")
        #expect(run.output.isEmpty)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder["a.db"])) == before)
        #expect(folder.names() == ["a.db"])
    }

    @Test("A missing archive is not made")
    func missing() throws {
        let run = try ToolRun.run("epu-analyze", ["overlaps", "--k", "25", "--db", folder["none.db"]])
        #expect(run.status == 1)
        #expect(run.errors.contains("There is no archive"))
        #expect(folder.names() == ["a.db"])
    }

    @Test("No beam diameter: the radius must be given")
    func noDiameter() throws {
        try SampleArchive(folder["b.db"]).add("s", [SampleArchive.Exposure(time: 0)], beamDiameter: nil)
        let run = try ToolRun.run("epu-analyze", ["overlaps", "--k", "25", "--db", folder["b.db"]])
        #expect(run.status == 64)
        #expect(run.errors.contains("give --radius"))
        let given = try ToolRun.run("epu-analyze", ["overlaps", "--k", "25", "--radius", "1", "--db", folder["b.db"]])
        #expect(given.output.hasPrefix("s: nothing to drop of 1 micrograph: all unique within 1 um\n"))
    }

    @Test("Clusters are printed, stored and drawn")
    func clusters() throws {
        let run = try ToolRun.run(
            "epu-analyze",
            [
                "clusters", "--db", folder["a.db"], "--clusters", "20", "--hole-spacing", "2.5", "--plot",
                folder["c.svg"], "--max-iter", "50",
            ])
        #expect(run.status == 0)
        #expect(run.output.contains("Least distance 0.1, greatest 0.5"))
        #expect(run.output.contains("k = 2.5 um / 0.1 = 25"))
        #expect(try folder.text("c.svg").contains("<svg"))
        let members = try SampleArchive(folder["a.db"]).archive.read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM beam_shift_cluster_member")
        }
        #expect(members == 20)
    }

    @Test("The hint follows the error, before the usage, and the status is the parser's")
    func printed() throws {
        let run = try ToolRun.run("epu-analyze", ["overlaps", "--radius", "0,3"])
        #expect(run.status == 64)
        let lines = run.errors.split(separator: "\n")
        #expect(lines.count > 2 && lines[0].hasPrefix("Error: The value '0,3'"))
        let hint = "Numbers have a point, not a comma: 0.3"
        #expect(lines.dropFirst().first == Substring(hint))
        // The value stands behind an equals sign, too.
        let joined = try ToolRun.run("epu-analyze", ["overlaps", "--radius=0,3"])
        #expect(joined.errors.contains("\n" + hint + "\n"), "\(joined.errors)")
        // An id is a whole number.
        let whole = try ToolRun.run("epu-analyze", ["compare", "--analysis", "1,5"])
        #expect(whole.status == 64 && whole.errors.contains("'1,5' is invalid"))
        #expect(!whole.errors.contains("point"), "\(whole.errors)")
    }
}
