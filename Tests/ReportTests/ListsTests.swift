import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_report

private func isRefused(_ run: ToolRun, _ status: Int32, _ words: String) -> Bool {
    run.status == status && run.output.isEmpty && run.errors.contains(words)
}

@Suite("epu-report lists and summary")
struct ListsTests {
    private let folder: TemporaryFolder
    private let sample: SampleArchive

    /// The analysis that is made here is of a matrix that was given.
    private static let why = "the first that was made"
    private static let names = [
        "FoilHole_1_Data_5_6_20250108_120000", "FoilHole_2_Data_5_6_20250108_120100",
        "FoilHole_1_Data_5_6_20250108_120200",
    ]

    /// Three exposures, of which the third repeats the first.
    init() throws {
        folder = try TemporaryFolder()
        sample = try SampleArchive(folder["a.db"])
        try sample.add(
            "s/1",
            [
                .init(hole: 1, area: 5, time: 0, name: Self.names[0]),
                .init(hole: 2, area: 5, stage: Vector2(9, 9), time: 60, name: Self.names[1]),
                .init(hole: 1, area: 5, stage: Vector2(0.1, 0), time: 120, name: Self.names[2]),
            ])
    }

    private func analyse() throws {
        #expect(try report(["overlaps", "--k", "25", "--radius", "0.4"], tool: "epu-analyze").status == 0)
    }

    private func report(_ arguments: [String], tool: String = "epu-report") throws -> ToolRun {
        try ToolRun.run(tool, arguments, in: folder.path, environment: ["EPU_ARCHIVE": folder["a.db"]])
    }

    private func lines(_ file: String) throws -> [String] {
        try folder.text("report/s_1/" + file).split(separator: "\n").map(String.init)
    }

