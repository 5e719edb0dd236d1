import Foundation
import TestSupport
import Testing

/// Tests/Mutations/mutations.json keeps up with the code between two runs of `make mutations`.
@Suite("The lines that make mutations breaks")
struct MutationsTests {
    private struct Mutation: Decodable {
        let what: String
        let file: String
        let line: String
        let broken: String
        /// Module, suite and function, as `SharedTests.MutationsTests/page`.
        let test: String

        var module: Substring { test.prefix { $0 != "." } }
        var suite: Substring { test.dropFirst(module.count + 1).prefix { $0 != "/" } }
        var function: Substring { test.dropFirst(module.count + suite.count + 2) }
    }

    private static let mutations = Result {
        try JSONDecoder().decode(
            [Mutation].self, from: Data(Project.text("Tests/Mutations/mutations.json").utf8))
    }

    @Test("Each is in its file once, and the test that sees it is there")
    func places() throws {
        let mutations = try Self.mutations.get()
        #expect(mutations.count == 10)
        for mutation in mutations {
            let places = try Project.text(mutation.file).components(separatedBy: mutation.line).count - 1
            #expect(places == 1, "\(mutation.file) has this \(places) times: \(mutation.line)")
            #expect(mutation.line != mutation.broken)
            let tests = try Project.text("Tests/\(mutation.module)/\(mutation.suite).swift")
            #expect(
                tests.contains("struct \(mutation.suite) ") && tests.contains("func \(mutation.function)("),
                "There is no \(mutation.test).")
        }
    }

    @Test("Documentation/testing.md lists them as they are")
    func page() throws {
        let rows = try Self.mutations.get().enumerated().map { index, mutation in
            "| \(index + 1) | \(mutation.what) | `\(mutation.suite)/\(mutation.function)` |"
        }
        let list = "|---|---|---|\n\(rows.joined(separator: "\n"))\n\n"
        #expect(try Project.text("Documentation/testing.md").contains(list), "It has to say:\n\(list)")
    }
}
