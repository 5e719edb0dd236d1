import EPUArchive
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_report

/// Two ways not to know what was exposed twice: the grid was moved and nothing tells how, so that what an earlier session had
/// exposed is not known, or no matrix takes beam shift to the stage.
@Suite("Reports of what could not be compared")
struct UncomparedReportTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @discardableResult
    private func run(_ tool: String, _ arguments: [String] = []) throws -> ToolRun {
        let run = try ToolRun.run(tool, arguments, in: folder.path, environment: ["EPU_ARCHIVE": folder["a.db"]])
        try #require(run.status == 0, "\(tool) \(arguments): \(run.errors)")
        return run
    }

    private func report(_ arguments: String...) throws -> ToolRun {
        let isToFolder = !["compare", "summary"].contains(arguments[0]) || arguments.contains("--html")
        return try run("epu-report", arguments + (isToFolder ? ["--out", "out"] : []))
    }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: folder[path], encoding: .utf8) }

    /// Of exposures.csv, by its heading.
    private func column(_ name: String, of session: String) throws -> Set<String> {
        let rows = try text("out/\(session)/exposures.csv").split(separator: "\n")
            .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        let index = try #require(rows.first?.firstIndex { $0 == name })
        return Set(rows.dropFirst().map { String($0[index]) })
    }

    /// tt, and tt-second that lies aside, without the hole maps that would tell by how many holes.
    private func moved() throws {
        try run(
            "epu-simulate",
            [
                "make", "tt", "--exposures", "300", "--no-images", "--second-session", "--second-offset", "8,-5",
            ])
        try run("epu-ingest", ["tt", "tt-second"])
        try run("epu-analyze", ["calibrate"])
        try Archive(folder["a.db"], access: .write).write {
            try $0.execute(sql: "UPDATE foil_hole SET stage_x_um = NULL, stage_y_um = NULL")
        }
        try run("epu-analyze")
    }

    private static let unknown = "what tt had exposed before is not known"

    @Test(
        "What an earlier session had exposed is not known: no report of the later one says 0, or keeps without a word")
    func uncompared() throws {
        try moved()
        let compared = try report("compare")
        for (label, tt, second) in [
            ("overexposed", "0", "not known"), ("  share", "0.0 %", "not known"), ("incidents", "0", "not known"),
            ("e/A\\^2 before, median", "0.0", "not known"), ("  95 % have at most", "0.0", "not known"),
            ("  greatest", "0.0", "not known"), ("  not known of", "0 exposures", "90 exposures"),
        ] {
            let row = try Regex("(?m)^\(label) +\(tt) +\(second)$")
            #expect(compared.output.contains(row), "\(label)")
        }
        #expect(
            compared.errors.contains("tt-second: what earlier sessions of the grid had exposed is not known of all"))
        let json = try report("compare", "--json").output
        #expect(json.contains("\"unknown\" : \"\(Self.unknown)\"") || json.contains("\"unknown\":\"\(Self.unknown)\""))

        _ = try report("compare", "--html")
        let index = try text("out/index.html")
        #expect(
            index.contains(
                "390 exposures, 0 overexposed (0.0 %); what is overexposed of 1 session is not known</p>"))
        let archive = try Archive(folder["a.db"], access: .read)
        let rows = try archive.read { try SessionRow.withExposures($0, names: []) }
        let comparison = try SessionComparison(of: rows, in: archive) {}
        let entries = try archive.read { try ArchivePage(comparison, beside: folder.path, $0).entries }
        #expect(entries.map(\.status.text) == ["not known", "clean"])
        // One session with a share is no trend.
        let data = String(decoding: ArchivePageData(entries).json, as: UTF8.self)
        #expect(data.contains(#""title":"Exposures per hour","isFromZero""#))
        #expect(!data.contains(#""title":"Overexposed, %","isFromZero""#))

        for command in ["lists", "optics", "montage"] {
            let output = try report(command).output
            let second = try #require(output.range(of: "tt-second: "))
            #expect(
                output[second.lowerBound...].contains("\n  as far as could be compared; \(Self.unknown)"), "\(command)")
            #expect(!output[..<second.lowerBound].contains(Self.unknown), "\(command)")
            #expect(try report(command, "--json").output.contains(Self.unknown), "\(command)")
        }
        // What the captions of plots say.
        let choices = try Archive(folder["a.db"], access: .read).read {
            try AnalysisChoice.select($0, sessions: [], analysisID: nil)
        }
        #expect(
            choices.map { [$0.session.name, $0.overexposedWords] } == [
                ["tt", "overexposed"], ["tt-second", "overexposed as far as could be compared"],
            ])
        let listed = try run("epu-analyze", ["publish"]).output.split(separator: "\n").map {
            $0.split(separator: /\ {2,}/).map(String.init)
        }
        #expect(listed.map { [$0.first, $0.last] }.dropFirst() == [["tt", "0"], ["tt-second", "not known"]])
        let star = try report("optics", "--star", "out/tt-second/movies.star")
        #expect(star.errors.contains("tt-second: what is kept is so as far as could be compared; \(Self.unknown)."))

        #expect(try column("not_compared", of: "tt-second") == ["tt"])
        #expect(try column("not_compared", of: "tt") == [""])
        #expect(try column("calibration", of: "tt-second") == ["good"])
        for name in ["pre_dose_e_per_a2", "unplanned_dose_e_per_a2", "field_share", "unplanned_field_share"] {
            #expect(try column(name, of: "tt-second") == [""], "\(name)")
            #expect(try column(name, of: "tt").contains("0.0"), "\(name)")
        }
        try Archive(folder["a.db"], access: .read).read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT overexposed, not_compared, calibration FROM sessions ORDER BY session_id")
            #expect(rows.map { $0["not_compared"] as String? } == [nil, "tt"])
            #expect(rows.map { $0["calibration"] as String? } == ["good", "good"])
        }

        _ = try report("html", "--no-pictures")
        let page = try text("out/tt-second/report.html")
        #expect(page.contains("<p class=\"verdict unknown\">Not known: \(Self.unknown)."))
        #expect(
            page.contains(
                "<dt>overexposed</dt><dd>not known<small>none found as far as could be compared</small></dd>"))
        #expect(page.contains("The analysis: 0 of 90 as far as could be compared (\(Self.unknown)),"))
        #expect(try text("out/tt/report.html").contains("<dt>overexposed</dt><dd>0<small>0.0 %</small></dd>"))
    }

    private static let undetermined = "what lies on each other between stage stops is not known"

    @Test("No matrix from beam shift to stage: what was found is the least, and nothing found is not 0")
    func noMatrix() throws {
        try run("epu-simulate", ["make", "u", "--exposures", "90", "--no-images"])
        try run("epu-ingest", ["u"])
        try run("epu-analyze", ["calibrate"])
        try Archive(folder["a.db"], access: .write).write {
            try $0.execute(sql: "UPDATE calibration SET verdict = 'undetermined', chosen = 2 WHERE chosen")
        }
        let found = "none of 90 overexposed as far as could be compared; \(Self.undetermined)"
        #expect(try run("epu-analyze").output.contains(found))
        #expect(try report("summary").output.contains(found))
        let compared = try report("compare")
        #expect(compared.output.contains(/\noverexposed +not known\n  share +not known\nincidents +not known\n/))
        #expect(compared.output.contains(/\n  greatest +not known\n/))
        #expect(compared.errors.contains("u: \(Self.undetermined)"))
        _ = try report("compare", "--html")
        #expect(try text("out/index.html").contains("90 exposures; what is overexposed of 1 session is not known</p>"))
        for command in ["lists", "optics", "montage"] {
            let output = try report(command).output
            #expect(output.contains("\n  as far as could be compared; \(Self.undetermined)"), "\(command)")
        }
        #expect(try column("calibration", of: "u") == ["undetermined"])
        #expect(try column("not_compared", of: "u") == [""])
        _ = try report("html", "--no-pictures")
        let page = try text("out/u/report.html")
        #expect(page.contains("<p class=\"verdict unknown\">Not known: \(Self.undetermined)."))
        #expect(
            page.contains(
                "<dt>overexposed</dt><dd>not known<small>none found as far as could be compared</small></dd>"))
    }

    @Test("Cut-off XML files and a doubtful calibration are told alike by analysis, summary and page")
    func unread() throws {
        try run("epu-simulate", ["make", "c", "--exposures", "60", "--no-images"])
        let all = FileManager.default.enumerator(atPath: folder["c"])?.compactMap { $0 as? String } ?? []
        let files = all.filter { $0.contains("/Data/") && $0.hasSuffix(".xml") && !$0.contains("ractions") }.sorted()
        try #require(files.count == 60)
        for file in files.prefix(5) {
            let data = try #require(FileManager.default.contents(atPath: folder["c/" + file]))
            try data.prefix(900).write(to: URL(fileURLWithPath: folder["c/" + file]))
        }
        try run("epu-ingest", ["c"])
        let found = "none of 55 overexposed as far as could be compared; 5 exposures could not be read"
        #expect(try run("epu-analyze").output.contains(found))
        #expect(try report("summary").output.contains(found))
        #expect(try report("compare").errors.contains("c: 5 exposures could not be read"))
        _ = try report("html", "--no-pictures")
        #expect(try text("out/c/report.html").contains("verdict unknown\">Not known for all: none of 55 micrographs"))

        try Archive(folder["a.db"], access: .write).write {
            try $0.execute(
                sql: """
                    UPDATE calibration SET verdict = 'doubtful';
                    DELETE FROM source_file WHERE status IN ('unreadable', 'malformed', 'incomplete')
                    """)
        }
        let doubtful = "how beam shift maps to the stage is doubtful"
        #expect(
            try report("summary").output.contains("none of 55 overexposed as far as could be compared; \(doubtful)"))
        _ = try report("html", "--no-pictures")
        #expect(try text("out/c/report.html").contains("verdict unknown\">Not known: \(doubtful)."))
        #expect(try report("compare").output.contains(/\noverexposed +not known\n/))
    }

    @Test("A session that was not analysed is named where reports leave it out; one that was named and is gone is told")
    func leftOut() throws {
        try run("epu-simulate", ["make", "a", "--exposures", "60", "--no-images"])
        try run("epu-simulate", ["make", "b", "--exposures", "60", "--no-images", "--seed", "2"])
        try run("epu-ingest", ["a", "b"])
        try run("epu-analyze", ["--session", "a"])
        for command in ["lists", "montage", "html"] {
            #expect(
                try report(command).errors.contains("Not analysed, so left out: b. Find the overlaps"), "\(command)")
        }
        #expect(try !report("lists", "--session", "a").errors.contains("left out"))
        try run("epu-analyze", ["--session", "a", "--radius", "0.2"])
        try run("epu-analyze", ["publish", "2"])
        try Archive(folder["a.db"], access: .write).write {
            try $0.execute(sql: "DELETE FROM analysis WHERE analysis_id = 2")
        }
        let sentence = "The analysis that was published by name (radius 0.2 um) no longer holds, so this is analysis 1"
        #expect(try report("summary").output.contains(sentence))
        #expect(try report("summary", "--json").output.contains(sentence))
        #expect(try report("compare").errors.contains("a: the analysis that was published by name no longer holds"))
    }
}
