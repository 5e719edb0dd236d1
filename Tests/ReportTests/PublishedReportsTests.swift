import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import EPUArchive
@testable import epu_report

/// A simulated session with planted faults, analysed as a user would and then asked other questions.
@Suite("Reports show what is published, whatever else was asked")
struct PublishedReportsTests {
    private let folder: TemporaryFolder

    /// Analysis 1 is the plain one.
    init() throws {
        folder = try TemporaryFolder()
        try run(
            "epu-simulate",
            [folder["s"], "--exposures", "240", "--unmoved-stage", "1", "--partial-overlap", "2", "--seed", "3"])
        try run("epu-ingest", [folder["s"]])
        try run("epu-analyze")
    }

    @discardableResult
    private func run(_ tool: String, _ arguments: [String] = []) throws -> ToolRun {
        let run = try ToolRun.run(tool, arguments, in: folder.path, environment: ["EPU_ARCHIVE": folder["a.db"]])
        try #require(run.status == 0, "\(tool) \(arguments): \(run.errors)")
        return run
    }

    /// What every report prints, by its name; the files are in the folder `out`.
    @discardableResult
    private func reports(_ more: [String] = []) throws -> (output: [String: String], errors: String) {
        var output: [String: String] = [:]
        var errors = ""
        for command in ["summary", "html", "lists", "montage", "plots", "optics"] {
            let run = try run("epu-report", [command] + more + (command == "summary" ? [] : ["--out", "out"]))
            output[command] = run.output
            // A slow machine says how far it is.
            errors += run.errors.split(separator: "\n").filter { !$0.contains(/\d+ of \d+, \d+\/s/) }.joined(
                separator: "\n")
        }
        let star = try run("epu-report", ["optics", "--star", "out/s/movies.star", "--out", "star"] + more)
        output["star"] = star.output
        return (output, errors)
    }

