import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_report

/// Of three pairs, whose positions are known to 0.1 um at radius 0.4, one is certain, one is uncertain and one may be.
@Suite("Reports of what may be overexposed")
struct CertaintyReportTests {
    private let folder: TemporaryFolder
    private let sample: SampleArchive

    init() throws {
        folder = try TemporaryFolder()
        sample = try SampleArchive(folder["a.db"])
        // Sigma of each pair is 0.1 um: 0.1, 0.3 and 0.45 um apart.
        let places = [0, 10, 20, 0.1, 10.3, 20.45]
        try sample.add(
            "s",
            places.enumerated().map { index, x in
                .init(hole: Int64(index), stage: Vector2(x, 0), time: Double(60 * index), name: Self.name(index))
            }, dose: 40, field: (0.3, 0.3))
        let error = 0.1 / 2.squareRoot()
        try sample.calibrate("s", stops: places.map { _ in .init(error: error) })
    }

    private static func name(_ index: Int) -> String { "FoilHole_\(index)_Data_1_1_20250108_12000\(index)" }

    private func run(_ tool: String, _ arguments: [String]) throws -> ToolRun {
        let run = try ToolRun.run(tool, arguments, in: folder.path, environment: ["EPU_ARCHIVE": folder["a.db"]])
        try #require(run.status == 0, "\(tool): \(run.errors)")
        return run
    }

    private func analyse(_ more: [String] = []) throws -> String {
        try run("epu-analyze", ["overlaps", "--radius", "0.4"] + more).output
    }

