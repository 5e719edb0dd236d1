import Foundation
import TestSupport
import Testing

@testable import epu_report

@Suite("Pages")
struct PageTests {
    @Test("Text cannot become HTML")
    func escaping() {
        let name = "<script>alert('1')</script>&\"\u{1}\n"
        let html: HTML = "<b title=\"\(name)\">\(7)</b>"
        let escaped = "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;\u{fffd}\n"
        #expect(html.text == "<b title=\"\(escaped)\">7</b>")
        let nested: HTML = "<p>\(html)</p>\(["a", "<"].map { "<i>\($0)</i>" as HTML }.joined(separator: ", "))"
        #expect(nested.text == "<p>" + html.text + "</p><i>a</i>, <i>&lt;</i>")
    }

    /// By name: as an argument a part would be printed, byte by byte.
    private static let parts = [
        "page.css": Page.style, "page.js": Page.commonScript, "chart.js": Page.chartScript, "rows.js": Page.rowsScript,
        "report.css": Page.sessionStyle, "data.js": Page.sessionScripts[3], "charts.js": Page.sessionScripts[4],
        "map.js": Page.sessionScripts[5], "outlines.js": Page.sessionScripts[6], "incidents.js": Page.sessionScripts[7],
        "marks.js": Page.sessionScripts[8], "overexposed.js": Page.sessionScripts[9],
        "report.js": Page.sessionScripts[10],
        "archive.css": Page.archiveStyle, "archive.js": Page.archiveScripts[3], "trends.js": Page.archiveScripts[4],
    ]

    @Test("The policy names the style and scripts that the pages have", arguments: parts.keys.sorted())
    func hashes(name: String) throws {
        let part = try #require(Self.parts[name])
        let folder = try TemporaryFolder()
        try Data(part.bytes).write(to: URL(fileURLWithPath: folder["part"]))
        let run = try ToolRun.command(["/usr/bin/sha256sum", "--binary", folder["part"]])
        let digest = run.output.prefix(64)
        let bytes = stride(from: 0, to: digest.count, by: 2).compactMap { offset in
            UInt8(digest.dropFirst(offset).prefix(2), radix: 16)
        }
        try #require(bytes.count == 32)
        #expect(part.hash == Data(bytes).base64EncodedString(), "\(name) has changed: put this hash into its Page.Part")
    }
}
