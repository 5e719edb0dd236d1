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
            ("", nil),
        ])
    func comma(value: String, number: String?) {
        let hint = ArgumentHint.text(
            for: "Error: The value '\(value)' is invalid for '--radius <um>'", tool: "epu-analyze")
        #expect(hint == number.map { "Numbers have a point, not a comma: \($0)" })
    }

    @Test("A folder and a file are told what takes them; what is neither is not")
    func places() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.db", "")
        func hint(_ argument: String, _ tool: String = "epu-analyze") -> String? {
            ArgumentHint.text(for: "Error: Unexpected argument '\(argument)'", tool: tool)
        }
        #expect(hint(folder.path)?.hasSuffix("epu-report run \(folder.path)") == true)
        #expect(hint(folder["a.db"]) == "If this is the archive: --db \(folder["a.db"])")
        #expect(hint(folder["b.db"]) == nil)
        #expect(hint(folder.path, "epu-simulate") == nil)
    }
}
