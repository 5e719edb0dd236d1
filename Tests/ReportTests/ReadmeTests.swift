import EPUArchive
import EPUCore
import Foundation
import TestSupport
import Testing

/// The parts of README.md that build on each other, with what they print.
@Suite("The README")
struct ReadmeTests {
    private static func blocks(below heading: String) throws -> [DocumentedBlock] {
        try DocumentedBlock.all(in: "README.md").filter { $0.heading == heading }
    }

    @Test("Its five minutes, with the demo's session in place of the example's folder, give the figures printed there")
    func fiveMinutes() throws {
        let documented = try DocumentedRun()
        let blocks = try Self.blocks(below: "Five minutes with your own session")
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

        try sideBySide(documented)
        try questions(documented)
    }

    private func sideBySide(_ documented: DocumentedRun) throws {
        let blocks = try Self.blocks(below: "Side by side")
        let run = try documented.shell(blocks.filter(\.isShell).flatMap(\.lines))
        #expect(run.status == 0, "\(run.errors)")
        let figures = try #require(blocks.compactMap(\.printed).first)
        #expect(
            DocumentedRun.missing(figures, in: run.output) == nil, "Paste into the README what the tools print now.")
    }

    /// Each SQL with the table below it, except for sizes of files, which pictures change.
    private func questions(_ documented: DocumentedRun) throws {
        let blocks = try Self.blocks(below: "What is in the archive").filter(\.isSQL)
        var asked = 0
        for block in blocks {
            let printed = try #require(block.printed, "\(block) has no answer below it.")
            let rows = try documented.answer(block.text)
            guard !block.text.contains("size_bytes") else {
                #expect(!rows.isEmpty)
                continue
            }
            #expect(rows == DocumentedRun.rows(printed), "\(block) has another answer now: paste it below.")
            asked += 1
        }
        #expect(asked >= 4)
    }
}
