import TestSupport
import Testing

@Suite("Words of the tools, of their tests and of the documentation")
struct PlainWordsTests {
    /// Words that readers whose first language is not English find hard, as a whole word or phrase, also across lines.
    private static let hard = ["anew", "whence", "otherwise than", "goes with", "but for", "as by"]

    @Test(
        "No text has a word that is hard to read",
        arguments: ["Sources", "Tests", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Documentation"])
    func plain(place: String) throws {
        let files =
            place.contains(".")
            ? [place]
            : try Project.files(in: place, suffix: "")
                .filter { !$0.hasSuffix("/PlainWordsTests.swift") }
        var count = 0
        for file in files where [".swift", ".js", ".css", ".md"].contains(where: file.hasSuffix) {
            let text = try Project.text(file)
            for word in Self.hard {
                let pattern = try Regex("\\b" + word.split(separator: " ").joined(separator: "[\\s/*#-]+") + "\\b")
                for found in text.matches(of: pattern.ignoresCase()) {
                    let line = text[..<found.range.lowerBound].count { $0 == "\n" } + 1
                    Issue.record("\(file):\(line) says \"\(word)\": write it in plainer words.")
                }
            }
            count += 1
        }
        #expect(count > 0, "\(place) has no text that this test can read.")
    }
}
