import Foundation
import TestSupport
import Testing

/// README.md, CONTRIBUTING.md and Documentation: nobody is told to type what does not work.
@Suite("The documentation")
struct DocumentationTests {
    /// Parts of README.md whose blocks build on each other.
    private static let testedByReadme = [
        "Five minutes with your own session", "Side by side", "What is in the archive",
    ]
    /// The first words of blocks that cannot be run here, with the reason.
    private static let notRun = [
        "make demo": "it builds the tools and runs these tests; Scripts/demo.sh is what .ci/run begins with",
        "git clone": "it is how this project is fetched, and builds it",
        "array=$(sbatch": "it needs a cluster; make test-slurm runs both scripts on one",
        "epu-ingest plan demo --tasks":
            "it needs a folder of sessions; make test-slurm runs it, and HelpTests its example",
        "epu-ingest --db monday.db demo": "it needs a folder of sessions; the tests of merge run it",
        "python3 ": "it needs packages for Python; Tests/Peers runs the scripts",
        "epu-ingest --follow": "it goes on until Ctrl-C; the tests of --follow run it",
    ]
    /// The first words of blocks that need more than the demo's archive, with what makes that.
    private static let preparations = [
        "epu-analyze same-grid monday friday": [
            "epu-simulate monday --exposures 60 --no-images", "epu-simulate friday --exposures 60 --no-images --seed 2",
            "epu-ingest monday friday",
        ],
        "epu-report optics": [
            "epu-report optics --out made", "mkdir -p Extract/job007",
            "cp made/session/movies.star Extract/job007/particles.star",
        ],
        "epu-analyze review": [
            "echo FoilHole_5180641_Data_5180485_3_20250108_154950 >good.txt",
            "echo FoilHole_5180641_Data_5180485_3_20250108_154950 keep looked at >session_marks.txt",
        ],
    ]
    /// The first words of what is printed apart from a command, with the command.
    private static let printedBy = ["session: 900 exposures of 3 areas": "epu-analyze calibrate"]

    private static func blocks() throws -> [DocumentedBlock] {
        let files = try ["README.md", "CONTRIBUTING.md"] + Project.files(in: "Documentation", suffix: ".md")
        return try files.flatMap(DocumentedBlock.all(in:))
    }

    private static func isTestedByReadme(_ block: DocumentedBlock) -> Bool {
        block.file == "README.md" && testedByReadme.contains(block.heading)
    }

    /// What a table has for a block that begins with its words.
    private static func entry<Value>(_ table: [String: Value], of block: DocumentedBlock) -> Value? {
        table.first { block.text.hasPrefix($0.key) }?.value
    }

    @Test("Every sh and sql block works when pasted, and prints what is shown below it")
    func blocks() throws {
        let documented = try DocumentedRun()
        // As the README's first part leaves it: the default analysis and one of another radius.
        let made = try documented.shell(["epu-ingest session", "epu-analyze", "epu-analyze overlaps --radius 0.2"])
        try #require(made.status == 0, "\(made.errors)")
        for block in try Self.blocks() where !Self.isTestedByReadme(block) {
            if let command = Self.entry(Self.printedBy, of: block) {
                let run = try documented.shell([command])
                #expect(
                    DocumentedRun.missing(block.lines, in: run.output) == nil,
                    "\(block) has to show what `\(command)` prints now.")
            } else if block.isSQL {
                let rows = try documented.answer(block.text)
                if let printed = block.printed {
                    #expect(rows == DocumentedRun.rows(printed), "\(block) has another answer now: paste it below.")
                }
            } else if block.isShell, Self.entry(Self.notRun, of: block) == nil {
                try run(block, documented)
            }
        }
    }

    /// Runs a block on a copy of the archive, so that no block depends on another.
    private func run(_ block: DocumentedBlock, _ documented: DocumentedRun) throws {
        let copy = documented.folder["copy.db"]
        try? FileManager.default.removeItem(atPath: copy)
        try FileManager.default.copyItem(atPath: documented.folder["epu.db"], toPath: copy)
        let lines = (Self.entry(Self.preparations, of: block) ?? []) + block.lines
        let run = try documented.shell(lines, archive: "copy.db")
        #expect(
            run.status == 0,
            """
            \(block) does not work when pasted: \(run.errors)
            Mend it, or name what it needs in `preparations`, or in `notRun` why it cannot be run.
            """)
        if let printed = block.printed {
            #expect(
                DocumentedRun.missing(printed, in: run.output) == nil,
                "\(block) prints something else now: paste it below.")
        }
    }

    @Test("What the tables of this test name is in the documentation")
    func tables() throws {
        let blocks = try Self.blocks()
        let names = Array(Self.notRun.keys) + Array(Self.preparations.keys) + Array(Self.printedBy.keys)
        for name in names {
            #expect(
                blocks.contains { $0.text.hasPrefix(name) }, "No block begins with \(name): take it out of this test.")
        }
        for heading in Self.testedByReadme {
            #expect(
                blocks.contains { Self.isTestedByReadme($0) && $0.heading == heading && ($0.isShell || $0.isSQL) },
                "The README has nothing to run below \(heading): ReadmeTests would test nothing.")
        }
        // A block in another language than these is not looked at: let it be one that we know.
        let languages = Set(blocks.filter { !$0.isShell && !$0.isSQL }.map(\.language))
        #expect(languages.isSubset(of: ["", "python", "swift", "xml", "text"]), "\(languages)")
    }
}