    @Test("The later of a pair is bad, all others are to keep")
    func badAndKeep() throws {
        try analyse()
        let run = try report(["lists"])
        #expect(run.status == 0)
        #expect(
            run.output.hasPrefix("s/1: 1 bad, 2 to keep (analysis 1, radius 0.4 um, \(Self.why)), in report/s_1\n"))
        #expect(
            folder.names("report/s_1") == [
                "about.json", "duplicates_badfiles_jpg.txt", "duplicates_badfiles_rsync.txt",
                "duplicates_badfiles_tiff.txt",
                "duplicates_keepfiles_jpg.txt", "duplicates_keepfiles_rsync.txt", "duplicates_keepfiles_tiff.txt",
                "duplicates_notjudged_jpg.txt", "duplicates_notjudged_rsync.txt", "duplicates_notjudged_tiff.txt",
                "exposures.csv", "overexposed.csv",
            ])
        #expect(try lines("duplicates_badfiles_jpg.txt") == ["/data/s/1/\(Self.names[2]).jpg"])
        #expect(try lines("duplicates_badfiles_tiff.txt") == ["\(Self.names[2])_fractions.tiff"])
        #expect(try lines("duplicates_keepfiles_jpg.txt").count == 2)
        #expect(try lines("duplicates_keepfiles_tiff.txt") == Self.names[0...1].map { $0 + "_fractions.tiff" })
    }

    @Test("The lists for rsync have XML and JPG relative to the session's folder, which the message names")
    func rsync() throws {
        try addImage(1)
        try analyse()
        let run = try report(["lists"])
        #expect(
            run.output.contains(
                "copy the 3 files to keep: "
                    + "rsync -a --files-from=report/s_1/duplicates_keepfiles_rsync.txt /data/s/1 DEST"))
        #expect(
            try lines("duplicates_keepfiles_rsync.txt")
                == [Self.names[0] + ".xml", Self.names[0] + ".jpg", Self.names[1] + ".xml"])
        #expect(try lines("duplicates_badfiles_rsync.txt") == [Self.names[2] + ".xml"])
    }

    @Test("With --raw-data they have the movies that are there, relative to that folder")
    func rsyncMovies() throws {
        try analyse()
        try folder.write("raw/a b/\(Self.names[0])_fractions.tiff", "")
        try folder.write("raw/#\(Self.names[2])_fractions.tiff", "")
        let run = try report(["lists", "--raw-data", "raw"])
        #expect(run.output.contains("copy the file to keep: rsync -a "))
        #expect(run.output.contains("\(folder["raw"]) DEST"))
        #expect(try lines("duplicates_keepfiles_rsync.txt") == ["a b/\(Self.names[0])_fractions.tiff"])
        #expect(
            try lines("duplicates_badfiles_rsync.txt") == ["./#\(Self.names[2])_fractions.tiff"],
            "to rsync a line that begins with # is a comment")
    }

    @Test("rsync copies what the list names", .enabled(if: access("/usr/bin/rsync", X_OK) == 0, "there is no rsync"))
    func rsyncRuns() throws {
        try analyse()
        try folder.write("raw/ü/\(Self.names[0])_fractions.tiff", "1")
        try folder.write("raw/;\(Self.names[1])_fractions.tiff", "2")
        try folder.write("raw/\(Self.names[2])_fractions.tiff", "3")
        _ = try report(["lists", "--raw-data", "raw"])
        let list = folder["report/s_1/duplicates_keepfiles_rsync.txt"]
        let run = try ToolRun.run(
            "epu-report", [], in: folder.path,
            through: ["/bin/sh", "-c", "rsync -a --files-from=\(list) raw copied"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(folder.names("copied") == [";\(Self.names[1])_fractions.tiff", "ü"])
        #expect(folder.names("copied/ü") == ["\(Self.names[0])_fractions.tiff"])
    }

    @Test("Files of several folders are named from the folder that holds all of these")
    func rsyncFolder() throws {
        func keys(_ paths: String...) -> Set<PathKey> { Set(paths.map(PathKey.init)) }
        #expect(RsyncFolder(above: keys("/data/a"))?.path == "/data/a")
        #expect(RsyncFolder(above: keys("/data/a/x", "/data/ab/x", "/data/a"))?.path == "/data")
        #expect(RsyncFolder(above: keys("/data/a", "/mnt/b"))?.path == "/")
        #expect(RsyncFolder(above: []) == nil)
        #expect(RsyncFolder("/").relative("/data/x") == "data/x")
        #expect(RsyncFolder("/data").relative("/data/;x") == "./;x")
        // An accent after the slash is a name of its own.
        #expect(RsyncFolder("/data").relative("/data/\u{301}x") == "\u{301}x")
    }

    @Test("Lists hold a name's own bytes; a path with a line break is in none, and is told")
    func oddNames() throws {
        try addImage(1, path: "caf\\xE9 \\\\.jpg")
        try addImage(2, path: "line\nbreak.jpg")
        try analyse()
        let run = try report(["lists"])
        #expect(run.output.contains("1 path with a line break, which no list can hold:\n"))
        #expect(run.output.contains(#""/data/s/1/line\nbreak.jpg""#))
        let list = try Data(
            contentsOf: URL(fileURLWithPath: folder["report/s_1/duplicates_keepfiles_jpg.txt"]))
        #expect(Array(list) == Array("/data/s/1/caf".utf8) + [0xE9] + Array(" \\.jpg\n".utf8))
    }

    /// Gives an exposure a JPG.
    private func addImage(_ exposure: Int, path: String? = nil) throws {
        let path = path ?? Self.names[exposure - 1] + ".jpg"
        try sample.archive.write { db in
            try db.execute(
                sql: """
                    INSERT INTO source_file (session_root_id, path, stem, kind, status)
                    VALUES (1, ?, '', 'exposure-image', 'ok')
                    """, arguments: [path])
            try db.execute(
                sql: "UPDATE exposure SET image_file_id = ? WHERE exposure_id = ?",
                arguments: [db.lastInsertedRowID, exposure])
        }
    }

    @Test("The same archive gives the same bytes")
    func repeatable() throws {
        try analyse()
        _ = try report(["lists", "--out", "first"])
        _ = try report(["lists", "--out", "second"])
        // about.json has the date.
        for name in folder.names("first/s_1") where name != "about.json" {
            #expect(try folder.text("first/s_1/" + name) == folder.text("second/s_1/" + name))
        }
    }

    @Test("A person's verdict outweighs the analysis")
    func review() throws {
        try analyse()
        try sample.archive.write { db in
            try db.execute(
                sql: "INSERT INTO review VALUES (3, 'keep', 'it is fine', 'now'), (2, 'bad', 'ice, \"thick\"', 'now')")
        }
        let run = try report(["lists"])
        #expect(
            run.output.hasPrefix(
                "s/1: 1 bad, 2 to keep (analysis 1, radius 0.4 um, \(Self.why)), in report/s_1\n  2 of these as a person marked them: 1 to keep, 1 bad; "
            ))
        #expect(try lines("duplicates_badfiles_jpg.txt") == ["/data/s/1/\(Self.names[1]).jpg"])
        #expect(try lines("duplicates_badfiles_tiff.txt") == ["\(Self.names[1])_fractions.tiff"])
        #expect(try lines("duplicates_keepfiles_jpg.txt") == [0, 2].map { "/data/s/1/\(Self.names[$0]).jpg" })
        let json = try report(["lists", "--json"]).output
        #expect(json.contains("\"reviewed\" : 2"))
        #expect(try report(["summary"]).output.contains("reviewed     1 to keep, 1 bad, by a person"))
        #expect(
            try sample.archive.read { try String.fetchAll($0, sql: "SELECT name || review FROM overexposed") }
                == [Self.names[2] + "keep"])
        #expect(try lines("exposures.csv").contains { $0.contains(",bad,\"ice, \"\"thick\"\"\",") })
    }

    @Test("What epu-analyze review marks is obeyed and counted, before an analysis and when it came after one")
    func reviewTool() throws {
        let mark = try report(["review", Self.names[0] + "_fractions.tiff", "--bad"], tool: "epu-analyze")
        #expect(mark.status == 0, "\(mark.errors)")
        #expect(try report(["summary"]).output.contains("reviewed     0 to keep, 1 bad, by a person"))
        try analyse()
        let late = "FoilHole_9_Data_5_6_20250108_130000"
        try sample.add("s/1", [.init(hole: 9, area: 5, stage: Vector2(50, 50), time: 500, name: late)])
        #expect(try report(["review", late, "--bad"], tool: "epu-analyze").status == 0)
        _ = try report(["lists"])
        #expect(
            try lines("duplicates_badfiles_tiff.txt")
                == [Self.names[0], Self.names[2], late].map { $0 + "_fractions.tiff" })
        #expect(try report(["review", Self.names[0], late, "--clear"], tool: "epu-analyze").status == 0)
        _ = try report(["lists"])
        #expect(try lines("duplicates_badfiles_tiff.txt") == [Self.names[2] + "_fractions.tiff"])
        #expect(try !report(["summary"]).output.contains("reviewed"))
    }

    @Test("What came after the analysis is in no list, and the user is told")
    func outOfDate() throws {
        try analyse()
        try sample.add(
            "s/1",
            [.init(hole: 9, area: 5, stage: Vector2(50, 50), time: 500, name: "FoilHole_9_Data_5_6_20250108_130000")])
        let run = try report(["lists"])
        #expect(run.errors.contains("1 exposure came after analysis 1"))
        #expect(
            run.output.contains(
                "  1 in neither list, but in duplicates_notjudged_*.txt: 1 that the analysis does not have: run `epu-analyze`\n"
            ))
        #expect(try lines("duplicates_notjudged_jpg.txt") == ["/data/s/1/FoilHole_9_Data_5_6_20250108_130000.jpg"])
        #expect(try lines("duplicates_notjudged_tiff.txt") == ["FoilHole_9_Data_5_6_20250108_130000_fractions.tiff"])
        #expect(try lines("duplicates_notjudged_rsync.txt") == ["FoilHole_9_Data_5_6_20250108_130000.xml"])
        #expect(try lines("duplicates_keepfiles_jpg.txt").count == 2)
        #expect(try lines("exposures.csv").count == 5)
        #expect(try report(["summary"]).output.contains("1 came later and are not judged"))
        try analyse()
        #expect(try report(["lists"]).errors.isEmpty)
        #expect(try lines("duplicates_keepfiles_jpg.txt").count == 3)
    }

    @Test("exposures.csv has one row each, with position and finding")
    func table() throws {
        try analyse()
        _ = try report(["lists"])
        let rows = try lines("exposures.csv").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(rows.count == 4)
        #expect(rows.allSatisfy { $0.count == rows[0].count })
        func value(_ row: Int, _ column: String) -> Substring? {
            rows[0].firstIndex { $0 == column }.map { rows[row][$0] }
        }
        #expect(value(3, "name").map(String.init) == Self.names[2])
        #expect(value(3, "x_um") == "0.1")
        #expect(value(3, "overexposed") == "1")
        #expect(value(3, "cause") == "same-area")
        #expect(value(3, "overexposed_by").map(String.init) == Self.names[0])
        #expect(value(1, "overexposed") == "0")
        #expect(value(1, "distance_um") == "")
    }

    @Test("Where no movie was seen, movies are named as the camera does, which is said, or as the user says")
    func movieNames() throws {
        try analyse()
        let run = try report(["lists"])
        #expect(
            run.output.contains(
                "no movie was seen of the session: names are guessed by the camera, as \(Self.names[2])_fractions.tiff; --raw-data"
            ))
        let given = try report(["lists", "--movie-suffix", ".mrc"])
        #expect(!given.output.contains("guessed"))
        #expect(try lines("duplicates_badfiles_tiff.txt") == ["\(Self.names[2]).mrc"])
        try sample.archive.write { try $0.execute(sql: "UPDATE exposure SET camera = 'BM-Ceta'") }
        _ = try report(["lists"])
        #expect(try lines("duplicates_badfiles_tiff.txt") == ["\(Self.names[2])_Fractions.mrc"])
        try sample.archive.write {
            try $0.execute(sql: "UPDATE session SET movie_format = 'Tiff Lzw Non-Gain normalized'")
        }
        _ = try report(["lists"])
        #expect(try lines("duplicates_badfiles_tiff.txt") == ["\(Self.names[2])_Fractions.tiff"])
    }

    private func addFile(_ path: String, _ kind: String = "movie", status: String = "ok") throws {
        try sample.archive.write { db in
            try db.execute(
                sql: "INSERT INTO source_file (session_root_id, path, stem, kind, status) VALUES (1, ?, '', ?, ?)",
                arguments: [path, kind, status])
        }
    }

    @Test("Movies that epu-ingest saw are listed where they lie, before any guess, each frame of those in many files")
    func seenMovies() throws {
        try addFile("Data/\(Self.names[0])-0000.mrc")
        try addFile("Data/\(Self.names[0])-gain-ref.MRC")
        for frame in [10, 9, 1, 2] { try addFile("Data/\(Self.names[2])-\(frame).mrc") }
        try addFile("Other/\(Self.names[2])-3.mrc")
        try addFile("Data/\(Self.names[2]).mrc")
        try analyse()
        let run = try report(["lists"])
        #expect(
            try lines("duplicates_badfiles_tiff.txt")
                == [1, 2, 9, 10].map { "/data/s/1/Data/\(Self.names[2])-\($0).mrc" })
        // Called as the others.
        #expect(
            try lines("duplicates_keepfiles_tiff.txt") == [
                "/data/s/1/Data/\(Self.names[0])-0000.mrc", "\(Self.names[1])-0000.mrc",
            ])
        #expect(
            run.output.contains(
                "  1 movie not seen: called as the others of the session, as \(Self.names[1])-0000.mrc; "))
        let json = try report(["lists", "--json"]).output
        #expect(json.contains("\"guessedMovies\" : 1") || json.contains("\"guessed_movies\" : 1"), "\(json)")
    }

    @Test(
        "The summed image beside a movie is not its movie, but a K2's movie may be called so",
        arguments: [
            ("Equidistant", "EF-CCD", 3838, true), ("Equidistant", "EF-CCD", 5760, false),
            ("Varidistant", "BM-Falcon", 4096, false), ("Eer", "EF-Falcon", 4096, false),
            (nil, "BM-Falcon", 4096, true),
        ] as [(String?, String, Int, Bool)])
    func summedImages(fractionation: String?, camera: String, width: Int, isMovie: Bool) throws {
        for name in Self.names { try addFile("\(name).mrc") }
        try sample.archive.write { db in
            try db.execute(
                sql: "UPDATE exposure SET fractionation = ?, camera = ?, readout_width_px = ?, binning = 1",
                arguments: [fractionation, camera, width])
        }
        try analyse()
        let run = try report(["lists"])
        #expect(try (lines("duplicates_badfiles_tiff.txt") == ["/data/s/1/\(Self.names[2]).mrc"]) == isMovie)
        #expect(run.output.contains("names are guessed by the camera") != isMovie)
    }

    @Test("A compressed movie is one; of a session that was moved the new place counts")
    func compressedMovies() throws {
        try addFile("\(Self.names[0])_fractions.tiff.bz2")
        try addFile("\(Self.names[0]).mrc")
        try addFile("\(Self.names[1])_EER.eer.zst")
        try addFile("\(Self.names[2])_fractions.tiff")
        try sample.archive.write { db in
            try db.execute(
                sql: """
                    INSERT INTO session_root (session_id, path) VALUES (1, '/new');
                    INSERT INTO source_file (session_root_id, path, stem, kind, status)
                    VALUES ((SELECT max(session_root_id) FROM session_root), ?, '', 'movie', 'ok');
                    """, arguments: ["\(Self.names[2])_fractions.tiff"])
        }
        try analyse()
        let run = try report(["lists"])
        #expect(
            try lines("duplicates_keepfiles_tiff.txt") == [
                "/data/s/1/\(Self.names[0])_fractions.tiff.bz2", "/data/s/1/\(Self.names[1])_EER.eer.zst",
            ])
        #expect(try lines("duplicates_badfiles_tiff.txt") == ["/new/\(Self.names[2])_fractions.tiff"])
        #expect(!run.output.contains("guessed") && !run.output.contains("not seen"))
    }

    @Test("Exposures whose XML could not be read are counted and listed as not judged; a twin is not")
    func unread() throws {
        let lost = (7...9).map { "FoilHole_\($0)_Data_5_6_20250108_13000\($0)" }
        try addFile("\(lost[0]).xml", "exposure", status: "malformed")
        try addFile("\(lost[0]).jpg", "exposure-image", status: "orphan image")
        try addFile("\(lost[0])_fractions.tiff")
        try addFile("\(lost[1])_fractions.tiff")
        try addFile("\(lost[2]).xml", "exposure", status: "twin")
        try addFile("\(lost[2])_fractions.tiff")
        try analyse()
        let run = try report(["lists"])
        #expect(
            run.output.hasPrefix(
                "s/1: 1 bad, 2 to keep (analysis 1, radius 0.4 um, \(Self.why)), in report/s_1\n"
                    + "  as far as could be compared; 1 exposure could not be read\n"
                    + "  2 in neither list, but in duplicates_notjudged_*.txt: 2 without a readable XML\n"))
        #expect(try lines("duplicates_notjudged_jpg.txt") == ["/data/s/1/\(lost[0]).jpg"])
        #expect(
            try lines("duplicates_notjudged_tiff.txt") == lost.prefix(2).map { "/data/s/1/\($0)_fractions.tiff" })
        #expect(try lines("duplicates_notjudged_rsync.txt") == [lost[0] + ".xml", lost[0] + ".jpg"])
        #expect(try lines("duplicates_keepfiles_tiff.txt").count == 2)
    }

    @Test("--raw-data finds movies by base name, in any case and with any suffix, and names the missing ones")
    func rawData() throws {
        try analyse()
        try folder.write(
            "raw/a/deep/grid2_\(Self.names[2].lowercased().replacing("foilhole", with: "FoilHole").replacing("data", with: "Data"))_FRACTIONS.TIFF",
            "")
        try folder.write("raw/\(Self.names[2])_gain.tiff", "")
        try folder.write("raw/\(Self.names[2]).jpg", "")
        try folder.write("raw/\(Self.names[0]).mrc", "")
        try folder.write("raw/\(Self.names[0])_EER.eer", "")
        try folder.write("raw/\(Self.names[0])_EER.eer.gz", "")
        try FileManager.default.createSymbolicLink(atPath: folder["raw/a/up"], withDestinationPath: folder["raw"])
        let run = try report(["lists", "--rawdata", "raw"])
        #expect(
            try lines("duplicates_badfiles_tiff.txt").map { ($0 as NSString).lastPathComponent.lowercased() } == [
                "grid2_\(Self.names[2].lowercased())_fractions.tiff"
            ])
        #expect(
            try lines("duplicates_keepfiles_tiff.txt") == [
                folder["raw/\(Self.names[0])_EER.eer"], "\(Self.names[1])_fractions.tiff",
            ])
        #expect(run.output.contains("1 movie not found"))
        #expect(try lines("duplicates_missing_movies.txt") == [Self.names[1]])
    }

    @Test(
        "A folder of movies that may not be read is told",
        .enabled(if: Unprivileged.isPossible, Comment(rawValue: Unprivileged.impossibility)))
    func closedRawData() throws {
        try analyse()
        try folder.write("raw/closed/movie.mrc", "")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder["raw/closed"])
        try FileManager.default.createDirectory(
            atPath: folder["out"], withIntermediateDirectories: false, attributes: [.posixPermissions: 0o777])
        let run = try Unprivileged.run(
            "epu-report", ["lists", "--db", folder["a.db"], "--out", folder["out"], "--raw-data", folder["raw"]])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("cannot read \(folder["raw/closed"]) (Permission denied)"), "\(run.errors)")
    }

    @Test("The summary gives counts, beam diameters, the radius and the share")
    func summary() throws {
        let before = try report(["summary"])
        #expect(before.output.contains("none yet: run `epu-analyze`"))
        try analyse()
        let run = try report(["summary"])
        #expect(run.output.contains("3 in 2 foil holes"))
        #expect(run.output.contains("1 um: 3 exposures"))
        #expect(run.output.contains("1 of 3 overexposed (33.3 %) (analysis 1, radius 0.4 um, \(Self.why))"))
        #expect(run.output.contains("1 same-area"))
        let json = try report(["summary", "--json"])
        let sessions = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
        #expect((sessions[0]["analysis"] as? [String: Any])?["overexposed"] as? Int == 1)
    }

    @Test("What cannot be reported is refused in one sentence, and nothing is written")
    func refusals() throws {
        #expect(isRefused(try report(["lists"]), 1, "has not been analysed"))
        try analyse()
        #expect(isRefused(try report(["lists", "--analysis", "9"]), 1, "no analysis 9"))
        #expect(isRefused(try report(["lists", "--session", "t"]), 1, "has no session"))
        #expect(isRefused(try report(["lists", "--prefix", "a/b"]), 64, "--prefix takes"))
        #expect(isRefused(try report(["lists", "--raw-data", "nowhere"]), 1, "--raw-data nowhere"))
        #expect(
            isRefused(try report(["lists", "--raw-data", ".", "--movie-suffix", ".mrc"]), 64, "exclude each other"))
        #expect(isRefused(try report(["summary", "--db", "none.db"]), 1, "There is no archive"))
        #expect(isRefused(try report(["montage", "--scale", "3"]), 64, "--scale is"))
        #expect(isRefused(try report(["montage", "--limit", "-1"]), 64, "--limit"))
        #expect(isRefused(try report(["lists", "--out", "a.db/x"]), 1, "Cannot make the folder"))
        #expect(folder.names() == ["a.db"])
    }

    @Test(
        "A full disk: one sentence, and no half a list",
        .enabled(if: SmallDisk.isPossible, Comment(rawValue: SmallDisk.impossibility)))
    func fullDisk() throws {
        try sample.add(
            "s/1", (10..<3000).map { .init(hole: $0, area: 5, stage: Vector2(Double($0), 0), time: Double($0)) })
        try analyse()
        let disk = try SmallDisk(kilobytes: 200)
        #expect(isRefused(try report(["lists", "--out", disk.path]), 1, "No space left"))
        for name in try FileManager.default.contentsOfDirectory(atPath: disk.path + "/s_1") {
            #expect(!name.contains("partial"))
            #expect(try String(contentsOfFile: disk.path + "/s_1/" + name, encoding: .utf8).hasSuffix("\n"))
        }
    }
}
