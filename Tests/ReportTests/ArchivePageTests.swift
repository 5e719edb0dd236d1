import EPUArchive
import EPUCore
import Foundation
import FoundationXML
import GRDB
import TestSupport
import Testing

@testable import epu_report

@Suite("epu-report compare")
struct ArchivePageTests {
    private typealias Exposure = SampleArchive.Exposure

    private let folder: TemporaryFolder
    private let sample: SampleArchive

    init() throws {
        folder = try TemporaryFolder()
        sample = try SampleArchive(folder["a.db"])
    }

    /// Four holes, of which the first `repeated` are shot again.
    private func add(_ session: String, day: Int = 0, repeated: Int = 0, instrument: String? = nil) throws {
        let start = 86_400 * Double(day)
        let holes = (0..<4).map {
            Exposure(hole: Int64($0), stage: Vector2(5 * Double($0), 0), time: start + 30 * Double($0))
        }
        let again = (0..<repeated).map {
            Exposure(hole: Int64($0), stage: Vector2(5 * Double($0) + 0.05, 0), time: start + 500 + 30 * Double($0))
        }
        try sample.add(session, holes + again)
        try sample.archive.write { db in
            try db.execute(
                sql: "UPDATE session SET instrument_id = ? WHERE name = ?", arguments: [instrument, session])
        }
    }

    private func run(_ tool: String, _ arguments: [String]) throws -> ToolRun {
        let run = try ToolRun.run(tool, arguments, in: folder.path, environment: ["EPU_ARCHIVE": folder["a.db"]])
        #expect(run.status == 0, "\(run.errors)")
        return run
    }

    private func analyse(_ arguments: [String] = []) throws {
        _ = try run("epu-analyze", ["--k", "25", "--radius", "0.4"] + arguments)
    }

    private func page(_ out: String = "report") throws -> PageDocument {
        try PageDocument(folder["\(out)/index.html"])
    }

    @Test("Without --html the table and the figures are those of epu-analyze compare")
    func asAnalyze() throws {
        try add("a", repeated: 2)
        try add("b", day: 3)
        try analyse(["--session", "a"])
        let (own, other) = (try run("epu-report", ["compare"]), try run("epu-analyze", ["compare"]))
        #expect(own.output == other.output)
        #expect(own.errors == other.errors)
        #expect(own.errors == "Warning: b: not analysed yet: run `epu-analyze`.\n")
        let json = try JSONSerialization.jsonObject(with: Data(run("epu-report", ["compare", "--json"]).output.utf8))
        let figures = try JSONSerialization.jsonObject(
            with: Data(run("epu-analyze", ["compare", "--json"]).output.utf8))
        let object = try #require(json as? [String: Any])
        #expect(object["sessions"] as? NSArray == figures as? NSArray)
        #expect(object["page"] == nil)
        #expect(folder.names() == ["a.db"])
    }

