import Foundation
import TestSupport
import Testing

@Suite("Overexposed, and how certain that is nobody can say")
struct UnknownCertaintyTests {
    @Test("What a stop that lies aside of the lattice exposed again is counted, and named, in text and on the page")
    func named() throws {
        let folder = try TemporaryFolder()
        func run(_ tool: String, _ arguments: [String]) throws -> String {
            let run = try ToolRun.run(tool, arguments, in: folder.path, environment: ["EPU_ARCHIVE": folder["a.db"]])
            try #require(run.status == 0, "\(run.errors)")
            return run.output
        }
        // Two stops whose hole was missed by 0.3 um, on a stage whose read-backs are right.
        _ = try run(
            "epu-simulate",
            ["make", "s", "--exposures", "600", "--areas", "1", "--no-images", "--partial-overlap", "2"])
        _ = try run("epu-ingest", ["s"])
        let said = "(2 of them of unknown certainty: their stage stop lies aside of the foil's lattice)"
        #expect(try run("epu-analyze", []).contains("drop 2 of 600 micrographs (0.3 %)"))
        #expect(try run("epu-report", ["summary"]).contains(said))
        let outcome = try run("epu-report", ["run", "s", "--out", "r"])
        #expect(outcome.contains("\n  " + said.dropFirst().dropLast() + "\n"), "\(outcome)")
        let page = try folder.text("r/s/report.html")
        #expect(page.contains("It is not known how certain 2 of these are: the stage stop lies aside"))
        #expect(page.components(separatedBy: "<td class=\"number\">not known</td>").count == 3)
        #expect(page.contains("Where it is not known, the stage stop lies aside"))
        // How large a dose was does not depend on how far from each other two exposures are.
        let byDose = try run("epu-analyze", ["overlaps", "--min-pre-dose", "5"])
        #expect(byDose.contains("drop 2 of 600 micrographs"))
        #expect(!byDose.contains("unknown certainty"))
    }
}
