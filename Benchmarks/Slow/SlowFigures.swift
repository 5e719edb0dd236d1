import EPUCore
import Foundation

/// The times that ingest takes for a session whose files answer late, by how many it asks for at once.
enum SlowFigures {
    /// The numbers of `--jobs`; nil is what the tool does when nothing is said.
    private static let jobs: [Int?] = [1, nil, 64]

    /// - Throws: `Failure` where a program fails.
    static func text(_ exposures: Int, _ slow: SlowFiles, tools: Tools, base: Tools?, runs: Int) throws -> String {
        var table = TextTable(["\(exposures) exposures", "ingest s", "min..max", "nothing new s", "min..max"])
        for jobs in jobs {
            try table.add(row(jobs.map { "--jobs \($0)" } ?? "as it is", jobs, slow, tools, runs))
        }
        if let base { try table.add(row("the other build", nil, slow, base, runs)) }
        return table.text
    }

    private static func row(_ name: String, _ jobs: Int?, _ slow: SlowFiles, _ tools: Tools, _ runs: Int) throws
        -> [String]
    {
        var (first, again): ([Double], [Double]) = ([], [])
        for _ in 0..<runs {
            unlink(slow.archive)
            let arguments = [slow.session, "--db", slow.archive] + (jobs.map { ["--jobs", "\($0)"] } ?? [])
            first.append(try ChildProcess(tools.ingest, arguments, environment: slow.environment).seconds)
            again.append(try ChildProcess(tools.ingest, arguments, environment: slow.environment).seconds)
        }
        return [name]
            + [Spread(first), Spread(again)].flatMap { spread in
                [
                    spread.median.text(decimals: 2),
                    "\(spread.min.text(decimals: 2))..\(spread.max.text(decimals: 2))",
                ]
            }
    }
}