    /// Every file below the folders of reports, except for the date in about.json.
    private func files() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for top in ["out", "star"] {
            let paths = FileManager.default.enumerator(atPath: folder[top])?.compactMap { $0 as? String } ?? []
            for path in paths {
                var data = FileManager.default.contents(atPath: folder["\(top)/\(path)"]) ?? Data()
                if path.hasSuffix("about.json") {
                    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
                    data = Data(lines.filter { !$0.contains("written_at") }.joined(separator: "\n").utf8)
                }
                files["\(top)/\(path)"] = data
            }
        }
        return files
    }

    private func differing(_ a: [String: Data], _ b: [String: Data]) -> [String] {
        Set(a.keys).union(b.keys).filter { a[$0] != b[$0] }.sorted()
    }

    /// What the views for people show of the sessions' findings, line by line.
    private func views() throws -> [String] {
        try Archive(folder["a.db"], access: .read).read { db in
            try ["overexposed", "overlap_pairs", "incidents", "sessions", "latest_analysis"].flatMap { view in
                try Row.fetchAll(db, sql: "SELECT * FROM \(view)").map { "\(view) \($0)" }.sorted()
            }
        }
    }

    @Test(
        "Exploring leaves every list, page, picture and STAR file byte for byte; publish has them follow, and goes back"
    )
    func exploring() throws {
        let before = (reports: try reports(), files: try files(), views: try views())
        #expect(before.reports.errors.isEmpty)
        let sentence = try #require(
            before.reports.output["lists"]?.firstMatch(of: /\((analysis 1, radius [0-9.]+ um, the [a-z ]+)\)/)?.1)
        for (command, text) in before.reports.output where command != "html" && command != "star" {
            #expect(text.contains(sentence), "\(command): \(text)")
        }
        let page = try folder.text("out/s/report.html")
        #expect(page.contains("Shows \(PageUnits.typeset(String(sentence)))."))
        #expect(try folder.text("out/s/movies.star").hasPrefix("# epu-report \(toolVersion): \(sentence)\n"))
        #expect(try folder.text("star/movies_keep.star").hasPrefix("# epu-report \(toolVersion): \(sentence)\n"))

        try run("epu-analyze", ["overlaps", "--radius", "0.2"])
        try run("epu-analyze", ["overlaps", "--k", "25"])
        let explored = try reports()
        #expect(explored.output == before.reports.output)
        #expect(explored.errors.isEmpty)
        #expect(differing(try files(), before.files) == [])
        #expect(try views() == before.views)

        let published = try run("epu-analyze", ["publish", "2"])
        #expect(
            published.output.hasPrefix(
                "s: reports show analysis 2, radius 0.2 um, published by name, in place of analysis 1"))
        let after = try reports()
        for command in ["summary", "lists", "montage", "plots", "optics"] {
            #expect(
                after.output[command]?.contains("analysis 2, radius 0.2 um, published by name") == true, "\(command)")
        }
        let changed = differing(try files(), before.files)
        for file in ["report.html", "duplicates_badfiles_jpg.txt", "duplicates.png", "movies_bad.star", "timeline.svg"]
        {
            #expect(changed.contains("out/s/" + file))
        }
        #expect(try views().contains { $0.hasPrefix("latest_analysis") && $0.contains("analysis_id:2") })
        #expect(after.errors.contains("Warning: out/s holds files of analysis 1 (radius "))
        #expect(
            after.errors.contains(
                /html writes those of analysis 2 \(radius 0.2 um\) of [-0-9: ]+ UTC\. Run lists, montage, optics, plots again/
            ))
        #expect(
            after.errors.contains(
                /optics writes those of analysis 2 \(radius 0.2 um\) of [-0-9: ]+ UTC in place of analysis 1/))

        try run("epu-analyze", ["publish", "--default"])
        #expect(try reports().output == before.reports.output)
        #expect(differing(try files(), before.files) == [])
        #expect(try views() == before.views)
    }

    @Test("Captions say why an analysis is shown")
    func captions() throws {
        try reports()
        let before = try files()
        try run("epu-analyze", ["publish", "1"])
        #expect(try reports().errors.isEmpty, "the same analysis")
        let changed = differing(try files(), before)
        for plot in ["overlaps", "map", "nearest-distances", "timeline"] {
            for format in ["svg", "png"] { #expect(changed.contains("out/s/\(plot).\(format)")) }
        }
        #expect(changed.contains("out/s/duplicates.png") && changed.contains("out/s/report.html"))
        #expect(!changed.contains { $0.hasSuffix(".txt") || $0.hasSuffix(".csv") })
    }

    @Test("An analysis that is named by its id is shown, and said not to be published")
    func named() throws {
        try run("epu-analyze", ["overlaps", "--radius", "0.2"])
        let shown = try reports(["--analysis", "2"])
        for (command, text) in shown.output where command != "html" && command != "star" {
            #expect(text.contains("analysis 2, radius 0.2 um, not published"), "\(command)")
        }
        #expect(try folder.text("out/s/report.html").contains("Shows analysis 2, radius 0.2 µm, not published."))
        #expect(try folder.text("star/movies_bad.star").contains("analysis 2, radius 0.2 um, not published"))
    }

    @Test("A folder says which analysis its files show, how it was placed, and what it was compared with")
    func about() throws {
        try run("epu-report", ["lists", "--out", "out"])
        try run("epu-report", ["html", "--out", "out", "--no-pictures"])
        let about = try #require(
            try JSONSerialization.jsonObject(with: Data(folder.text("out/s/about.json").utf8)) as? [String: Any])
        let shown = try #require(about["shown"] as? [String: Any])
        #expect(shown["analysis_id"] as? Int == 1)
        #expect((shown["criteria"] as? String)?.hasPrefix("radius ") == true)
        #expect(["default", "first"].contains(about["published"] as? String))
        #expect(about["archive"] as? String == folder["a.db"])
        #expect((about["program"] as? String)?.hasPrefix("epu-report \(toolVersion)") == true)
        #expect((about["commands"] as? [String: Any])?.keys.sorted() == ["html", "lists"])
        #expect((about["compared_with"] as? [String]) == [])
        let calibration = try #require((about["calibrations"] as? [[String: Any]])?.first)
        #expect(calibration["verdict"] as? String == "good")
        #expect((calibration["matrix"] as? [Double])?.count == 4)
    }

    @Test("A folder with files of an analysis as it was before it was made again is told from one of the same making")
    func madeAnew() throws {
        try run("epu-report", ["lists", "--out", "out"])
        #expect(try run("epu-report", ["html", "--out", "out", "--no-pictures"]).errors.isEmpty)
        try Archive(folder["a.db"], access: .write).write {
            try $0.execute(sql: "UPDATE analysis SET created_at = '2031-02-03T04:05:06.0000000Z' WHERE analysis_id = 1")
        }
        let errors = try run("epu-report", ["html", "--out", "out", "--no-pictures"]).errors
        #expect(errors.contains("out/s holds files of analysis 1 (radius "))
        #expect(errors.contains(" of 2031-02-03 04:05:06 UTC. Run lists again, too"))
        #expect(try run("epu-report", ["lists", "--out", "out"]).errors.isEmpty)
    }
}

@Suite("The views of an archive with several analyses")
struct PublishedViewsTests {
    private let folder: TemporaryFolder
    private let sample: SampleArchive

