import ArgumentParser
import EPUArchive
import EPUConsole

struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Compare what an archive found with the truth of a simulation.",
        discussion: """
            Counts the true overlap pairs that were found, those of them that have the true cause, and the planted \
            incidents that were found: those of which more than half of the lost micrographs belong to one incident of \
            the archive, with the cause of what was planted. A planted incident that cost no micrograph is left out.

            EXAMPLE
              epu-simulate score demo.truth.json --db archive.db
            """)

    @Argument(help: "The truth file that epu-simulate wrote.", completion: .file(extensions: ["json"]))
    var truth: String

    @OptionGroup var archive: ArchiveOptions

    @Option(
        help: ArgumentHelp("The analysis to compare. Default: each session's published one.", valueName: "id"))
    var analysis: Int64?

    @Flag(help: "End with status 1 unless exactly the true pairs were found.")
    var exact = false

    @Option(
        help: ArgumentHelp(
            "End with status 1 unless so many of the true pairs were found with the true cause, 0 to 100.",
            valueName: "percent"))
    var leastCauses: Double?

    @OptionGroup var output: JSONOptions

    func validate() throws {
        guard leastCauses.map((0...100).contains) ?? true else {
            throw ValidationError("--least-causes must be between 0 and 100.")
        }
    }

    func run() throws {
        let truth = try TruthReading(file: truth)
        let findings = try Archive(archive.path, access: .read).read {
            try Findings(of: truth, analysisID: analysis, $0)
        }
        let score = Score(truth, findings)
        if output.json {
            try Console.result(json: score)
        } else {
            Console.result(score.text)
        }
        if exact && !score.isExact { throw ExitCode(1) }
        if let leastCauses, !score.hasRightCauses(percent: leastCauses) { throw ExitCode(1) }
    }
}
