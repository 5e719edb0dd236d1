import EPUArchive
import Foundation
import GRDB
import TestSupport
import Testing

@Suite("Lists that people and programs use")
struct ListedFilesTests {
    private let folder: TemporaryFolder

    /// A session of which 13 or more micrographs were exposed twice, and what was found in it.
    init() throws {
        folder = try TemporaryFolder()
        _ = try run("epu-simulate", ["s", "--exposures", "120", "--repeated-hole", "2", "--seed", "4"])
        _ = try run("epu-ingest", ["s"])
        _ = try run("epu-analyze", [])
    }

    private func run(_ tool: String, _ arguments: [String]) throws -> String {
        let run = try ToolRun.run(tool, arguments, in: folder.path, environment: ["EPU_ARCHIVE": folder["a.db"]])
        try #require(run.status == 0, "\(run.errors)")
        return run.output
    }

    private func rows(_ file: String) throws -> [[String: String]] {
        let lines = try folder.text("report/s/" + file).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let columns = try #require(lines.first)
        return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(columns, $0)) }
    }

    private func lines(_ file: String) throws -> [String] {
        try folder.text("report/s/" + file).split(separator: "\n").map(String.init)
    }

    @Test("overexposed.csv has what hit each micrograph, in digits that count, and reviews")
    func overexposed() throws {
        _ = try run("epu-report", ["lists"])
        let bad = try lines("duplicates_badfiles_jpg.txt").map {
            String(($0 as NSString).lastPathComponent.dropLast(4))
        }
        let table = try rows("overexposed.csv")
        #expect(!bad.isEmpty && table.map { $0["name"] } == bad)
        for row in table {
            #expect(row["cause"] == "same-area" && row["review"] == "" && row["incident"]?.isEmpty == false)
            #expect(row["distance_um"]?.contains(/^0\.\d{1,3}$/) == true, "\(row)")
            #expect(row["field_overlap_percent"]?.contains(/^\d+\.\d$/) == true, "\(row)")
            #expect(row["pre_dose_e_per_a2"]?.contains(/^\d+\.\d$/) == true, "\(row)")
            #expect(row["acquired_at"]?.hasSuffix("Z") == true)
            let (hole, earlier) = (try #require(row["foil_hole"]), try #require(row["overexposed_by"]))
            #expect(
                row["name"]?.hasPrefix("FoilHole_\(hole)_") == true
                    && earlier.suffix(15) < (row["name"] ?? "").suffix(15))
        }
        _ = try run("epu-analyze", ["review", "--keep", bad[0]])
        let said = try run("epu-report", ["lists"])
        #expect(
            said.contains("\n  1 of these as a person marked them: 1 to keep, 0 bad; `epu-analyze review` lists them\n")
        )
        #expect(try rows("overexposed.csv").map { $0["review"] } == ["keep"] + bad.dropFirst().map { _ in "" })
    }

    @Test(
        "exposures.csv begins with the verdict, has all columns of exposure whatever EPU recorded, and no digits of round-off"
    )
    func exposures() throws {
        _ = try run("epu-report", ["lists"])
        let columns = try #require(lines("exposures.csv").first).split(separator: ",")
        #expect(columns.prefix(5) == ["name", "list", "not_judged", "overexposed", "cause"])
        let table = try rows("exposures.csv")
        #expect(table.count == 120)
        let recorded = try #require(
            run("epu-report", ["tables", "--table", "exposure", "-o", "-"]).split(separator: "\n").first)
        #expect(Set(columns).isSuperset(of: recorded.split(separator: ",")))
        #expect(Set(columns).count == columns.count)
        #expect(table.allSatisfy { $0["gun_flash"] == "" }, "a column without values stays")
        let bad = try lines("duplicates_badfiles_jpg.txt").count
        #expect(table.count { $0["list"] == "bad" } == bad && table.count { $0["list"] == "keep" } == 120 - bad)
        for (column, value) in table.joined() where value.contains(/^-?\d+\.\d+$/) {
            #expect(
                value.filter(\.isNumber).drop { $0 == "0" }.count <= 9 || column.hasSuffix("version"),
                "\(column) \(value)")
        }
        // The measurements are those of the archive.
        let exact = try run("epu-report", ["tables", "--table", "exposure", "-o", "-"]).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let (x, name) = (exact[0].firstIndex(of: "stage_x_um"), exact[0].firstIndex(of: "name"))
        for row in exact.dropFirst() {
            let listed = table.first { $0["name"] == row[name ?? 0] }
            let (a, b) = (Double(row[x ?? 0]), Double(listed?["stage_x_um"] ?? ""))
            #expect(abs((a ?? .nan) - (b ?? 0)) < 1e-6)
        }
    }

    @Test("An exposure in neither list has its reason in the table, and in what is printed")
    func neither() throws {
        _ = try run("epu-ingest", ["s", "--db", "b.db"])
        try Archive(folder["b.db"], access: .write).write {
            try $0.execute(sql: "UPDATE exposure SET dose_e_per_a2 = NULL")
        }
        _ = try run("epu-analyze", ["overlaps", "--min-pre-dose", "5", "--db", "b.db"])
        let said = try run("epu-report", ["lists", "--db", "b.db"])
        let table = try rows("exposures.csv")
        let neither = table.filter { $0["list"] == "notjudged" }
        #expect(!neither.isEmpty)
        #expect(try neither.count == lines("duplicates_notjudged_jpg.txt").count)
        #expect(
            neither.allSatisfy {
                $0["not_judged"] == "what its field had received is not known" && $0["overexposed"] == ""
            })
        #expect(table.allSatisfy { ($0["list"] == "notjudged") == ($0["not_judged"] != "") })
        #expect(
            said.contains(
                "\n  \(neither.count) in neither list, but in duplicates_notjudged_*.txt: \(neither.count) that could not be judged"
            ))
    }

    @Test(
        "What is gone from disk is named and left out, so that rsync copies the rest; what was moved away as a whole is not gone",
        .enabled(if: access("/usr/bin/rsync", X_OK) == 0, "there is no rsync"))
    func gone() throws {
        _ = try run("epu-report", ["lists"])
        let all = try lines("duplicates_keepfiles_rsync.txt")
        for file in all.prefix(3) { try FileManager.default.removeItem(atPath: folder["s/" + file]) }
        let said = try run("epu-report", ["lists"])
        #expect(try lines("duplicates_keepfiles_rsync.txt") == Array(all.dropFirst(3)))
        #expect(
            said.contains(
                "\n  3 files that epu-ingest read are no longer on disk: the lists for rsync leave them out\n"))
        for file in all.prefix(3) { #expect(said.contains("\n    \(folder["s/" + file])\n")) }
        let line = try #require(said.split(separator: "\n").last { $0.contains("rsync -a") })
        let command = try #require(line.split(separator: "to keep: ").last).replacing("DEST", with: "copied")
        let copy = try ToolRun.command(["/bin/sh", "-c", String(command)], in: folder.path)
        #expect(copy.status == 0, "\(copy.errors)")
        #expect(FileManager.default.fileExists(atPath: folder["copied/" + all[3]]))

        try FileManager.default.moveItem(atPath: folder["s"], toPath: folder["elsewhere"])
        let moved = try run("epu-report", ["lists"])
        #expect(try lines("duplicates_keepfiles_rsync.txt") == all)
        #expect(moved.contains("\n  \(folder["s"]) is not on this machine: run this where it is:\n"))
        #expect(!moved.contains("no longer on disk"))
    }

    @Test("A montage whose pictures are deleted is a sentence, and leaves the pages of an earlier run")
    func montage() throws {
        let before = try run("epu-report", ["montage"])
        #expect(before.contains("report/s/duplicates.png"))
        _ = try run("epu-report", ["lists"])
        let pictures = try lines("duplicates_badfiles_jpg.txt")
        try FileManager.default.removeItem(atPath: pictures[0])
        #expect(
            try run("epu-report", ["montage"]).contains("\n  1 of \(2 * pictures.count) pictures no longer on disk\n"))
        for file in FileManager.default.enumerator(atPath: folder["s"])?.compactMap({ $0 as? String }) ?? []
        where file.hasSuffix(".jpg") { try FileManager.default.removeItem(atPath: folder["s/" + file]) }
        let after = try run("epu-report", ["montage"])
        #expect(
            after == "s: the JPGs of all \(pictures.count) overexposed exposures are no longer on disk, no montage\n")
        #expect(folder.names("report/s").contains("duplicates.png"))
    }

    @Test("A session whose name begins with a hyphen stands in commands so that they work")
    func hyphen() throws {
        try FileManager.default.moveItem(atPath: folder["s"], toPath: folder["-s"])
        // Without it the session is called as its folder.
        try FileManager.default.removeItem(atPath: folder["-s/EpuSession.dm"])
        let said = try run("epu-report", ["run", "--db", "b.db", "--", "-s"])
        let line = try #require(said.split(separator: "\n").first { $0.contains("epu-report optics") })
        #expect(line.hasSuffix("epu-report optics --db b.db --session=-s"))
        #expect(try run("epu-report", ["optics", "--db", "b.db", "--session=-s"]).hasPrefix("-s: "))
    }
}