    @Test("The page's table has the figures that epu-analyze compare prints, the latest session first")
    func figures() throws {
        try add("older", repeated: 1, instrument: "3901")
        try add("newer", day: 9, repeated: 3, instrument: "3902")
        try add("new", day: 10)
        try analyse(["--session", "older", "--session", "newer"])
        let run = try run("epu-report", ["compare", "--html"])
        #expect(run.output == "3 sessions: report/index.html\n")
        let page = try page()
        #expect(page.rows.map { $0[0] } == ["new", "newer", "older"])
        let compared = try JSONSerialization.jsonObject(
            with: Data(self.run("epu-analyze", ["compare", "--json"]).output.utf8))
        let sessions = try #require(compared as? [[String: Any]])
        for session in sessions {
            let name = try #require(session["session"] as? String)
            let row = try #require(page.rows.first { $0[0] == name })
            let analysis = session["analysis"] as? [String: Any]
            #expect(row[1] == session["instrument_id"] as? String ?? "")
            #expect(
                row[2] == (session["started_at"] as? String).map { "\($0.prefix(10)) \($0.dropFirst(11).prefix(5))" })
            #expect(row[3] == "\(session["exposures"] ?? "")")
            #expect(Double(row[4]) == session["areas_per_hole"] as? Double)
            let rate = (session["rate"] as? [String: Any])?["exposures_per_hour"] as? Double
            #expect(Double(row[5]) == rate?.rounded())
            #expect(row[6] == analysis.map { "\($0["overexposed"] ?? "")" } ?? "")
            let share = (analysis?["overexposed_share"] as? Double).map { (1000 * $0).rounded() / 10 }
            #expect(Double(row[7]) == share)
            let incidents = (analysis?["incidents_by_cause"] as? [String: Int])?.map { "\($1) \($0)" } ?? []
            #expect(row[8] == incidents.joined(separator: ", "))
            #expect(row[9] == (analysis == nil ? "" : "given"))
            #expect(row[10] == (analysis == nil ? "" : "25.00"))
            #expect(row[11] == (analysis == nil ? "" : "0.0"))
        }
        #expect(sessions.count == 3)
        #expect(
            page.text.contains("3 sessions of 2 microscopes, 2025-01-08 to 2025-01-18: 16 exposures, 4 overexposed"))
        #expect(page.text.contains("new: not analysed yet"))
        #expect(page.heads.count == page.rows[0].count)
    }

    @Test("Sessions with a page of their own are links, the others text; all points lead somewhere")
    func links() throws {
        try add("one/of two", instrument: "1")
        try add("Größe", day: 5, instrument: "1")
        try analyse()
        let out = folder["out"]
        let own = try folder.write("out/one_of_two/report.html", "")
        #expect(FileManager.default.fileExists(atPath: own))
        _ = try run("epu-report", ["compare", "--html", "--out", out])
        let page = try page("out")
        #expect(page.links("tbody") == ["one_of_two/report.html"])
        // Share and rate; a matrix that was given measures nothing.
        #expect(page.links("svg") == ["one_of_two/report.html", "#session-2", "one_of_two/report.html", "#session-2"])
        #expect(page.ids.contains("session-2"))
        _ = try folder.write("out/Größe/report.html", "")
        _ = try run("epu-report", ["compare", "--html", "--out", out])
        #expect(try self.page("out").links("tbody") == ["Gr%C3%B6%C3%9Fe/report.html", "one_of_two/report.html"])
    }

    @Test("A hostile name is text, in the table and in charts, and the page loads nothing")
    func hostile() throws {
        let names = [
            "</script><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "javascript:alert(1)", "'&\u{1}",
        ]
        for (day, name) in names.enumerated() { try add(name, day: day, instrument: "<b>\"3901\"") }
        try analyse()
        _ = try run("epu-report", ["compare", "--html"])
        let page = try page()
        #expect(
            Set(page.rows.map { $0[0] }) == Set(names.map { $0.replacingOccurrences(of: "\u{1}", with: "\u{fffd}") }))
        #expect(page.count("script") == 1)
        #expect(page.count("img") == 0 && page.count("b") == 0)
        #expect(page.attributes.allSatisfy { !$0.name.hasPrefix("on") && $0.name != "style" })
        for link in page.attributes where ["href", "src"].contains(link.name) {
            #expect(link.value.hasPrefix("#") || link.value == "data:,", "\(link.value)")
        }
        #expect(!page.source.contains("http:") && !page.source.contains("https:"))
    }

    @Test("A microscope's trends are drawn where two sessions or more have a value")
    func trends() throws {
        try add("a", repeated: 1, instrument: "1")
        try add("b", day: 400, repeated: 2, instrument: "1")
        try add("alone", day: 3, instrument: "2")
        try analyse()
        try sample.archive.write { db in
            try db.execute(
                sql: """
                    UPDATE calibration SET method = 'lattice', verdict = iif(session_id = 2, 'doubtful', 'good'),
                        m11 = 24 + session_id, m22 = 24 + session_id
                    """)
        }
        _ = try run("epu-report", ["compare", "--html"])
        let page = try page()
        #expect(page.count("svg") == 4)
        #expect(page.count("circle") == 8)
        #expect(
            page.texts("title").filter { $0.contains(": ") }.sorted() == [
                "a, 2025-01-08: 0", "a, 2025-01-08: 20", "a, 2025-01-08: 25", "a, 2025-01-08: 28.8",
                "b, 2026-02-12: 0, doubtful", "b, 2026-02-12: 26, doubtful", "b, 2026-02-12: 33.33",
                "b, 2026-02-12: 33.96",
            ])
        #expect(page.texts("h3") == ["Microscope 1, 2 sessions"])
        #expect(page.attributes.count { $0.value == "doubtful" } == 2)
        #expect(!page.source.contains("nan") && !page.source.contains("inf\""))
    }

    @Test("The same archive gives the same bytes, and a folder that cannot be written is named")
    func repeatable() throws {
        try add("a")
        try analyse()
        _ = try run("epu-report", ["compare", "--html", "--out", "x"])
        _ = try run("epu-report", ["compare", "--html", "--out", "y"])
        #expect(try folder.text("x/index.html") == folder.text("y/index.html"))
        _ = try folder.write("file", "")
        let refused = try ToolRun.run(
            "epu-report", ["compare", "--db", folder["a.db"], "--html", "--out", folder["file"]])
        #expect(refused.status == 1)
        #expect(refused.errors.contains("Cannot make the folder"))
    }
}

