import EPUCore
import EPUDrawing
import Foundation
import TestSupport
import Testing

@Suite("The plot of overlaps")
struct OverlapPlotTests {
    private let folder: TemporaryFolder
    private let sample: SampleArchive

    init() throws {
        folder = try TemporaryFolder()
        sample = try SampleArchive(folder["a.db"])
        // Square 7 has more exposures, square 8 more of them overexposed: one by each of two incidents.
        try sample.add(
            "s",
            (0..<6).map { .init(hole: Int64($0), stage: Vector2(3 * Double($0), 0), time: Double($0), square: 7) }
                + [
                    .init(hole: 20, stage: Vector2(100, 0), time: 10, square: 8),
                    .init(hole: 21, stage: Vector2(104, 0), time: 20, square: 8),
                    .init(hole: 20, stage: Vector2(100.05, 0), time: 30, square: 8),
                    .init(hole: 29, stage: Vector2(108, 0), time: 40, square: 8),
                    .init(hole: 21, stage: Vector2(104.05, 0), time: 50, square: 8),
                ])
        try sample.add("other", [.init(time: 0), .init(hole: 2, time: 60)])
    }

    private func run(_ tool: String, _ arguments: [String]) throws -> ToolRun {
        let run = try ToolRun.run(tool, arguments, in: folder.path, environment: ["EPU_ARCHIVE": folder["a.db"]])
        #expect(run.status == 0, "\(run.errors)")
        return run
    }

    @Test(
        "shows the square with most overexposed exposures, in their incidents' colours, with lines to the earlier ones")
    func drawn() throws {
        _ = try run("epu-analyze", ["--k", "25", "--radius", "0.4"])
        let output = try run("epu-report", ["plots"]).output
        #expect(
            output.contains(
                "s: analysis 1, radius 0.4 um, the first that was made\n  report/s/overlaps.svg\n  report/s/overlaps.png\n"
            ))
        let svg = try DrawnSVG(folder["report/s/overlaps.svg"])
        #expect(svg.isWellFormed && !svg.holdsNonsense)
        #expect(svg.lines(.black, width: 1.5) == 2)
        #expect(svg.lines(.ofGroup(1), width: 1.4) == 1)
        #expect(svg.lines(.ofGroup(2), width: 1.4) == 1)
        // Those that are not overexposed, but none of square 7.
        #expect(svg.lines(.grey(0.55), width: 0.6) == 3)
    }

    @Test("of an analysis that was named leaves the plots of sessions that it does not cover")
    func named() throws {
        _ = try run("epu-analyze", ["--k", "25", "--radius", "0.4"])
        _ = try run("epu-report", ["plots"])
        let before = try Data(contentsOf: URL(fileURLWithPath: folder["report/other/overlaps.svg"]))
        _ = try run("epu-analyze", ["--k", "25", "--radius", "0.01", "--session", "s"])
        _ = try run("epu-report", ["plots", "--analysis", "3"])
        #expect(try DrawnSVG(folder["report/s/overlaps.svg"]).lines(.black, width: 1.5) == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder["report/other/overlaps.svg"])) == before)
        let missing = try ToolRun.run("epu-report", ["plots", "--db", folder["a.db"], "--analysis", "9"])
        #expect(missing.status == 1)
        #expect(missing.errors.contains("The archive has no analysis 9."))
    }
}
