import EPUArchive
import EPUCore
import Foundation
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
            Exposure(hole: Int64($0), stage: Vector2(5 * Double($0) + 0.05, 0), time: start + 600 + 30 * Double($0))
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

    /// What the script of the page reads.
    private func table(_ out: String = "report") throws -> SessionsData {
        let rows = try sample.archive.read { try SessionRow.withExposures($0, names: []) }
        let comparison = try SessionComparison(of: rows, in: sample.archive) {}
        let page = try sample.archive.read { try ArchivePage(comparison, beside: folder[out], $0) }
        return try JSONDecoder().decode(SessionsData.self, from: Data(ArchivePageData(page.entries).json))
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
        let (page, table) = (try page(), try table())
        #expect(table["session"]?.texts == ["new", "newer", "older"])
        #expect(table["status"]?.texts == ["not analysed", "42.9 %", "20.0 %"])
        let compared = try JSONSerialization.jsonObject(
            with: Data(self.run("epu-analyze", ["compare", "--json"]).output.utf8))
        let sessions = try #require(compared as? [[String: Any]])
        for session in sessions {
            let name = try #require(session["session"] as? String)
            let row = try #require(table["session"]?.texts.firstIndex(of: name))
            func text(_ column: String) -> String? { table[column]?.texts[row] }
            func value(_ column: String) -> Double? { table[column]?.values?[row] }
            let analysis = session["analysis"] as? [String: Any]
            #expect(text("microscope") == session["instrument_id"] as? String)
            #expect(
                text("started_at")
                    == (session["started_at"] as? String).map { "\($0.prefix(10)) \($0.dropFirst(11).prefix(5))" })
            #expect(value("exposures") == session["exposures"] as? Double)
            #expect(value("areas_per_hole") == session["areas_per_hole"] as? Double)
            let rate = (session["rate"] as? [String: Any])?["exposures_per_hour"] as? Double
            #expect(text("exposures_per_hour").flatMap(Double.init) == rate?.rounded())
            #expect(value("exposures_per_hour") == rate)
            #expect(value("overexposed") == analysis?["overexposed"] as? Double)
            let share = (analysis?["overexposed_share"] as? Double).map { 100 * $0 }
            #expect(value("overexposed_percent") == share)
            #expect(text("overexposed_percent").flatMap(Double.init) == share.map { (10 * $0).rounded() / 10 })
            let incidents = (analysis?["incidents_by_cause"] as? [String: Int])?.map { "\($1) \($0)" } ?? []
            #expect(text("incidents") ?? "" == incidents.joined(separator: ", "))
            #expect(text("calibration") == (analysis == nil ? nil : "given"))
            #expect(text("scale_um_per_unit") == (analysis == nil ? nil : "25.00"))
            #expect(value("angle_degrees") == (analysis == nil ? nil : 0))
            #expect(text("not_known") == (analysis == nil ? "run epu-analyze" : nil))
        }
        #expect(sessions.count == 3)
        #expect(
            page.text.contains("3 sessions of 2 microscopes, 2025-01-08 to 2025-01-18: 16 exposures, 4 overexposed"))
        #expect(page.text.contains("new: not analysed yet"))
        // Other programs read the names of the CSV file's columns.
        #expect(table.columns.allSatisfy { $0.name.wholeMatch(of: /[a-z0-9_]+/) != nil && $0.texts.count == 3 })
    }

    @Test("A status says what a reader may believe")
    func statuses() throws {
        for name in ["clean", "beam", "doubtful", "undetermined", "few", "found"] {
            try add(name, repeated: name == "found" || name == "undetermined" ? 1 : 0)
        }
        try analyse()
        try add("new")
        try sample.archive.write { db in
            let analysis = """
                (SELECT analysis_id FROM analysis_session JOIN session USING (session_id) WHERE name = ?)
                """
            for (verdict, name) in [
                ("doubtful", "doubtful"), ("undetermined", "undetermined"), ("undetermined", "few"),
            ] {
                try db.execute(
                    sql: """
                        UPDATE calibration SET verdict = ?
                        WHERE session_id = (SELECT session_id FROM session WHERE name = ?)
                        """, arguments: [verdict, name])
            }
            try db.execute(
                sql: "UPDATE analysis SET radius_source = 'camera-field' WHERE analysis_id = \(analysis)",
                arguments: ["beam"])
        }
        let table = try table()
        let names = try #require(table["session"]?.texts)
        let texts = try #require(table["status"]?.texts)
        #expect(
            zip(names, texts).map { "\($0 ?? ""): \($1 ?? "")" }.sorted() == [
                "beam: not known", "clean: clean", "doubtful: doubtful", "few: not known", "found: 20.0 %",
                "new: not analysed", "undetermined: at least 20.0 %",
            ])
        #expect(
            zip(names, table.kinds).filter { $1 == "unknown" }.compactMap { $0.0 }.sorted() == ["beam", "few"])
        // Every one that is not clean says why, those found by their share.
        let notes = try #require(table["not_known"]?.texts)
        for (name, note) in zip(names, notes) {
            #expect((note == nil) == ["clean", "found"].contains(name), "\(name ?? "")")
        }
        // The most urgent first: what is overexposed by its share, and the clean last.
        let order = try #require(table["status"]?.values).map { $0 ?? 0 }
        let byUrgency = zip(texts, order).sorted { $0.1 > $1.1 }.map { $0.0 }
        #expect(byUrgency.first == "20.0 %" || byUrgency.first == "at least 20.0 %")
        #expect(byUrgency.last == "clean")
    }

    @Test("Sessions with a page of their own are links, the others text")
    func links() throws {
        try add("one/of two", instrument: "1")
        try add("Größe", day: 5, instrument: "1")
        try analyse()
        let out = folder["out"]
        let own = try folder.write("out/one_of_two/report.html", "")
        #expect(FileManager.default.fileExists(atPath: own))
        _ = try run("epu-report", ["compare", "--html", "--out", out])
        #expect(try table("out").links == [nil, "one_of_two/report.html"])
        _ = try folder.write("out/Größe/report.html", "")
        #expect(try table("out").links == ["Gr%C3%B6%C3%9Fe/report.html", "one_of_two/report.html"])
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
        #expect(try Set(#require(table()["session"]?.texts)) == Set(names))
        // One with data and five of this program.
        #expect(page.count("script") == 6)
        #expect(page.count("img") == 0 && page.count("b") == 0)
        #expect(page.attributes.allSatisfy { !$0.name.hasPrefix("on") && $0.name != "style" })
        for link in page.attributes where ["href", "src"].contains(link.name) {
            #expect(link.value.hasPrefix("#") || link.value == "data:,", "\(link.value)")
        }
        // Beside the name of SVG, which is no address.
        let source = page.source.replacing("http://www.w3.org/2000/svg", with: "")
        #expect(!source.contains("http:") && !source.contains("https:"))
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
        let table = try table()
        let microscope = try #require(table.microscopes.first)
        #expect(table.microscopes.count == 1)
        #expect(microscope.name == "Microscope 1, 2 sessions")
        #expect(
            microscope.charts.map(\.title) == [
                "Overexposed, %", "Exposures per hour", "Scale, µm/unit", "Angle, degrees",
            ])
        // Of the page's sessions, the latest first, these are the first and the last; a trend goes forward in time.
        let names = try #require(table["session"]?.texts)
        #expect(microscope.charts.allSatisfy { $0.sessions.map { names[$0] } == ["a", "b"] })
        let values = microscope.charts.map { $0.values.map { ($0 * 100).rounded() / 100 } }
        #expect(values == [[20, 33.33], [24, 28.57], [25, 26], [0, 0]])
        #expect(microscope.charts.map(\.doubtful) == [[], [], [1], [1]])
        let day = 86_400.0
        #expect(try #require(table.times[0]) - #require(table.times[2]) == 400 * day)
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

/// The data of the page, as its script has them.
private struct SessionsData: Decodable {
    struct Column: Decodable {
        let name: String
        let texts: [String?]
        let values: [Double?]?
    }
    struct Microscope: Decodable {
        struct Chart: Decodable {
            let title: String
            let sessions: [Int]
            let values: [Double]
            let doubtful: [Int]
        }
        let name: String
        let charts: [Chart]
    }
    let columns: [Column]
    let kinds: [String]
    let links: [String?]
    let times: [Double?]
    let microscopes: [Microscope]

    subscript(name: String) -> Column? { columns.first { $0.name == name } }
}
