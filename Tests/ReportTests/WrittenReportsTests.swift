import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_report

/// Each report on an archive as the other two tools write it, against what the simulator knows: an archive that a test fills by
/// itself may lack, or have, what theirs never does.
@Suite("Reports of an archive that ingest and analyze wrote")
struct WrittenReportsTests {
    private let archive: WrittenArchive
    private let out: TemporaryFolder

    init() throws {
        archive = try WrittenArchive.shared.get()
        out = try TemporaryFolder()
        try #require(archive.exposures.count == 240 && archive.overexposed.count >= 20 && archive.incidents == 3)
    }

    private var bad: Int { archive.overexposed.count }
    private var all: Int { archive.exposures.count }

    /// The base names in a list of paths.
    private func names(_ file: String) throws -> Set<String> {
        Set(try out.text(file).split(separator: "\n").compactMap { Self.base($0) })
    }

    /// Of a path or a cell, as `FoilHole_1_Data_2_3_20250108_152000`.
    private static func base(_ text: some StringProtocol) -> String? {
        ExposureName.find(inAnyCase: String(text.split(separator: "/").last ?? ""))?.name.base
    }

    /// The rows of a CSV without quoted cells, by the names of its columns.
    private func table(_ file: String) throws -> [[String: Substring]] {
        let lines = try out.text(file).split(separator: "\n")
        let head = try #require(lines.first).split(separator: ",").map(String.init)
        return try lines.dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            try #require(cells.count == head.count, "\(line)")
            return Dictionary(uniqueKeysWithValues: zip(head, cells))
        }
    }

    @Test("summary counts the exposures, those overexposed and the planted faults")
    func summary() throws {
        let text = try archive.report(["summary"]).output
        #expect(text.contains("\n  exposures    \(all) in "))
        #expect(text.contains("\n  analysis     \(bad) of \(all) overexposed ("))
        #expect(text.contains("\n  events       \(archive.incidents) incidents; times: microscope's clock, "))
    }

    @Test("lists name what to keep and what is bad; exposures.csv marks the same")
    func lists() throws {
        _ = try archive.report(["lists"], out: out)
        #expect(try names("s/duplicates_badfiles_jpg.txt") == archive.overexposed)
        #expect(
            try names("s/duplicates_keepfiles_jpg.txt") == archive.exposures.subtracting(archive.overexposed))
        let rows = try table("s/exposures.csv")
        #expect(Set(rows.compactMap { $0["name"].map(String.init) }) == archive.exposures)
        let marked = rows.filter { $0["overexposed"] == "1" }
        #expect(Set(marked.compactMap { $0["name"].map(String.init) }) == archive.overexposed)
        #expect(marked.allSatisfy { $0["overexposed_by"]?.isEmpty == false && $0["cause"]?.isEmpty == false })
    }

    @Test("tables have a row for each exposure, for each overexposed one and for each incident")
    func tables() throws {
        _ = try archive.report(["tables"], out: out)
        #expect(try table("exposures.csv").count == all)
        #expect(Set(try table("overexposed.csv").compactMap { $0["name"].map(String.init) }) == archive.overexposed)
        #expect(try table("incidents.csv").count == archive.incidents)
    }

    @Test(
        "html writes a page whose script reads the overexposed, each with its incident, and shows the pictures of these"
    )
    func html() throws {
        _ = try archive.report(["html"], out: out)
        let page = try out.text("s/report.html")
        #expect(page.contains("\(bad) of \(all) micrographs"))
        #expect(out.names("s/report_assets").count == 2 * archive.incidents)
        let json = try Archive(archive.folder["a.db"], access: .read).read { db in
            let choice = try #require(try AnalysisChoice.select(db, sessions: [], analysisID: nil).first)
            return try SessionPageData(choice, command: try RadiusCommand(of: choice, archive: "a.db", db), db).json
        }
        let data = try #require(try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
        let names = try #require((data["exposures"] as? [String: Any])?["name"] as? [String])
        let found = try #require(data["found"] as? [String: Any])
        let indices = try #require(found["exposure"] as? [Int])
        #expect(Set(names) == archive.exposures)
        #expect(Set(indices.map { names[$0] }) == archive.overexposed)
        #expect(Set(try #require(found["incident"] as? [Int])).count == archive.incidents)
        #expect((data["incidents"] as? [Any])?.count == archive.incidents)
    }

    @Test("compare has the same figures, as a table and as a page")
    func compare() throws {
        let text = try archive.report(["compare"]).output
        for (name, figure) in [("exposures", all), ("overexposed", bad), ("incidents", archive.incidents)] {
            #expect(text.split(separator: "\n").contains { $0.split(separator: " ") == [name[...], "\(figure)"[...]] })
        }
        _ = try archive.report(["compare", "--html"], out: out)
        #expect(
            try out.text("index.html").contains(
                "1 session of 1 microscope, 2025-01-08: \(all) exposures, \(bad) overexposed"))
    }

    @Test("montage draws a pair with its two pictures and hole images for an overexposed exposure")
    func montage() throws {
        let text = try archive.report(["montage", "--limit", "2"], out: out).output
        #expect(text.hasPrefix("s: 2 of \(bad) overexposed exposures in analysis 1"))
        let page = try DecodedPNG(out["s/duplicates.png"])
        // Simulated pictures are no plain grey.
        #expect(Set(page.pixels).count > 100)
    }

    @Test("plots draw every exposure and say how many are overexposed")
    func plots() throws {
        _ = try archive.report(["plots", "--format", "svg"], out: out)
        for name in ["beam-shifts", "stage", "residuals", "overlaps", "map", "nearest-distances", "timeline"] {
            let drawn = try DrawnSVG(out["s/\(name).svg"])
            #expect(drawn.isWellFormed && !drawn.holdsNonsense && !drawn.paths.isEmpty, "\(name)")
        }
        let exposures = try Archive(archive.folder["a.db"], access: .read).read { db in
            let choice = try #require(try AnalysisChoice.select(db, sessions: [], analysisID: nil).first)
            return try OverlapMap(choice, db).exposures
        }
        #expect(exposures.count == all)
        #expect(exposures.count { $0.incident != nil } == bad)
    }

    @Test("optics parts the movies into those to keep and those that are bad, each in a numbered group")
    func optics() throws {
        _ = try archive.report(["optics"], out: out)
        for (file, expected) in [
            ("movies", archive.exposures), ("movies_bad", archive.overexposed),
            ("movies_keep", archive.exposures.subtracting(archive.overexposed)),
        ] {
            #expect(try names(inSTAR: "s/\(file).star") == expected, "\(file)")
        }
        #expect(!FileManager.default.fileExists(atPath: out["s/movies_notjudged.star"]))
        let groups = try table("s/exposure_groups.csv").compactMap { $0["exposure_group"] ?? nil }
        #expect(groups.count == all && groups.allSatisfy { Int($0) != nil })
    }

    @Test("star puts the groups into a file that the user has, whatever its movies are called, and parts its rows")
    func star() throws {
        let rows = archive.exposures.sorted().map { "MotionCorr/\($0)_EER.mrc 1" }.joined(separator: "\n")
        try out.write(
            "own.star",
            """
            # version 30001

            data_optics

            loop_
            _rlnOpticsGroupName #1
            _rlnOpticsGroup #2
            _rlnMicrographPixelSize #3
            old 1 1.0

            # version 30001

            data_micrographs

            loop_
            _rlnMicrographName #1
            _rlnOpticsGroup #2
            \(rows)

            """)
        let text = try archive.report(["optics", "--star", out["own.star"]], out: out).output
        #expect(text.contains("\(all - bad) to keep, \(bad) bad"))
        #expect(try names(inSTAR: "own_bad.star") == archive.overexposed)
        #expect(try names(inSTAR: "own_keep.star") == archive.exposures.subtracting(archive.overexposed))
    }

    private func names(inSTAR file: String) throws -> Set<String> {
        var names: Set<String> = []
        try StarFile(path: out[file]).forEachLine { line, place in
            guard case .row = place.line, place.table.block != "optics" else { return }
            let values = place.values.places.map { StarValues.content($0, of: line) }
            names.formUnion(values.compactMap { Self.base(String(decoding: $0, as: UTF8.self)) })
        }
        return names
    }

    @Test("about.json names the analysis, its calibration and the commands that wrote into the folder")
    func about() throws {
        _ = try archive.report(["lists"], out: out)
        _ = try archive.report(["optics"], out: out)
        let about = try #require(AboutFile(in: out["s"]))
        #expect(about.session == "s")
        #expect(about.shown.analysisID == 1)
        #expect(about.published == .isDefault)
        #expect(about.calibrations.map(\.verdict) == [.good])
        #expect(Set(about.commands.keys) == ["lists", "optics"])
    }
}
