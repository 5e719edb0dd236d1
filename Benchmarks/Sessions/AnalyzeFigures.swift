import EPUCore
import Foundation

/// The time that epu-analyze takes on one archive, step by step. A step is a row.
struct AnalyzeFigures {
    struct Step {
        let name: String
        let arguments: [String]

        static let all = [
            Step(name: "calibrate", arguments: ["calibrate"]),
            Step(name: "overlaps", arguments: ["overlaps"]),
            Step(name: "and again, --radius 0.2", arguments: ["overlaps", "--radius", "0.2"]),
        ]
    }

    let session: BenchmarkSession
    let steps: [(step: Step, seconds: Spread, peakBytes: Int)]

    /// Each run takes a fresh copy of the archive, for results stay in it: a second analysis finds everything in
    /// its place already.
    init(_ session: BenchmarkSession, archive: String, tools: Tools, runs: Int) throws {
        self.session = session
        var results = Step.all.map { _ in [ChildProcess]() }
        let copy = archive + ".copy"
        for _ in 0..<runs {
            try? FileManager.default.removeItem(atPath: copy)
            try FileManager.default.copyItem(atPath: archive, toPath: copy)
            for (index, step) in Step.all.enumerated() {
                results[index].append(try ChildProcess(tools.analyze, step.arguments + ["--db", copy]))
            }
        }
        try? FileManager.default.removeItem(atPath: copy)
        steps = zip(Step.all, results).map { step, results in
            (step, Spread(results.map(\.seconds)), results.map(\.peakBytes).max() ?? 0)
        }
    }

    var text: String {
        var table = TextTable(["epu-analyze, \(session.name) exposures", "s", "min..max", "RSS MB"])
        for (step, seconds, peakBytes) in steps {
            table.add([
                step.name, seconds.median.text(decimals: 2),
                seconds.min.text(decimals: 2) + ".." + seconds.max.text(decimals: 2),
                (Double(peakBytes) / 1e6).text(decimals: 0),
            ])
        }
        return table.text
    }
}