/// A page of ours, which is well-formed XML except for elements that HTML leaves open.
private final class PageDocument: NSObject, XMLParserDelegate {
    private(set) var attributes: [(element: String, name: String, value: String)] = []
    private(set) var rows: [[String]] = []
    private(set) var heads: [String] = []
    private var counts: [String: Int] = [:]
    private var open: [String] = []
    private var linkPlaces: [(path: [String], href: String)] = []
    private var elementTexts: [(element: String, text: String)] = []
    let source: String
    private(set) var text = ""

    init(_ file: String) throws {
        source = try String(contentsOfFile: file, encoding: .utf8)
        super.init()
        // Script and style are not markup, and two kinds of elements have no end.
        let markup = source.replacing(/<style>.*?<\/style>/.dotMatchesNewlines(), with: "")
            .replacing(/<script>.*?<\/script>/.dotMatchesNewlines(), with: "<script></script>")
            .replacing("<!DOCTYPE html>", with: "")
            .replacing(/<(?:meta|link|input)\b[^>]*/) { "\($0.output)/" }
        let parser = XMLParser(data: Data(markup.utf8))
        parser.delegate = self
        #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "") in line \(parser.lineNumber)")
    }

    func count(_ element: String) -> Int { counts[element] ?? 0 }
    func texts(_ element: String) -> [String] {
        elementTexts.filter { $0.element == element }.map { $0.text.trimmingCharacters(in: .whitespacesAndNewlines) }
    }
    func links(_ element: String) -> [String] { linkPlaces.filter { $0.path.contains(element) }.map(\.href) }
    var ids: [String] { attributes.filter { $0.name == "id" }.map(\.value) }

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        counts[element, default: 0] += 1
        self.attributes += attributes.map { (element, $0.key, $0.value) }
        if element == "a", let href = attributes["href"] { linkPlaces.append((open, href)) }
        if element == "tr", open.contains("tbody") { rows.append([]) }
        if ["td", "th"].contains(element) {
            if open.contains("tbody") { rows[rows.count - 1].append("") } else { heads.append("") }
        }
        elementTexts.append((element, ""))
        open.append(element)
    }

    func parser(_ parser: XMLParser, foundCharacters characters: String) {
        text += characters
        if let last = elementTexts.indices.last { elementTexts[last].text += characters }
        guard open.contains("td") || open.contains("th") else { return }
        if open.contains("tbody"), let row = rows.indices.last, let cell = rows[row].indices.last {
            rows[row][cell] += characters
        } else if let last = heads.indices.last {
            heads[last] += characters
        }
    }

    func parser(_ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?) {
        open.removeLast()
    }
}
