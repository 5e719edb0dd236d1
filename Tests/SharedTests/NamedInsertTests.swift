import Foundation
import TestSupport
import Testing

@Suite("SQL of the tools")
struct NamedInsertTests {
    @Test(
        "Every INSERT names its columns: values by position go into others, or fail, once a table gets a new column",
        arguments: ["Sources", "Benchmarks"])
    func named(folder: String) throws {
        var count = 0
        for file in try Project.files(in: folder, suffix: ".swift") {
            let text = try Project.text(file)
            for insert in text.matches(of: /\b(?:INSERT(?:\s+OR\s+\w+)?|REPLACE)\s+INTO\s+(\S+)\s+(\S)/.ignoresCase()) {
                let line = text[..<insert.range.lowerBound].count { $0 == "\n" } + 1
                #expect(
                    insert.2 == "(",
                    "\(file):\(line) fills \(insert.1) by position: write INSERT INTO \(insert.1) (COLUMN, ...) there.")
                count += 1
            }
        }
        #expect(count > 5, "The folder \(folder) has no INSERT that this test can read.")
    }
}
