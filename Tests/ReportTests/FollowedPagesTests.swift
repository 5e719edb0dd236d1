import Foundation
import TestSupport
import Testing

/// The pages that say how to do one thing, from the first command to the last.
@Suite("Pages that are followed")
struct FollowedPagesTests {
    /// Each is followed from its top in a folder of its own; every other page has blocks that stand alone.
    static let pages = [
        "tutorial", "follow", "same-grid", "compare", "radius", "verdicts", "optics", "find_dupl", "questions", "lists",
        "simulate", "archive-care", "bug-report",
    ].map { "Documentation/\($0).md" }

    @Test("Whoever types all of a page in a fresh folder sees what the page shows", arguments: pages)
    func follow(file: String) throws {
        let page = try FollowedPage(file)
        let blocks = page.blocks.filter(\.isShell)
        #expect(!blocks.isEmpty, "There is nothing to follow.")
        guard page.run.status == 0 else {
            let stopped = blocks.indices.contains(page.outputs.count - 1) ? "\(blocks[page.outputs.count - 1])" : file
            Issue.record("\(stopped) does not work when typed: \(page.run.errors)")
            return
        }
        for difference in page.differences() { Issue.record("Paste what is printed now. \(difference)") }
        for answer in try page.wrongAnswers(archive: "epu.db") { Issue.record("Paste the answer. \(answer)") }
    }
}
