import Foundation
import TestSupport
import Testing

@Suite("epu-report run")
struct RunTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for (name, options) in [
            ("faulty", ["--unmoved-stage", "1"]), ("clean", ["--instrument", "7", "--seed", "2"]),
        ] {
            let run = try tool("epu-simulate", [name, "--exposures", "240", "--no-images"] + options)
            try #require(run.status == 0, "\(run.errors)")
        }
    }

    private func tool(_ name: String, _ arguments: [String], path: String? = nil) throws -> ToolRun {
        var environment = ["EPU_ARCHIVE": folder["a.db"]]
        if let path { environment["PATH"] = path }
        return try ToolRun.run(name, arguments, in: folder.path, environment: environment)
    }

    private func lines(_ path: String) throws -> [Substring] { try folder.text(path).split(separator: "\n") }

    @Test("It says what the single tools find, and writes page and lists of each session below the folders")
    func all() throws {
        let run = try tool("epu-report", ["run", "faulty", "clean"])
        #expect(run.status == 0, "\(run.errors)")
        let (bad, keep) = (
            try lines("report/faulty/duplicates_badfiles_jpg.txt"),
            try lines("report/faulty/duplicates_keepfiles_jpg.txt")
        )
        #expect(!bad.isEmpty && bad.count + keep.count == 240)
        let share = String(format: "%.1f", 100 * Double(bad.count) / 240)
        #expect(
            run.output.contains(
                "faulty: drop \(bad.count) of 240 micrographs (\(share) %): \(bad.count) unmoved-stage\n"),
            "\(run.output)")
        #expect(run.output.contains("unmoved-stage"))
        #expect(run.output.contains("of what to drop: report/faulty/duplicates_badfiles_jpg.txt\n"))
        #expect(run.output.contains("names are guessed by the camera"))
        #expect(run.output.contains("epu-report optics --session faulty\n"))
        #expect(run.output.contains("clean: nothing to drop of 240 micrographs\n"), "\(run.output)")
        #expect(try lines("report/clean/duplicates_badfiles_jpg.txt").isEmpty)
        for session in ["faulty", "clean"] { #expect(folder.names("report/\(session)").contains("report.html")) }
        let summary = try tool("epu-report", ["summary", "--session", "faulty"]).output
        #expect(summary.contains("\(bad.count) of 240 overexposed (\(share) %)"))
        // Nothing is read or analysed twice.
        let made = "\nmade the archive \(folder["a.db"])\n"
        #expect(
            run.output.hasSuffix(
                "2 sessions: drop \(bad.count) of 480 micrographs (\(String(format: "%.1f", 100 * Double(bad.count) / 480)) %), in 1 session"
                    + made))
        #expect(try tool("epu-report", ["run", "faulty", "clean"]).output + made.dropFirst() == run.output)
        #expect(
            try tool("epu-report", ["tables", "--table", "analyses", "-o", "-"]).output.split(separator: "\n").count
                == 3)
    }

    @Test("Files of an earlier run are no reason to warn, as all are written again; others are")
    func again() throws {
        _ = try tool("epu-report", ["run", "faulty", "-q"])
        _ = try tool("epu-analyze", ["overlaps", "--radius", "0.5", "-q"])
        #expect(try tool("epu-analyze", ["publish", "2"]).status == 0)
        let run = try tool("epu-report", ["run", "faulty", "-q"])
        #expect(run.status == 0)
        #expect(!run.errors.contains("again, too"), "\(run.errors)")
        #expect(run.errors.contains("in place of analysis 1"), "\(run.errors)")
        _ = try tool("epu-report", ["plots", "--session", "faulty", "-q"])
        #expect(try tool("epu-analyze", ["publish", "1"]).status == 0)
        #expect(try tool("epu-report", ["run", "faulty", "-q"]).errors.contains("Run plots again, too"))
    }

    @Test("Of a grid square that is given alone it says that it is a part of a session")
    func part() throws {
        let square = try #require(folder.names("clean/Images-Disc1").first)
        let run = try tool("epu-report", ["run", "clean/Images-Disc1/\(square)", "--quiet"])
        #expect(run.status == 0 && run.errors.contains("clean: only a part of "), "\(run.errors)")
        #expect(try !tool("epu-report", ["run", "clean", "--quiet"]).errors.contains("only a part"))
    }

    @Test("The sum says of how many sessions not all is known, by the rule of the sessions' own lines")
    func unknown() throws {
        // Without beam diameters, as a microscope with two condensers writes them.
        let files = FileManager.default.enumerator(atPath: folder["clean"])
        while let file = files?.nextObject() as? String {
            guard file.contains("/Data/"), file.hasSuffix(".xml") else { continue }
            let path = folder["clean/" + file]
            try String(contentsOfFile: path, encoding: .utf8).replacingOccurrences(
                of: "<BeamDiameter>[^<]*<", with: "<BeamDiameter>0<", options: .regularExpression
            ).write(toFile: path, atomically: false, encoding: .utf8)
        }
        let run = try tool("epu-report", ["run", "faulty", "clean"])
        #expect(run.output.contains("clean: nothing found to drop of 240 micrographs\n"), "\(run.output)")
        #expect(run.output.contains("; what a wider beam hit is not known, as no beam diameter is recorded\n"))
        #expect(run.output.contains(", in 1 session; not all is known of 1\n"))
    }

    @Test("What a person said is obeyed; another folder's sessions are left alone")
    func reviews() throws {
        _ = try tool("epu-report", ["run", "faulty", "clean", "-q"])
        let bad = try lines("report/faulty/duplicates_badfiles_jpg.txt")
        _ = try tool("epu-analyze", ["review", "--keep", String(try #require(bad.first))])
        let again = try tool("epu-report", ["run", "faulty", "--out", "other", "--json"])
        let outcomes = try #require(
            try JSONSerialization.jsonObject(with: Data(again.output.utf8)) as? [[String: Any]])
        #expect(outcomes.count == 1)
        #expect(outcomes.first?["drop"] as? Int == bad.count - 1)
        #expect(outcomes.first?["keep"] as? Int == 240 - bad.count + 1)
        #expect(folder.names("other") == ["faulty"])
        // The page counts as the lists do, also what the analysis says nothing of.
        let page = try folder.text("other/faulty/report.html")
        #expect(page.contains("<strong>\(bad.count - 1) of 240 micrographs"))
        for name in bad { _ = try tool("epu-analyze", ["review", "--keep", String(name)]) }
        let kept = try tool("epu-report", ["run", "faulty", "--out", "kept"])
        #expect(kept.output.contains("faulty: nothing to drop of 240 micrographs"), "\(kept.output)")
        let nothing = try folder.text("kept/faulty/report.html")
        #expect(nothing.contains("<strong>0 of 240 micrographs"))
        #expect(!nothing.contains("All were lost"))
    }

    @Test("Where a tool fails it ends with its status, and nothing is written")
    func failures() throws {
        let missing = try tool("epu-report", ["run", "none"])
        #expect(missing.status == 1)
        #expect(missing.errors.contains("none: No such file or directory"), "\(missing.errors)")
        try FileManager.default.createDirectory(atPath: folder["empty"], withIntermediateDirectories: true)
        #expect(try tool("epu-report", ["run", "empty"]).status == 1)
        #expect(try tool("epu-report", ["run"]).status == 64)
        #expect(!folder.names().contains("report"))
    }

    @Test("A session that cannot be analysed is named, and takes no report of another with it")
    func unanalysed() throws {
        var image = SampleImage()
        image.beamDiameter = 0
        try folder.write("poor/Images-Disc1/GridSquare_7/Data/FoilHole_1_Data_2_3_20250108_154915.xml", image.xml)
        let run = try tool("epu-report", ["run", "poor", "clean"])
        #expect(run.status == 1)
        #expect(run.errors.contains("Not analysed: poor."), "\(run.errors)")
        #expect(run.output.contains("clean: nothing to drop of 240 micrographs"), "\(run.output)")
        #expect(folder.names("report") == ["clean"])
    }

    @Test("A page that no browser can show is there all the same, and named")
    func noBrowser() throws {
        let run = try tool("epu-report", ["run", "clean", "--open"], path: "/nowhere")
        #expect(run.status == 1)
        #expect(run.errors.contains("Open report/clean/report.html in one yourself"), "\(run.errors)")
        #expect(folder.names("report/clean").contains("report.html"))
    }
}
