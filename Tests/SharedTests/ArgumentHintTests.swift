import Foundation
import TestSupport
import Testing

@testable import EPUConsole

@Suite("What to write instead of arguments that are not taken")
struct ArgumentHintTests {
    @Test(
        "A decimal comma is told from other text",
        arguments: [
            ("0,3", "0.3"), ("-1,25", "-1.25"), ("0,1,2", nil), ("a,b", nil), ("3", nil), ("1,inf", nil), ("nan,", nil),
            ("", nil), ("3,500", nil), ("0,3000", "0.3000"),
        ])
    func comma(value: String, number: String?) {
        let hint = ArgumentHint.text(
            for: "Error: The value '\(value)' is invalid for '--radius <um>'", tool: "epu-analyze",
            isTaken: { $0 == number && $1 == value })
        #expect(hint == number.map { "Numbers have a point, not a comma: \($0)" })
    }

    @Test("A number with a point is no hint where an option of whole numbers would refuse it, too")
    func whole() {
        let hint = ArgumentHint.text(
            for: "Error: The value '1,5' is invalid for '--jobs <n>'", tool: "epu-ingest", isTaken: { _, _ in false })
        #expect(hint == nil)
    }

    @Test("A folder and a file are told what takes them; what is neither is not")
    func places() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.db", "")
        func hint(_ argument: String, _ tool: String = "epu-analyze") -> String? {
            ArgumentHint.text(for: "Error: Unexpected argument '\(argument)'", tool: tool) { _, _ in true }
        }
        #expect(hint(folder.path) == "If this is a session's folder: epu-report run \(folder.path)")
        #expect(hint(folder["a.db"]) == "If this is the archive: --db \(folder["a.db"])")
        #expect(hint(folder["b.db"]) == nil)
        #expect(hint(folder.path, "epu-simulate") == nil)
    }

    @Test("Several folders are told together, as the shell takes them; where one is none, nothing is")
    func severalPlaces() throws {
        let folder = try TemporaryFolder()
        try folder.write("one/a.db", "")
        try folder.write("two words/b.db", "")
        func hint(_ names: [String]) -> String? {
            let list = names.map { "'\(folder[$0])'" }.joined(separator: ", ")
            return ArgumentHint.text(
                for: "Error: \(names.count) unexpected arguments: \(list)", tool: "epu-report"
            ) { _, _ in true }
        }
        #expect(
            hint(["one", "two words"])
                == "If these are folders of sessions: epu-report run \(folder["one"]) '\(folder["two words"])'")
        #expect(hint(["one", "one/a.db"]) == nil)
        #expect(hint(["one/a.db", "two words/b.db"]) == nil)
    }
}
