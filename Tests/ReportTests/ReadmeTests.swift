import Foundation
import TestSupport
import Testing

/// What README.md has the reader type, with what it prints.
@Suite("The README")
struct ReadmeTests {
    /// The part whose blocks build on each other.
    static let heading = "From a folder to the list of what to drop"

    @Test("Its session, with the demo's one in place of the example's folder, gives the figures printed there")
    func session() throws {
        let documented = try DocumentedRun()
        let blocks = try DocumentedBlock.all(in: "README.md").filter { $0.heading == Self.heading }
        let commands = blocks.filter(\.isShell)
        #expect(commands.contains { $0.text.contains(/epu-ingest \/data\/\S+_EPU/) })
        let run = try documented.shell(commands.flatMap(\.lines))
        try #require(run.status == 0, "\(run.errors)")
        let figures = try #require(commands.compactMap(\.printed).first)
        #expect(
            DocumentedRun.missing(figures, in: run.output) == nil, "Paste into the README what the tools print now.")

        // Another radius was asked for in between, and changes none of what is written after it.
        let counts = try #require(figures.first?.firstMatch(of: /drop (\d+) of (\d+) micrographs/))
        let (lost, all) = (try #require(Int(counts.1)), try #require(Int(counts.2)))
        let kept = all - lost
        #expect(run.output.contains("session: \(lost) bad, \(kept) to keep (analysis 1, "))
        let list = try documented.folder.text("report/session/duplicates_badfiles_jpg.txt")
        #expect(list.split(separator: "\n").count == lost)
        #expect(try Project.text("README.md").contains("cost \(lost) micrographs"))
    }

    @Test("It answers in a minute")
    func length() throws {
        let lines = try Project.text("README.md").split(separator: "\n", omittingEmptySubsequences: false).count
        #expect(lines < 150, "\(lines) lines: what is more than a minute's reading has a page in Documentation.")
    }
}
