import EPUArchive
import EPUCore
import GRDB
import TestSupport
import Testing

@testable import epu_analyze

@Suite("An analysis that a person published")
struct PublishedRefreshTests {
    private typealias Exposure = SampleArchive.Exposure
    private let analysing: Analysing

    init() throws { analysing = try Analysing() }

    @discardableResult
    private func analyse(_ arguments: [String] = []) throws -> ToolRun {
        try ToolRun.run("epu-analyze", ["--db", analysing.archive] + arguments)
    }

    private func published() throws -> [String] {
        try analysing.rows(
            "SELECT radius_um, exposures, overexposed, is_default FROM analysis JOIN latest_analysis USING (analysis_id)"
        ).first ?? []
    }

    @Test(
        "It stays while it holds, is made again when the session has grown or when it is gone, and keeps its criteria")
    func refresh() throws {
        try analysing.sample.add("s", [Exposure(time: 0), Exposure(hole: 2, stage: Vector2(0.3, 0), time: 60)])
        try analyse(["--radius", "0.2"])
        try analyse()
        #expect(try published() == ["0.45", "2", "1", "1"], "the default one, where nobody named another")
        try analysing.sample.archive.write { db in
            let named = try Int64.fetchOne(db, sql: "SELECT analysis_id FROM analysis WHERE radius_um = 0.2")
            let session = try SessionRow.select(db, names: ["s"])[0]
            try PublishedAnalysis.publish(named ?? 0, for: session, at: .now, db)
        }
        let unchanged = try analyse()
        #expect(!unchanged.errors.contains("made again"))
        #expect(unchanged.errors.contains("s: reports show analysis 1, not this one"))
        #expect(try published() == ["0.2", "2", "0", "0"])
        try analysing.sample.add("s", [Exposure(hole: 3, stage: Vector2(0.1, 0), time: 120)])
        let grown = try analyse()
        #expect(grown.errors.contains("s: its published analysis "))
        #expect(grown.errors.contains("made again"))
        #expect(try published() == ["0.2", "3", "1", "0"])
        try analysing.execute("DELETE FROM analysis WHERE radius_um = 0.2")
        #expect(try published() == ["0.45", "3", "2", "1"])
        #expect(try analyse().errors.contains("could not hold any more and was made again as analysis "))
        #expect(try published() == ["0.2", "3", "1", "0"])
        #expect(try !analyse().errors.contains("made again"))
    }
}
