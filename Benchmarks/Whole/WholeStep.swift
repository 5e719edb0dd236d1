/// A step of the way from files to lists. The steps are done one after another, on one archive.
struct WholeStep {
    enum Tool {
        case ingest
        case analyze
        case report
    }

    let name: String
    let tool: Tool
    let arguments: [String]

    /// - Parameters:
    ///   - session: the folder of the session.
    ///   - archive: the archive to be made.
    ///   - lists: the folder for the lists.
    static func all(session: String, archive: String, lists: String) -> [WholeStep] {
        let database = ["--db", archive]
        return [
            WholeStep(name: "ingest", tool: .ingest, arguments: [session] + database),
            WholeStep(name: "calibrate", tool: .analyze, arguments: ["calibrate"] + database),
            WholeStep(name: "overlaps", tool: .analyze, arguments: ["overlaps"] + database),
            WholeStep(
                name: "overlaps, another radius", tool: .analyze, arguments: ["overlaps", "--radius", "0.2"] + database),
            WholeStep(name: "lists", tool: .report, arguments: ["lists", "--out", lists] + database),
        ]
    }

    /// find_dupl's work: its positions, its radius, and every pair.
    static func findDupl(session: String, archive: String, lists: String, k: String, radius: String) -> [WholeStep] {
        let database = ["--db", archive]
        return [
            WholeStep(name: "ingest", tool: .ingest, arguments: [session] + database),
            WholeStep(
                name: "overlaps", tool: .analyze,
                arguments: ["overlaps", "--k", k, "--radius", radius, "--count-neighbours"] + database),
            WholeStep(name: "lists", tool: .report, arguments: ["lists", "--out", lists] + database),
        ]
    }

    func run(_ tools: Tools) throws -> ChildProcess {
        let program =
            switch tool {
            case .ingest: tools.ingest
            case .analyze: tools.analyze
            case .report: tools.report
            }
        return try ChildProcess(program, arguments)
    }
}