    /// Exposures of `s` and `t` at 0, 0.1 and 0.3 um; `u` was never analysed. Within 0.15 um one is overexposed, within
    /// 0.4 um two.
    init() throws {
        folder = try TemporaryFolder()
        sample = try SampleArchive(folder["a.db"])
        for session in ["s", "t", "u"] {
            try sample.add(
                session,
                [0, 0.1, 0.4].enumerated().map { number, x in
                    .init(hole: Int64(number + 1), stage: Vector2(x, 0), time: 60 * Double(number))
                })
        }
        for radius in ["0.15", "0.4"] {
            try analyze(["overlaps", "--k", "25", "--radius", radius, "--session", "s", "--session", "t"])
        }
    }

    @discardableResult
    private func analyze(_ arguments: [String], status: Int32 = 0) throws -> ToolRun {
        let run = try ToolRun.run("epu-analyze", arguments, environment: ["EPU_ARCHIVE": folder["a.db"]])
        try #require(run.status == status, "\(arguments): \(run.errors)")
        return run
    }

    private func rows(_ sql: String) throws -> [[String]] {
        try sample.archive.read { db in
            try Row.fetchAll(db, sql: sql).map { row in
                row.databaseValues.map { String.fromDatabaseValue($0) ?? $0.description }
            }
        }
    }

