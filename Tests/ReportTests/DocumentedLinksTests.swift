import Foundation
import TestSupport
import Testing

/// Links between the pages, as a reader on disk or on a forge follows them.
@Suite("Links in the documentation")
struct DocumentedLinksTests {
    private static func pages() throws -> [String] {
        try ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"] + Project.files(in: "Documentation", suffix: ".md")
    }

    /// The lines of a page outside its code blocks, each with its number.
    private static func text(of page: String) throws -> [(number: Int, line: Substring)] {
        var isInBlock = false
        return try Project.text(page).split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
            if $1.hasPrefix("```") { isInBlock.toggle() }
            return isInBlock || $1.hasPrefix("```") ? nil : ($0 + 1, $1)
        }
    }

    /// What follows the # of a link to a heading of each page: its words in small letters, with hyphens between them.
    private static let anchors = Result {
        try Dictionary(
            uniqueKeysWithValues: pages().map { page in
                let headings = try text(of: page).map(\.line).filter { $0.hasPrefix("#") }.map { line in
                    line.drop { "# ".contains($0) }.lowercased().filter {
                        $0.isLetter || $0.isNumber || " -_".contains($0)
                    }
                    .replacing(" ", with: "-")
                }
                return (page, Set(headings))
            })
    }

    /// What is wrong with a link on a page; nil if it leads to a file, and to a heading there if it names one.
    private static func problem(_ target: String, on page: String) throws -> String? {
        let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let folder = URL(fileURLWithPath: Project.path + "/" + page).deletingLastPathComponent()
        let path =
            parts[0].isEmpty ? Project.path + "/" + page : folder.appendingPathComponent(parts[0]).standardized.path
        let file = String(path.dropFirst(Project.path.count + 1))
        guard FileManager.default.fileExists(atPath: path) else { return "there is no \(file)" }
        guard parts.count == 2, file.hasSuffix(".md") else { return nil }
        return try anchors.get()[file]?.contains(parts[1]) == true ? nil : "\(file) has no heading for it"
    }

    @Test("Each link leads to a file or a heading that is there")
    func links() throws {
        var count = 0
        for page in try Self.pages() {
            for (number, line) in try Self.text(of: page) {
                guard line.contains("](") else { continue }
                for link in line.matches(of: /\]\(([^)\s]+)\)/) where !link.1.contains("://") {
                    count += 1
                    if let problem = try Self.problem(String(link.1), on: page) {
                        Issue.record("\(page):\(number): \(link.1): \(problem).")
                    }
                }
            }
        }
        #expect(count > 100)
    }

    @Test("A link to a file or heading that is not there is found")
    func wrongLinks() throws {
        for target in ["no-such-page.md", "trust.md#no-such-heading", "#no-such-heading"] {
            #expect(try Self.problem(target, on: "Documentation/lists.md") != nil, "\(target)")
        }
        #expect(try Self.problem("../README.md#where-to-read-on", on: "Documentation/lists.md") == nil)
    }

    @Test("Each page can be reached from the README")
    func reached() throws {
        var reached: Set<String> = []
        var open = ["README.md"]
        while let page = open.popLast() {
            guard reached.insert(page).inserted, page.hasSuffix(".md"), let text = try? Self.text(of: page) else {
                continue
            }
            let folder = page.hasPrefix("Documentation/") ? "Documentation/" : ""
            for link in text.flatMap({ $0.line.matches(of: /\]\(([\w.\/-]+)/) }) {
                let path = (folder + link.1).replacing("Documentation/../", with: "")
                open.append(path)
            }
        }
        for page in try Self.pages() { #expect(reached.contains(page), "No link leads to \(page).") }
    }
}
