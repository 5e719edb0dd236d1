import ArgumentParser
import EPUShared

struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Compare what an archive found with the truth of a simulation.",
        discussion: """
            EXAMPLE
              epu-simulate score demo.truth.json --db archive.db
            """)

    @Argument(help: "The truth file that epu-simulate wrote.", completion: .file(extensions: ["json"]))
    var truth: String

    @OptionGroup var archive: ArchiveOptions

    @Option(
        help: ArgumentHelp("The analysis to compare. Default: each session's latest.", valueName: "id"))
    var analysis: Int64?

    @Flag(help: "End with status 1 unless exactly the true pairs were found.")
    var exact = false

    @OptionGroup var output: JSONOptions

    func run() throws {
        let truth = try TruthReading(file: truth)
        let score = try Archive(archive.path, access: .read).read { try Score(truth, analysisID: analysis, $0) }
        if output.json {
            try Console.result(json: score)
        } else {
            Console.result(score.text)
        }
        if exact && !score.isExact { throw ExitCode(1) }
    }
}
