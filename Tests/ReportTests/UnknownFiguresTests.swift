import EPUArchive
import EPUDrawing
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_report

/// A session as a K2 of EPU 2.6 wrote it: pixels ten times too large, doses a hundred times too small, nothing to check them by
/// but the magnification and the beam; and the same without beam diameters.
@Suite("Figures of what is not known")
struct UnknownFiguresTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func run(_ tool: String, _ arguments: [String]) throws -> ToolRun {
        let run = try ToolRun.run(tool, arguments, in: folder.path, environment: ["EPU_ARCHIVE": folder["a.db"]])
        try #require(run.status == 0, "\(tool): \(run.errors)")
        return run
    }

    /// A simulated session with a hole shot twice, whose exposures are changed before they are read.
    private func ingest(_ change: (String) -> String) throws -> ToolRun {
        _ = try run(
            "epu-simulate",
            ["s", "--exposures", "90", "--epu-version", "2.6", "--repeated-hole", "1", "--seed", "3", "--no-images"])
        let files = FileManager.default.enumerator(atPath: folder["s"])
        while let file = files?.nextObject() as? String {
            guard file.contains("/Data/"), file.hasSuffix(".xml"), !file.contains("Fractions") else { continue }
            let path = folder["s/" + file]
            try change(String(contentsOfFile: path, encoding: .utf8)).write(
                toFile: path, atomically: false, encoding: .utf8)
        }
        return try run("epu-ingest", ["s"])
    }

    /// The number after some text of an XML, times a factor.
    private static func scaled(_ xml: String, after start: String, by factor: Double) -> String {
        guard let begin = xml.range(of: start), let end = xml[begin.upperBound...].firstIndex(of: "<"),
            let number = Double(xml[begin.upperBound..<end])
        else { return xml }
        return xml.replacingCharacters(in: begin.upperBound..<end, with: "\(factor * number)")
    }

    private static func wrongPixel(_ xml: String) -> String {
        var xml = xml.replacingOccurrences(of: ">DoseOnCamera<", with: ">DoseOnNothing<")
        if let scale = xml.range(of: "<pixelSize") {
            var tail = String(xml[scale.lowerBound...])
            let number = tail.range(of: "<x[^>]*>.*?<numericValue[^>]*>", options: .regularExpression)
            if let number { tail = scaled(tail, after: String(tail[number]), by: 10) }
            xml = xml[..<scale.lowerBound] + tail
        }
        let dose = xml.range(of: ">Dose</a:Key><a:Value [^>]*>", options: .regularExpression)
        return dose.map { scaled(xml, after: String(xml[$0]), by: 0.01) } ?? xml
    }

    private func lines(_ path: String) throws -> [String] {
        try String(contentsOfFile: folder[path], encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// Of exposures.csv, by its heading.
    private func column(_ name: String) throws -> [String] {
        let rows = try lines("out/s/exposures.csv").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        let index = try #require(rows.first?.firstIndex { $0 == name })
        return rows.dropFirst().map { String($0[index]) }
    }

    @Test("A pixel ten times too large is told wherever it would mislead, and makes nothing clean")
    func pixel() throws {
        let ingested = try ingest(Self.wrongPixel)
        #expect(ingested.output.contains("pixel size x magnification, 8.708 A x 96000, is 83.6 um"))
        #expect(ingested.output.contains("the camera field, 3.57 x 3.57 um, is larger than the beam, 0.95 um"))
        #expect(ingested.output.contains("the pixel size and the dose are taken as not known"))
        for criterion in [["--min-pre-dose", "5"], ["--min-field-overlap", "0.5"]] {
            let found = try run("epu-analyze", ["overlaps"] + criterion).output
            #expect(found.contains("none of 87 overexposed as far as could be compared; 3 could not be judged"))
        }
        let analysis = try Archive(folder["a.db"], access: .read).read { db in
            try Int64.fetchOne(db, sql: "SELECT analysis_id FROM analysis WHERE min_field_overlap = 0.5") ?? 0
        }
        let chosen = ["--analysis", "\(analysis)"]
        let summary = try run("epu-report", ["summary"] + chosen).output
        #expect(summary.contains("notice       In 90 exposures pixel size x magnification"))
        #expect(summary.contains("3 could not be judged, as what their fields had received is not known"))
        #expect(summary.contains("magnification 96000x; pixel size 8.7077 A; camera BM-Falcon"))
        #expect(summary.contains("high tension 300 kV; dose "))

        _ = try run("epu-report", ["html", "--no-pictures", "--out", "out"] + chosen)
        let page = try String(contentsOfFile: folder["out/s/report.html"], encoding: .utf8)
        #expect(page.contains("class=\"verdict unknown\""))
        #expect(page.contains("3 could not be judged, as what their fields had received is not known."))
        #expect(page.contains("is larger than the beam"))
        #expect(page.contains("magnification 96000x; pixel size 8.7077 Å;"))

        let lists = try run("epu-report", ["lists", "--out", "out"] + chosen).output
        #expect(lists.contains("0 bad, 87 to keep") && lists.contains("3 that could not be judged"))
        #expect(try column("overexposed").filter { $0.isEmpty }.count == 3)
        #expect(try column("pixel_size_doubtful").allSatisfy { $0 == "1" })
        #expect(try column("pre_dose_e_per_a2").contains(""))
        #expect(
            try run("epu-report", ["optics", "--out", "out"]).errors.contains("Notice: s: In 90 exposures pixel size"))
    }

    @Test("Without beam diameters what was received is not known: in no list, table, page or caption is it 0")
    func noBeam() throws {
        _ = try ingest {
            $0.replacingOccurrences(
                of: "<BeamDiameter>[^<]*<", with: "<BeamDiameter>0<", options: .regularExpression)
        }
        let found = try run("epu-analyze", ["overlaps", "--radius", "0.3"]).output
        #expect(found.contains("not known") && found.contains("without beam diameter: what they hit is not known"))
        _ = try run("epu-report", ["lists", "--out", "out"])
        let bad = try column("overexposed").enumerated().filter { $0.element == "1" }.map(\.offset)
        #expect(bad.count == 3)
        let (doses, shares) = (try column("pre_dose_e_per_a2"), try column("field_share"))
        #expect(bad.allSatisfy { doses[$0].isEmpty && shares[$0].isEmpty })
        // The first of all had nothing before it.
        #expect(doses[0] == "0.0" && shares[0] == "0.0")
        let compared = try run("epu-report", ["compare"]).output
        #expect(compared.contains("not known of"))
        #expect(compared.contains(/\n  95 % have at most +not known\n/))
        #expect(compared.contains(/\n  greatest +not known\n/))
        _ = try run("epu-report", ["html", "--no-pictures", "--out", "out"])
        let page = try String(contentsOfFile: folder["out/s/report.html"], encoding: .utf8)
        #expect(page.contains("<dt>share of the field hit</dt><dd>not known</dd>"))
        #expect(page.contains("<dt>dose before</dt><dd>not known</dd>"))
        // A person's word counts in the analysis, on the page and in plots alike.
        let assumed = try run("epu-analyze", ["overlaps", "--radius", "0.3", "--missing-beam-diameter", "0.9"]).output
        #expect(!assumed.contains("not known"))
        try Archive(folder["a.db"], access: .read).read { db in
            let session = try SessionRow.select(db, names: [])[0]
            let id = try Int64.fetchOne(db, sql: "SELECT max(analysis_id) FROM analysis")
            let choice = try #require(try AnalysisChoice(of: session, analysisID: id, db))
            #expect(try PageExposures(choice, db).beamDiameters == [0.9])
            #expect(try OverlapMap(choice, db).exposures.allSatisfy { $0.radius == 0.45 })
            let place = try MontagePair.places(
                db, of: choice, order: MontageOrder(grouping: .pair, sorting: .time), limit: 1)[0]
            let pair = try MontagePair.fetch(db, place, of: choice)
            #expect(pair.later.beamDiameter == 0.9 && pair.isPlaced)
        }
    }

    @Test("Where no share is known the two are placed all the same, and the caption says what is not known")
    func caption() throws {
        _ = try ingest {
            $0.replacingOccurrences(
                of: "<BeamDiameter>[^<]*<", with: "<BeamDiameter>0<", options: .regularExpression)
        }
        _ = try run("epu-analyze", ["overlaps", "--radius", "0.3"])
        try Archive(folder["a.db"], access: .read).read { db in
            let choice = try #require(try AnalysisChoice.select(db, sessions: [], analysisID: nil).first)
            let place = try MontagePair.places(
                db, of: choice, order: MontageOrder(grouping: .pair, sorting: .time), limit: 1)[0]
            let pair = try MontagePair.fetch(db, place, of: choice)
            #expect(pair.isPlaced && pair.fieldOverlap == nil)
            var tiles = MontageTiles(loader: PreviewLoader(scale: .full), holeImages: [:], box: (512, 512))
            let note = tiles.tiles(of: pair)[1].note
            #expect(note.contains("field share not known") && note.contains("dose before not known"))
        }
    }
}
