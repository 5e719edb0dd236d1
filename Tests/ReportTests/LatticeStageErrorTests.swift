import EPUArchive
import EPUCore
import TestSupport
import Testing

@Suite("The stage's error by the lattice, in reports")
struct LatticeStageErrorTests {
    @Test("Summary, page and comparison say by how much read-backs err, to a third of the truth of 0.1 um")
    func reports() throws {
        let folder = try TemporaryFolder()
        func run(_ tool: String, _ arguments: [String]) throws -> String {
            let run = try ToolRun.run(tool, arguments, in: folder.path)
            try #require(run.status == 0, "\(run.errors)")
            return run.output
        }
        _ = try run(
            "epu-simulate",
            ["make", "s", "--exposures", "600", "--readback-error", "0.1", "--no-images", "--areas", "1"])
        _ = try run("epu-ingest", ["s", "--db", "a.db"])
        _ = try run("epu-analyze", ["--db", "a.db"])
        let error = try Archive(folder["a.db"], access: .read).read {
            try LatticeStageError(of: 1, $0)
        }
        let stage = try #require(error).stageUm
        #expect(abs(stage - 0.1) < 0.033, "\(stage)")
        let number = stage.text(decimals: 3)
        let text = number + " um"
        #expect(try run("epu-report", ["summary", "--db", "a.db"]).contains("read-backs err by \(text) in x and in y"))
        #expect(try run("epu-report", ["compare", "--db", "a.db"]).contains("stage, lattice"))
        _ = try run("epu-report", ["html", "--db", "a.db", "--out", "r", "--no-pictures"])
        #expect(try folder.text("r/s/report.html").contains("<dd>\(number) µm; holes "))
    }
}
