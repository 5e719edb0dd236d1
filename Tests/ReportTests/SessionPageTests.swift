import EPUArchive
import EPUCore
import EPUDrawing
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_report

@Suite("The page of a session")
struct SessionPageTests {
    private let archive: MontageArchive
    private let out: String

    init() throws {
        archive = try MontageArchive()
        out = archive.folder + "/report"
        try archive.analysis(1)
    }

    private func page(pictures: Bool = true) throws -> (text: String, written: HTMLCommand.Written) {
        let written = try archive.archive.read { db in
            let choices = try AnalysisChoice.select(db, sessions: [], analysisID: nil)
            return try SessionPage(db, of: choices[0], archive: "/data/a.db")
        }.write(to: out, pictures: pictures)
        return (try String(contentsOfFile: written.file, encoding: .utf8), written)
    }

    /// Makes one incident of the overexposed of analysis 1, which are placed where the stage was.
    private func incident(_ number: Int, _ first: Int64, _ cause: String = "same-area") throws {
        try archive.archive.write { db in
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO placement (placement_set_id, exposure_id, x_um, y_um)
                    SELECT 1, exposure_id, stage_x_um, stage_y_um FROM exposure;
                    UPDATE overlap SET field_overlap = 0.5;
                    """)
            try db.execute(
                sql: "INSERT INTO incident VALUES (1, ?1, 1, ?2, ?3, ?3, 1, 1, 1, 0.012, 40.04)",
                arguments: [number, cause, first])
            try db.execute(
                sql: "UPDATE overexposure SET incident = ? WHERE exposure_id = ?", arguments: [number, first])
        }
    }

    @Test(
        "Times are by the microscope's clock, of which the heading has the offset; a time without one is by the session's usual"
    )
    func clock() throws {
        let earlier = try archive.exposure(hole: 7, minute: 5)
        let later = try archive.exposure(hole: 8, minute: 9)
        try archive.exposure(hole: 9, minute: 10)
        try archive.overlap(earlier, later)
        try incident(1, later)
        func offset(_ sql: String) throws { try archive.archive.write { try $0.execute(sql: sql) } }
        try offset("UPDATE exposure SET utc_offset_minutes = NULL WHERE exposure_id = \(later)")
        let usual = try page(pictures: false).text
        #expect(usual.contains("11:05 to 2025-01-08 11:10 (microscope&#39;s clock, UTC+01:00)"))
        #expect(usual.contains("All were lost at 11:09"))
        try offset("UPDATE exposure SET utc_offset_minutes = NULL")
        let unknown = try page(pictures: false).text
        #expect(unknown.contains("to 2025-01-08 10:10 (microscope&#39;s clock, its offset from UTC is not known)"))
    }

    @Test("It says what was found: the verdict, and each incident with its figures and pictures")
    func findings() throws {
        let earlier = try archive.exposure(hole: 7, minute: 5, picture: .grey(60))
        let later = try archive.exposure(hole: 8, minute: 9, picture: .grey(100))
        try archive.exposure(hole: 9, minute: 10)
        try archive.overlap(earlier, later)
        try incident(1, later)
        let (text, written) = try page()
        #expect(written.file == out + "/grid1/report.html")
        #expect(written.incidents == 1 && written.withoutPicture == 0)
        #expect(
            text.contains(
                "<strong>1 of 3 micrographs (33.3 %) should be dropped</strong>: it was shot where the grid had been exposed before. "
                    + "All were lost at 11:09 <span title=\"same-area\">when a hole was shot again</span> "
                    + "(<a href=\"#incident-1\">incident 1</a>)."))
        for part in ["<dd>50 %, mean</dd>", "<dd>40.0 e⁻/Å², mean</dd>", "FoilHole_7_Data_5_1_20250108_110500"] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(text.components(separatedBy: "src=\"data:image/jpeg;base64,").count == 3)
        for which in ["earlier", "later"] {
            let file = "report_assets/incident-1-\(which)-\(which == "earlier" ? earlier : later).jpg"
            #expect(text.contains("data-large=\"\(file)\""))
            let large = try JPEGDecoder().decodeGrey(path: out + "/grid1/\(file)")
            #expect(large.width == 512 && large.height == 364)
            #expect(abs(Int(large.pixels[1000]) - (which == "earlier" ? 60 : 100)) <= 2)
        }
    }

    @Test("What a person says of micrographs is in the number to drop")
    func reviewed() throws {
        let first = try archive.exposure(hole: 7, minute: 5)
        let second = try archive.exposure(hole: 7, minute: 9)
        let third = try archive.exposure(hole: 8, minute: 10)
        try archive.overlap(first, second)
        try incident(1, second)
        func verdict(_ reviews: [Int64: String]) throws -> String {
            try archive.archive.write { db in
                try db.execute(sql: "DELETE FROM review")
                for (exposure, word) in reviews {
                    try db.execute(
                        sql: "INSERT INTO review VALUES (?, ?, NULL, '2025-01-09')", arguments: [exposure, word])
                }
            }
            let text = try page(pictures: false).text
            return String(try #require(text.firstMatch(of: /<p class="verdict [^\n]*/)).0)
        }
        #expect(try verdict([first: "keep"]).contains("verdict bad\"><strong>1 of 3 micrographs (33.3 %)"))
        let kept = try verdict([second: "keep"])
        #expect(
            kept.contains("verdict good\"><strong>0 of 3 micrographs (0.0 %) should be dropped</strong>: 1 was shot"))
        #expect(kept.contains("a person keeps 1 of these."))
        let both = try verdict([second: "bad", third: "bad"])
        #expect(both.contains("<strong>2 of 3 micrographs (66.7 %) should be dropped</strong>"))
        #expect(both.contains("a person marked 1 more bad."))
    }

    @Test("Folders of JPGs are few, and one whose name is another exposure's has none")
    func folders() throws {
        var folders = PictureFolders()
        #expect(folders.number(ofRoot: 1, path: "Images/Data/a.jpg", name: "a") == 0)
        #expect(folders.number(ofRoot: 1, path: "Images/Data/b.jpg", name: "b") == 0)
        #expect(folders.number(ofRoot: 2, path: "a.jpg", name: "a") == 1)
        #expect(folders.number(ofRoot: 1, path: "Images/Data/xa.jpg", name: "a") == nil)
        #expect(folders.number(ofRoot: 1, path: "Images/Data/a.JPG", name: "a") == nil)
        #expect(folders.number(ofRoot: nil, path: nil, name: "a") == nil)
    }

    @Test("Units are typeset after numbers, and nowhere else")
    func units() {
        #expect(PageUnits.typeset("radius 0.2 um, 40 e/A^2, 1.05 A") == "radius 0.2 µm, 40 e⁻/Å², 1.05 Å")
        #expect(PageUnits.typeset("what umbra A had exposed, 5 umbrellas") == "what umbra A had exposed, 5 umbrellas")
        #expect(PageUnits.typeset("radius 0.373456 um of 24.12 um") == "radius 0.3735 µm of 24.12 µm")
    }

    @Test("The same archive gives the same bytes")
    func reproducible() throws {
        let earlier = try archive.exposure(hole: 7, minute: 5)
        let later = try archive.exposure(hole: 8, minute: 9)
        try archive.overlap(earlier, later)
        try incident(1, later)
        #expect(try page().text == page().text)
    }

    @Test("Without a finding it says so, and leaves no picture of an earlier one")
    func nothing() throws {
        let earlier = try archive.exposure(hole: 7, minute: 5)
        let later = try archive.exposure(hole: 8, minute: 9)
        try archive.overlap(earlier, later)
        try incident(1, later)
        _ = try page()
        let own = out + "/grid1/report_assets/incident-notes.jpg"
        try Data().write(to: URL(fileURLWithPath: own))
        #expect(try FileManager.default.contentsOfDirectory(atPath: out + "/grid1/report_assets").count == 3)
        try archive.archive.write {
            try $0.execute(sql: "DELETE FROM overlap; DELETE FROM overexposure; DELETE FROM incident")
        }
        let (text, _) = try page()
        #expect(text.contains("None of 2 micrographs was shot where the grid had been exposed before."))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: out + "/grid1/report_assets") == ["incident-notes.jpg"])
        try FileManager.default.removeItem(atPath: own)
        _ = try page(pictures: false)
        #expect(!FileManager.default.fileExists(atPath: out + "/grid1/report_assets"))
    }

    @Test(
        "A picture that cannot be shown is a grey tile that says why",
        arguments: [(MontageArchive.Picture.none, "there is no JPG beside its XML"), (.lost, "the file is missing")]
            + BadPicture.allCases.map { (MontageArchive.Picture.bad($0), $0.problem.description) })
    func unusable(picture: MontageArchive.Picture, reason: String) throws {
        let earlier = try archive.exposure(hole: 7, minute: 5, picture: picture)
        let later = try archive.exposure(hole: 8, minute: 9)
        try archive.overlap(earlier, later)
        try incident(1, later)
        let (text, written) = try page()
        #expect(text.contains("<div class=\"no-picture\">No picture: \(reason)</div>"))
        #expect(written.withoutPicture == 1)
        #expect(text.components(separatedBy: "src=\"data:image/jpeg;base64,").count == 2)
    }

    @Test("Pictures of nothing but noise keep to what the page has for them")
    func noise() throws {
        let folder = try TemporaryFolder()
        var random = RandomSource(seed: 1, stream: "noise")
        let pixels = (0..<256 * 256).map { _ in UInt8(random.uniform(0, 255.9)) }
        let path = try folder.write(
            "noise.jpg", JPEGEncoder.grey(pixels, width: 256, height: 256, quality: 95))
        func bytes(atMost limit: Int) throws -> Int {
            let (picture, _) = try PagePicture.make(of: path, file: "large.jpg", atMost: limit)
            let text = try #require(picture.dataURL.split(separator: ",").last)
            return try #require(Data(base64Encoded: String(text))).count
        }
        #expect(try bytes(atMost: 1_000_000) > 20_000, "so noisy")
        let least = IncidentPictures.mostBytes / (2 * IncidentPictures.most)
        #expect(try bytes(atMost: least) <= least)
    }

    @Test("Names that are HTML are names")
    func hostile() throws {
        let evil = "</title><script>alert('1')</script><img src=x onerror=alert(2)>\"&"
        let earlier = try archive.exposure(hole: 7, minute: 5)
        let later = try archive.exposure(hole: 8, minute: 9)
        try archive.overlap(earlier, later)
        try incident(1, later)
        try archive.archive.write { db in
            for sql in [
                "UPDATE session SET name = ?1, instrument_id = ?1, epu_version = ?1",
                "UPDATE exposure SET name = ?1 || exposure_id",
                "UPDATE source_file SET status = 'malformed', problem = ?1 WHERE source_file_id = 1",
            ] {
                try db.execute(sql: sql, arguments: [evil])
            }
        }
        let (text, _) = try page()
        // The page's own scripts and no other; no tag that came with a name.
        #expect(text.components(separatedBy: "<script").count - 1 == 1 + Page.sessionScripts.count)
        #expect(!text.contains("<img src=x"))
        #expect(text.contains("<h1>&lt;/title&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"))
        #expect(text.components(separatedBy: "</title>").count == 2)
    }

    @Test("What came after the analysis, and what could not be read, is said above all")
    func notices() throws {
        try archive.exposure(hole: 7, minute: 5)
        try archive.archive.write { db in
            try db.execute(
                sql: """
                    UPDATE source_file SET status = 'malformed', problem = 'cut short' WHERE path LIKE '%.xml';
                    UPDATE source_file SET kind = 'exposure';
                    INSERT INTO source_file (session_root_id, path, stem, kind, status, problem)
                    VALUES (1, 'hole.xml', 'hole', 'hole', 'malformed', 'empty');
                    """)
        }
        let (text, _) = try page()
        #expect(text.contains("1 exposure came after analysis 1 and was not judged"))
        #expect(
            text.contains("1 exposure could not be read and was not judged; 1 other file could not be read: see Files.")
        )
        #expect(text.contains("<td>cut short</td>"))
    }

    @Test("What the analysis asked for is in the verdict, and what it does not know is said; neither is all clear")
    func criteria() throws {
        try archive.exposure(hole: 7, minute: 5)
        try archive.exposure(hole: 8, minute: 9)
        try archive.archive.write { db in
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO placement (placement_set_id, exposure_id, x_um, y_um)
                    SELECT 1, exposure_id, stage_x_um, stage_y_um FROM exposure;
                    UPDATE analysis SET radius_um = NULL, min_pre_dose_e_per_a2 = 5, without_dose = 2;
                    INSERT INTO undecided_exposure SELECT 1, max(exposure_id) FROM exposure;
                    """)
        }
        let (text, _) = try page()
        #expect(
            text.contains(
                "<p class=\"verdict unknown\">Not known for all: none of 1 micrograph meets the criteria "
                    + "(at least 5 e⁻/Å² before). 1 could not be judged, as what their fields had received is not known."
                    + "</p>"))
        #expect(
            text.contains(
                "<dt>overexposed</dt><dd>not known<small>none found as far as could be compared</small></dd>"))
        #expect(text.contains("2 exposures without dose: what they gave is not known."))
        try archive.archive.write {
            try $0.execute(sql: "UPDATE analysis SET without_dose = 0; DELETE FROM undecided_exposure")
        }
        let judged = try page().text
        #expect(judged.contains("<p class=\"verdict good\">None of 2 micrographs meets"))
        #expect(judged.contains("<dt>overexposed</dt><dd>0<small>0.0 %</small></dd>"))
    }

    @Test("A page that cannot be written leaves the older one with its pictures")
    func unwritable() throws {
        let earlier = try archive.exposure(hole: 7, minute: 5)
        let later = try archive.exposure(hole: 8, minute: 9)
        try archive.overlap(earlier, later)
        try incident(1, later)
        let assets = out + "/grid1/report_assets"
        _ = try page()
        let before = try FileManager.default.contentsOfDirectory(atPath: assets).sorted()
        // Another pair, and a folder in the page's place.
        let third = try archive.exposure(hole: 9, minute: 20)
        try archive.archive.write { db in
            try db.execute(sql: "DELETE FROM overlap; DELETE FROM overexposure; DELETE FROM incident")
        }
        try archive.overlap(earlier, third)
        try incident(1, third)
        let file = out + "/grid1/report.html"
        try FileManager.default.moveItem(atPath: file, toPath: file + ".old")
        try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: true)
        #expect(throws: Failure.self) { try page() }
        let after = try FileManager.default.contentsOfDirectory(atPath: assets)
        #expect(Set(before).isSubset(of: after))
    }
}
