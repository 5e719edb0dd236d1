import TestSupport
import Testing

@Suite("epu-report summary of many sessions")
struct LongSummaryTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let sample = try SampleArchive(folder["a.db"])
        for number in 11...31 { try sample.add("s\(number)", [SampleArchive.Exposure(time: 0)]) }
    }

    private func summary(_ arguments: [String] = []) throws -> ToolRun {
        try ToolRun.run("epu-report", ["summary", "--db", folder["a.db"]] + arguments)
    }

    @Test("The twenty that came into the archive last are printed, and how to see the others")
    func last() throws {
        let run = try summary()
        #expect(run.errors.contains("The archive has 21 sessions; these are the 20 that came into it last."))
        #expect(!run.output.contains("s11") && (12...31).allSatisfy { run.output.contains("s\($0)") })
    }

    @Test("One that is named is printed, and with --json all are")
    func others() throws {
        let named = try summary(["--session", "s11"])
        #expect(named.output.contains("s11") && named.errors.isEmpty)
        let json = try summary(["--json"])
        #expect((11...31).allSatisfy { json.output.contains("\"s\($0)\"") } && json.errors.isEmpty)
    }
}
