import Foundation
import TestSupport
import Testing

/// The counts were made with SciPy's cKDTree on stage + matrix x beam shift.
@Suite("Real sessions, file to finding", .enabled(if: RealData.isPresent, Comment(rawValue: RealData.absence)))
struct RealOverlapTests {
    private struct Result: Decodable {
        let pairs: Int
        let overexposed: Int
        let causes: [String: Int]
    }

    private func overlaps(_ session: String, _ options: [[String]]) throws -> [Result] {
        let folder = try TemporaryFolder()
        #expect(try ToolRun.run("epu-ingest", ["--db", folder["a.db"], RealData.path(session)]).status == 0)
        return try options.map { options in
            let run = try ToolRun.run("epu-analyze", ["overlaps", "--json", "--db", folder["a.db"]] + options)
            #expect(run.status == 0, "\(run.errors)")
            return try #require(try JSONDecoder().decode([Result].self, from: Data(run.output.utf8)).first)
        }
    }

    @Test(
        "morado at three radii",
        arguments: [
            (["--k", "25"], [5, 13, 17], [5, 12, 12]),
            (["--k", "24.3"], [0, 17, 20], [0, 16, 16]),
            (["--matrix", "21.767,11.130,10.799,-21.682"], [0, 0, 0], [0, 0, 0]),
            (["--matrix", "22,10,-10,22"], [1, 3, 4], [1, 3, 3]),
        ])
    func morado(calibration: [String], pairs: [Int], overexposed: [Int]) throws {
        let results = try overlaps("morado", ["0.2", "0.4275", "0.5"].map { calibration + ["--radius", $0] })
        #expect(results.map(\.pairs) == pairs)
        #expect(results.map(\.overexposed) == overexposed)
        // 0.4275 is also the default: 0.9 x 0.95 / 2.
        #expect(try overlaps("morado", [calibration]).map(\.pairs) == [pairs[1]])
    }

    @Test(
        "A microscope that records no beam diameter does not keep the sessions of another from being analysed",
        .enabled(if: FileManager.default.fileExists(atPath: RealData.path("glacios")), "no glacios in the real data"))
    func withoutBeamDiameter() throws {
        let folder = try TemporaryFolder()
        let sessions = ["glacios", "morado"].map { RealData.path($0) }
        #expect(try ToolRun.run("epu-ingest", ["--db", folder["a.db"]] + sessions).status == 0)
        let run = try ToolRun.run("epu-analyze", ["--db", folder["a.db"]])
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        // 4096 pixels of 0.9719 Angstrom.
        #expect(run.output.contains("no beam diameter is recorded: radius 0.199 um, half the shorter side"))
        #expect(run.output.contains("morado: nothing to drop of 189 micrographs: all unique within 0.4275 um\n"))
        #expect(
            run.output.hasSuffix(
                "\n2 sessions: nothing found to drop of 200 micrographs; not all is known of 1; 2 analysed now, 0 as before\n"
            ))
    }

    @Test("morado at 0.75 um: 222 pairs, as find_dupl has them, of which the template has 189")
    func byDesign() throws {
        let wide = ["--k", "25", "--radius", "0.75"]
        let results = try overlaps("morado", [wide, wide + ["--count-neighbours"]])
        #expect(results.map(\.pairs) == [222, 222])
        #expect(results.map { $0.causes["by-design"] } == [189, 189])
        // 63 holes have a first area each, and some of these lie on another hole's.
        #expect(results[0].overexposed == 18)
        #expect(results[1].overexposed >= 126)
        // No other pair is the template's, under the session's own matrix.
        let own = try overlaps("morado", [["--radius", "0.75"]])
        #expect(own[0].causes == ["by-design": 189])
        #expect(own[0].overexposed == 0)
    }

    @Test("diamond-example: its two pairs are areas of one hole")
    func diamond() throws {
        let options = ["--k", "25", "--radius", "0.7"]
        let results = try overlaps("diamond-example", [options + ["--count-neighbours"], options])
        #expect(results.map(\.pairs) == [2, 2])
        #expect(results.map(\.overexposed) == [2, 0])
    }
}
