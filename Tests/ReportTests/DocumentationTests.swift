import Foundation
import TestSupport
import Testing

/// README.md, CONTRIBUTING.md and Documentation: nobody is told to type what does not work.
@Suite("The documentation")
struct DocumentationTests {
    /// The first words of blocks that cannot be run here, with the reason.
    private static let notRun = [
        "make demo": "it builds the tools and runs these tests; Scripts/demo.sh is what .ci/run begins with",
        "git clone": "it is how this project is fetched, and builds it",
        "array=$(sbatch": "it needs a cluster; make test-slurm runs both scripts on one",
        "epu-ingest plan demo --tasks":
            "it needs a folder of sessions; make test-slurm runs it, and HelpTests its example",
        "epu-ingest --db monday.db demo": "it needs a folder of sessions; the tests of merge run it",
        "python3 ": "it needs packages for Python; Tests/Peers runs the scripts",
    ]
    /// The first words of what is printed apart from a command, with the command.
    private static let printedBy = ["session: 900 exposures of 3 areas": "epu-analyze calibrate"]

    /// The first words of what is printed by what cannot be run here, with the reason.
    private static let printedElsewhere = [
        "600 sessions of": "make accuracy prints it, and takes long",
        "900 exposures: 828 to keep": "Tests/Peers compares it with what the script prints",
    ]
    /// Its figures are those of one machine.
    private static let measured = "Documentation/performance.md"

    private static func blocks() throws -> [DocumentedBlock] {
        let files = try ["README.md", "CONTRIBUTING.md"] + Project.files(in: "Documentation", suffix: ".md")
        return try files.flatMap(DocumentedBlock.all(in:))
    }

    /// Whether its block stands in a text whose blocks build on each other, which another test follows.
    private static func isFollowed(_ block: DocumentedBlock) -> Bool {
        FollowedPagesTests.pages.contains(block.file)
            || block.file == "README.md" && block.heading == ReadmeTests.heading
    }

    /// What a table has for a block that begins with its words.
    private static func entry<Value>(_ table: [String: Value], of block: DocumentedBlock) -> Value? {
        table.first { block.text.hasPrefix($0.key) }?.value
    }

    @Test("Every sh and sql block works when pasted, and prints what is shown below it")
    func blocks() throws {
        let documented = try DocumentedRun()
        // As the README's session leaves it: the default analysis and one of another radius.
        let made = try documented.shell(["epu-ingest session", "epu-analyze", "epu-analyze overlaps --radius 0.2"])
        try #require(made.status == 0, "\(made.errors)")
        for block in try Self.blocks() where !Self.isFollowed(block) {
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
        let run = try documented.shell(block.lines, archive: "copy.db")
        #expect(
            run.status == 0,
            """
            \(block) does not work when pasted: \(run.errors)
            Mend it, or have its page followed (FollowedPagesTests), or name in `notRun` why it cannot be run.
            """)
        if let printed = block.printed {
            #expect(
                DocumentedRun.missing(printed, in: run.output) == nil,
                "\(block) prints something else now: paste it below.")
        }
    }

    @Test("All that is shown as printed stands below its command, or is named here with its command")
    func printed() throws {
        let blocks = try Self.blocks()
        for (previous, block) in zip([blocks[0]] + blocks, blocks) where block.language.isEmpty {
            let isBelow = (previous.isShell || previous.isSQL) && previous.printed == block.lines
            let isNamed =
                Self.entry(Self.printedBy, of: block) != nil || Self.entry(Self.printedElsewhere, of: block) != nil
            #expect(
                isBelow || isNamed || block.file == Self.measured,
                "Nothing compares what \(block) shows. Put it below its command, or call the block `text` if no command printed it."
            )
        }
    }

    @Test("What the tables of this test name is in the documentation")
    func tables() throws {
        let blocks = try Self.blocks()
        let names = [Self.notRun, Self.printedBy, Self.printedElsewhere].flatMap(\.keys)
        for name in names {
            #expect(
                blocks.contains { $0.text.hasPrefix(name) }, "No block begins with \(name): take it out of this test.")
        }
        // A block in another language than these is not looked at: let it be one that we know.
        let languages = Set(blocks.filter { !$0.isShell && !$0.isSQL }.map(\.language))
        #expect(languages.isSubset(of: ["", "python", "swift", "xml", "text"]), "\(languages)")
    }
}
