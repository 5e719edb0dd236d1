import EPUArchive
import EPUCore
import TestSupport
import Testing

@Suite("A rate of too few exposures")
struct UnknownRateTests {
    private typealias Exposure = SampleArchive.Exposure
    private let analysing: Analysing

    init() throws { analysing = try Analysing() }

    private func run(_ arguments: [String]) throws -> String {
        let run = try ToolRun.run("epu-analyze", arguments + ["--db", analysing.archive])
        #expect(run.status == 0, "\(run.errors)")
        return run.output
    }

    @Test("Where a rate is not known that is said, also where a version stored one that made a rate of any exposures")
    func unknownRate() throws {
        try analysing.sample.add("slow", (0..<5).map { Exposure(hole: Int64($0), time: Double(150 * $0)) })
        try analysing.sample.add("few", (0..<4).map { Exposure(hole: Int64($0), time: Double(3 * $0)) })
        // The figures of a session that is not settled are not kept.
        try analysing.execute("UPDATE session SET is_settled = 1")
        _ = try run(["--k", "25"])
        try analysing.execute(
            """
            UPDATE session_figures SET exposures_per_hour = 1200, exposures_per_hour_with_pauses = 1200
            WHERE exposures = 4
            """)
        #expect(try analysing.rows("SELECT count(*) FROM session_figures WHERE exposures_per_hour = 1200") == [["1"]])
        let text = try run(["compare"])
        #expect(
            text.contains(/\nexposures per hour +24 +not known\n/)
                || text.contains(/\nexposures per hour +not known +24\n/), "\(text)")
        let json = try PrintedJSON(run(["compare", "--session", "few", "--json"]))
        #expect(json["0.rate.exposures_per_hour"].number == nil)
        #expect(json["0.rate.exposures_per_hour_with_pauses"].number == nil)
        #expect(json["0.rate.median_interval_s"].number == 3)
    }
}