    @Test("Lists name what may be overexposed beside what is to keep, and a person's word settles it")
    func lists() throws {
        #expect(
            try analyse().hasSuffix(
                "2 of 6 overexposed (33.3 %) (1 of them uncertain: below 95 %); 1 other may be overexposed "
                    + "(probability 5 to 50 %)\n"))
        let written = try run("epu-report", ["lists", "--out", "out"]).output
        #expect(written.contains("s: 2 bad, 4 to keep"))
        #expect(
            written.contains(
                "  1 of those to keep may be overexposed (probability 5 to 50 %), in duplicates_possible_*.txt"))
        #expect(try folder.text("out/s/duplicates_possible_jpg.txt") == "/data/s/\(Self.name(5)).jpg\n")
        #expect(try folder.text("out/s/duplicates_keepfiles_jpg.txt").contains(Self.name(5)))
        let rows = try folder.text("out/s/exposures.csv").split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        let column = try #require(rows[0].firstIndex(of: "probability"))
        let error = try #require(rows[0].firstIndex(of: "position_error_um"))
        let probabilities = rows.dropFirst().map { Double($0[column]) }
        #expect(probabilities[..<3] == [nil, nil, nil])
        for (found, distance) in zip(probabilities[3...], [0.1, 0.3, 0.45]) {
            let expected = DistanceProbability.within(0.4, distance: distance, sigma: 0.1)
            #expect(found.map { abs($0 - expected) < 1e-6 } == true)
        }
        #expect(rows.dropFirst().allSatisfy { abs((Double($0[error]) ?? 0) - 0.0707107) < 1e-6 })

        _ = try run("epu-analyze", ["review", Self.name(5), "--keep"])
        #expect(try !run("epu-report", ["lists", "--out", "out"]).output.contains("may be"))
        #expect(!folder.names("out/s").contains { $0.contains("possible") })
    }

    @Test(
        "Summary, page and comparison say how many are uncertain, how many more there may be, and how well positions are known"
    )
    func reports() throws {
        _ = try analyse()
        let summary = try run("epu-report", ["summary"]).output
        #expect(
            summary.contains(
                "2 of 6 overexposed (33.3 %) (1 of them uncertain: below 95 %); 1 other may be overexposed "
                    + "(probability 5 to 50 %) (analysis 1, radius 0.4 um"))
        _ = try run("epu-report", ["html", "--out", "out"])
        let page = try folder.text("out/s/report.html")
        #expect(
            page.contains("1 of these is uncertain (below 95 %). 1 other may be overexposed (probability 5 to 50 %)."))
        #expect(
            page.contains("<dt>overexposed</dt><dd>2<small>33.3 %; 1 more may be (probability 5 to 50 %)</small></dd>"))
        #expect(page.contains("<dt>positions known to</dt><dd>0.071 µm"))
        #expect(page.contains("here the distance alone decides"))
        let uncertain = DistanceProbability.within(0.4, distance: 0.3, sigma: 0.1)
        let possible = DistanceProbability.within(0.4, distance: 0.45, sigma: 0.1)
        for (index, distance, probability, verdict) in [
            (4, "0.300", uncertain, "overexposed"), (5, "0.450", possible, "kept"),
        ] {
            let numbers = [distance, (100 * probability).text(decimals: 0)].map { "<td class=\"number\">\($0)</td>" }
            #expect(
                page.contains(
                    "<tr><td>\(Self.name(index))</td><td>\(Self.name(index - 3))</td>\(numbers.joined())<td>\(verdict)</td></tr>"
                ))
        }
        #expect(page.components(separatedBy: "<td>overexposed</td>").count == 2, "the certain one is not among them")
        let compared = try run("epu-analyze", ["compare"]).output.split(separator: "\n").map(String.init)
        #expect(compared.contains { $0.hasPrefix("  may be, beside these") && $0.hasSuffix(" 1") })
        #expect(compared.contains { $0.hasPrefix("positions known to, um") && $0.hasSuffix(" 0.071") })
        let json = try run("epu-report", ["summary", "--json"]).output
        #expect(json.contains("\"possible\" : 1") && json.contains("\"uncertain\" : 1"))
        let table = try run("epu-report", ["tables", "--table", "possibly_overexposed", "--out", "t"])
        #expect(table.status == 0)
        #expect(try folder.text("t/possibly_overexposed.csv").split(separator: "\n").count == 2)
    }

    @Test("A session of which nothing can be decided is nowhere 0 % overexposed")
    func undecidable() throws {
        let printed = try run("epu-analyze", ["overlaps", "--radius", "0.05"]).output
        #expect(printed.contains("overlaps within 0.05 um cannot be decided: use --radius 0.12 or more"))
        let summary = try run("epu-report", ["summary"]).output
        #expect(
            summary.contains("none of 6 overexposed as far as could be compared; positions are known to 0.071 um only"))
        _ = try run("epu-report", ["html", "--out", "out"])
        let page = try folder.text("out/s/report.html")
        #expect(page.contains("<p class=\"verdict unknown\">Not known: positions are known to 0.071 µm only"))
        #expect(page.contains("<dt>overexposed</dt><dd>not known<"))
        let compared = try run("epu-analyze", ["compare"]).output.split(separator: "\n")
        #expect(compared.contains { $0.hasPrefix("overexposed") && $0.hasSuffix("not known") })
        let lists = try run("epu-report", ["lists", "--out", "out"]).output
        #expect(lists.contains("as far as could be compared; positions are known to 0.071 um only"))
        #expect(try run("epu-analyze", ["publish"]).output.contains("not known"))
    }

    @Test(
        "The certainty is part of what was asked for: in words, in the command of the page, and when it is made again")
    func certainty() throws {
        let strict = try analyse(["--certainty", "0.9"])
        #expect(strict.contains("radius 0.4 um, certainty 0.9 (analysis 1)"))
        #expect(strict.hasSuffix("1 of 6 overexposed (16.7 %); 2 others may be overexposed (probability 5 to 90 %)\n"))
        #expect(try analyse().contains("(analysis 2)"))
        _ = try run("epu-analyze", ["publish", "1"])
        _ = try run("epu-report", ["html", "--out", "out"])
        #expect(try folder.text("out/s/report.html").contains("--certainty 0.9 --session=s"))
        #expect(try folder.text("out/s/about.json").contains("radius 0.4 um, certainty 0.9"))
        try sample.archive.write { try $0.execute(sql: "DELETE FROM analysis WHERE analysis_id = 1") }
        _ = try run("epu-analyze", ["overlaps"])
        let published = try run("epu-analyze", ["publish"]).output
        #expect(published.contains("radius 0.4 um, certainty 0.9"))
        for wrong in ["0", "1", "-0.5", "nan"] {
            let refused = try ToolRun.run(
                "epu-analyze", ["overlaps", "--certainty", wrong], in: folder.path,
                environment: ["EPU_ARCHIVE": folder["a.db"]])
            #expect(refused.status == 64 && refused.errors.contains("--certainty takes a probability between 0 and 1"))
        }
    }
}
