import EPUArchive
import GRDB
import TestSupport
import Testing

@Suite("A session of which some exposures differ from the others")
struct MixedSessionTests {
    private let folder: TemporaryFolder

    /// A session without EpuSession.dm and hole maps, so that nothing but its exposures tells of the foil.
    init() throws {
        folder = try TemporaryFolder()
        let options = "make s --exposures 300 --areas 2 --no-images --no-dm".split(separator: " ").map(String.init)
        #expect(try ToolRun.run("epu-simulate", options, in: folder.path).status == 0)
        #expect(try ToolRun.run("epu-ingest", ["s", "--db", "a.db"], in: folder.path).status == 0)
    }

    /// Changes the last exposures.
    private func change(_ number: Int, _ assignment: String) throws {
        try Archive(folder["a.db"], access: .write).write { db in
            try db.execute(
                sql: """
                    UPDATE exposure SET \(assignment) WHERE exposure_id IN
                        (SELECT exposure_id FROM exposure ORDER BY acquired_at DESC LIMIT \(number))
                    """)
        }
    }

    private func analyze(_ arguments: [String]) throws -> ToolRun {
        let run = try ToolRun.run("epu-analyze", arguments + ["--db", "a.db"], in: folder.path)
        #expect(run.status == 0, "\(run.errors)")
        return run
    }

    @Test("Positions are those of the commoner probe mode; how many exposures are left out is said")
    func probeModes() throws {
        try change(20, "probe_mode = 'MicroProbe'")
        let run = try analyze(["clusters", "--hole-spacing", "2.5", "--plot", "p.svg"])
        #expect(
            run.errors.contains("only; 20 exposures in another probe mode or at another tilt are left out."),
            "\(run.errors)")
        #expect(try folder.text("p.svg").contains("<svg"))
    }

    @Test("Exposures at several magnifications share one matrix, which is said, the commonest first")
    func magnifications() throws {
        try change(20, "magnification = 81000")
        try change(5, "magnification = NULL")
        let run = try analyze(["calibrate"])
        #expect(
            run.output.firstMatch(of: /Magnifications \d+ \(280\), 81000 \(15\), unknown \(5\) share one matrix\./)
                != nil, "\(run.output)")
    }
}