    private func analysis(of session: String, radius: Double) throws -> String {
        try #require(
            try rows("SELECT analysis_id FROM analyses WHERE session = '\(session)' AND radius_um = \(radius)").first)[
                0]
    }

    @Test(
        "Each session shows its published analysis; the views all_... show every one; what was never analysed is not 0")
    func published() throws {
        let counts = "SELECT session, overexposed FROM sessions ORDER BY 1"
        #expect(try rows(counts) == [["s", "1"], ["t", "1"], ["u", "NULL"]], "the first that was made")
        #expect(try rows("SELECT session, count(*) FROM overexposed GROUP BY 1") == [["s", "1"], ["t", "1"]])
        #expect(try rows("SELECT session, count(*) FROM all_overexposed GROUP BY 1") == [["s", "3"], ["t", "3"]])
        #expect(try rows("SELECT count(*) FROM overlap_pairs") == [["2"]])
        #expect(try rows("SELECT count(*) FROM all_overlap_pairs") == [["8"]])
        try analyze(["publish", try analysis(of: "t", radius: 0.4)])
        #expect(try rows(counts) == [["s", "1"], ["t", "2"], ["u", "NULL"]])
        #expect(try rows("SELECT session, count(*) FROM overexposed GROUP BY 1") == [["s", "1"], ["t", "2"]])
        #expect(try rows("SELECT count(*) FROM overlap_pairs") == [["4"]])
        #expect(
            try rows("SELECT session, sum(micrographs) FROM incidents GROUP BY 1") == [["s", "1"], ["t", "2"]])
        #expect(
            try rows("SELECT session, sum(micrographs) FROM all_incidents GROUP BY 1") == [["s", "3"], ["t", "3"]])
        #expect(
            try rows("SELECT session, criteria, matrix, published FROM analyses ORDER BY 1, radius_um")
                == [
                    ["s", "radius 0.15 um", "k 25", "1"], ["s", "radius 0.4 um", "k 25", "0"],
                    ["t", "radius 0.15 um", "k 25", "0"], ["t", "radius 0.4 um", "k 25", "1"],
                ])
        // What is named comes before what is the default, and that before what was made first.
        try sample.archive.write { try $0.execute(sql: "UPDATE analysis SET is_default = 1 WHERE radius_um = 0.4") }
        #expect(try rows(counts)[0] == ["s", "2"])
        try analyze(["publish", try analysis(of: "s", radius: 0.15)])
        #expect(try rows(counts)[0] == ["s", "1"])
        try analyze(["publish", "--default", "--session", "s"])
        #expect(try rows(counts)[0] == ["s", "2"])
        #expect(try rows("SELECT session_id FROM published_analysis") == [["2"]], "t keeps what was named for it")
    }

    @Test("The view analyses says the criteria in the words that the tools print")
    func words() throws {
        let asked: [OverlapCriteria] = [
            OverlapCriteria(radius: 0.37350000001), OverlapCriteria(radius: 12.5, minFieldOverlap: 0.125),
            OverlapCriteria(minPreDose: 5, countNeighbours: true),
            OverlapCriteria(radius: 1e-5, minFieldOverlap: 1, minPreDose: 1_234_567),
            OverlapCriteria(radius: 0.2, certainty: 0.95),
        ]
        // Each by itself, too, so that a new one is not forgotten in the view.
        let alone = OverlapCriterion.all.map { criterion in
            var criteria = OverlapCriteria()
            switch criterion.value(criteria) {
            case .number(let number): criterion.read([criterion.column: (number ?? 0) + 0.25], &criteria)
            case .flag(let flag): criterion.read([criterion.column: !flag], &criteria)
            }
            return criteria
        }
        for criteria in asked + alone {
            let words = try sample.archive.write { db in
                try db.execute(
                    sql: """
                        INSERT INTO analysis (\(OverlapCriteria.columns), analysis_id, placement_set_id, across_sessions,
                            exposures, pairs, overexposed, created_at)
                        SELECT \(OverlapCriteria.marks), 99, placement_set_id, 0, 3, 0, 0, '2025'
                        FROM placement_set LIMIT 1
                        """,
                    arguments: criteria.arguments)
                try db.execute(
                    sql: "INSERT INTO analysis_session SELECT 99, session_id, min(calibration_id) FROM calibration")
                let words = try String.fetchOne(db, sql: "SELECT criteria FROM analyses WHERE analysis_id = 99")
                try db.execute(sql: "DELETE FROM analysis WHERE analysis_id = 99")
                return words
            }
            #expect(words == criteria.text(acrossSessions: false))
        }
    }

    @Test("publish lists what reports show of each session and why, and refuses what it cannot name")
    func command() throws {
        try analyze(["publish", try analysis(of: "t", radius: 0.4)])
        let list = try analyze(["publish"]).output.split(separator: "\n").map { line in
            line.split(separator: /\ {2,}/).map(String.init)
        }
        let (first, named) = (try analysis(of: "s", radius: 0.15), try analysis(of: "t", radius: 0.4))
        #expect(
            list == [
                ["session", "analysis", "published", "criteria", "calibration", "overexposed"],
                ["s", first, "the first that was made", "radius 0.15 um", "k 25", "1"],
                ["t", named, "published by name", "radius 0.4 um", "k 25", "2"], ["u", "not analysed"],
            ])
        let json = try JSONSerialization.jsonObject(with: Data(analyze(["publish", "--json"]).output.utf8))
        let published = (json as? [[String: Any]])?.map { $0["published"] as? String }
        #expect(published == ["first", "named", nil])
        #expect(try analyze(["publish", "77"], status: 1).errors.contains("The archive has no analysis 77."))
        #expect(
            try analyze(["publish", named, "--session", "s"], status: 1).errors.contains("does not judge s."))
        #expect(try analyze(["publish", named, "--default"], status: 64).errors.contains("not both"))
    }

    @Test(
        "What was asked is kept beside the id, with a matrix that was given; where the analysis is gone, that is said")
    func record() throws {
        try analyze([
            "overlaps", "--matrix", "21,11,10,-21", "--missing-dose", "40", "--radius", "0.3", "--session", "s",
        ])
        try analyze(["publish", try analysis(of: "s", radius: 0.3)])
        let session = try sample.archive.read { try SessionRow.select($0, names: ["s"])[0] }
        func named() throws -> PublishedAnalysis {
            try #require(try sample.archive.read { try PublishedAnalysis.named(for: session.sessionID, $0) })
        }
        #expect(try named().criteria == OverlapCriteria(radius: 0.3))
        #expect(try named().matrix == Matrix2(21, 11, 10, -21))
        #expect(try named().settings.assumedDoseEPerA2 == 40)
        #expect(try named().settings.assumedBeamDiameterUm == nil)
        try sample.archive.write { try $0.execute(sql: "DELETE FROM analysis WHERE radius_um = 0.3") }
        #expect(try named().analysisID == nil)
        #expect(try named().criteria.radius == 0.3)
        let lists = try ToolRun.run(
            "epu-report", ["lists", "--out", folder["out"]], environment: ["EPU_ARCHIVE": folder["a.db"]])
        #expect(
            lists.errors.contains(
                "s: The analysis that was published by name (radius 0.3 um) no longer holds, so this is analysis "))
        #expect(
            try analyze(["publish"]).output.contains(
                "s: the analysis that was published by name (radius 0.3 um) no longer"))
    }

    @Test("tables writes what is published, and with --all-analyses what every analysis found")
    func tables() throws {
        func rows(_ more: [String]) throws -> String {
            try ToolRun.run(
                "epu-report", ["tables", "--out", folder["out"]] + more, environment: ["EPU_ARCHIVE": folder["a.db"]]
            ).output
        }
        #expect(try rows([]).contains("/overexposed.csv: 2 rows\n"))
        let all = try rows(["--all-analyses"])
        #expect(all.contains("/all_overexposed.csv: 6 rows\n") && !all.contains("/overexposed.csv"))
        #expect(try rows(["--table", "all_overexposed", "--session", "s"]).contains("/all_overexposed.csv: 3 rows\n"))
    }
}
