import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_report

@Suite("epu-report optics")
struct OpticsTests {
    private let sessions: OpticsArchive
    private var folder: TemporaryFolder { sessions.folder }
    private static let movies = (1...5).map { OpticsArchive.name($0) + "_fractions.tiff" }

    init() throws {
        sessions = try OpticsArchive()
        try sessions.add("s/1")
        try sessions.analyse()
    }

    @Test(
        "Movies by group, kept and bad ones apart; those without a position in a group behind the others; one table in all"
    )
    func movies() throws {
        let run = try sessions.optics()
        #expect(run.status == 0, "\(run.errors)")
        #expect(
            run.output == """
                s/1: 5 movies in 3 optics groups, 4 to keep, 1 bad (analysis 1, radius 0.4 um, the first that was made), in report/s_1
                  pixel size 0.83 A
                  Cs 2.7 mm is assumed: EPU does not record it; --cs says otherwise
                  1 of these in no numbered group: in one of their own, behind the others
                  no movie was seen of the session: names are guessed by the camera, as \(Self.movies[0]); --raw-data DIR finds \
                them, --movie-suffix names them

                """)
        #expect(run.errors.contains("the beam's position is not known of 1 exposure"))
        #expect(
            try folder.text("report/s_1/movies.star") == """
                # epu-report \(toolVersion): analysis 1, radius 0.4 um, the first that was made

                # version 30001

                data_optics

                loop_
                _rlnOpticsGroupName #1
                _rlnOpticsGroup #2
                _rlnMicrographOriginalPixelSize #3
                _rlnVoltage #4
                _rlnSphericalAberration #5
                _rlnAmplitudeContrast #6
                s_1_opticsGroup1         1 0.830000 300.000000 2.700000 0.100000
                s_1_opticsGroup2         2 0.830000 300.000000 2.700000 0.100000
                s_1_opticsGroup3         3 0.830000 300.000000 2.700000 0.100000
                s_1_opticsGroup_unplaced 4 0.830000 300.000000 2.700000 0.100000


                # version 30001

                data_movies

                loop_
                _rlnMicrographMovieName #1
                _rlnOpticsGroup #2
                \(Self.movies[0]) 1
                \(Self.movies[1]) 2
                \(Self.movies[2]) 3
                \(Self.movies[3]) 1
                \(Self.movies[4]) 4


                """)
        let optics = try sessions.rows("report/s_1/movies.star", "optics")
        for (file, numbers) in [("movies_keep", [0, 1, 3, 4]), ("movies_bad", [2])] {
            #expect(try sessions.rows("report/s_1/\(file).star", "optics") == optics)
            #expect(
                try sessions.rows("report/s_1/\(file).star", "movies").map { $0[0] }
                    == numbers.map { Self.movies[$0] })
        }
        #expect(
            try sessions.lines("report/s_1/exposure_groups.csv") == ["path,exposure_group,keep"]
                + zip(Self.movies, ["1,1", "2,1", "3,0", "1,1", ",1"]).map { $0 + "," + $1 })
        func lists(_ word: String) throws -> [[String]] {
            try ["1", "2", "3", "unplaced"].map {
                try sessions.lines("report/s_1/exposure_groups/exposure_group_\($0)_\(word).txt")
            }
        }
        #expect(try lists("keep") == [[0, 3], [1], [], [4]].map { $0.map { Self.movies[$0] } })
        #expect(try lists("bad") == [[], [], [Self.movies[2]], []])
    }

    private func place(_ number: Int, in group: Int) throws {
        try sessions.sample.archive.write { db in
            try db.execute(
                sql: """
                    INSERT INTO optics_group_member
                    SELECT exposure_id, optics_group_id FROM exposure JOIN optics_group USING (session_id)
                    WHERE name = ? AND optics_group = ?
                    """, arguments: [OpticsArchive.name(number), group])
        }
    }

    @Test("What has no position has no number; files of an earlier run that say something else are removed")
    func placedLater() throws {
        try folder.write("report/s_1/exposure_groups/exposure_group_4_keep.txt", "old")
        try folder.write("report/s_1/movies_unplaced.star", "old")
        _ = try sessions.optics()
        #expect(try sessions.rows("report/s_1/movies.star", "movies")[4] == [Self.movies[4], "4"])
        #expect(try sessions.rows("report/s_1/movies.star", "optics")[3][0] == "s_1_opticsGroup_unplaced")
        #expect(!folder.names("report/s_1/exposure_groups").contains("exposure_group_4_keep.txt"))
        try sessions.sample.archive.write { db in
            try db.execute(
                sql: """
                    INSERT INTO optics_group
                        (session_id, optics_group, tilt_deg, high_tension_kv, pixel_size_a, center_x, center_y)
                    SELECT session_id, 4, 0, 300, 0.83, 0, 0 FROM session
                    """)
        }
        try place(5, in: 4)
        let run = try sessions.optics(["--json"])
        #expect(run.errors.isEmpty)
        #expect(run.output.contains("\"unplaced\" : 0"), "\(run.output)")
        #expect(!folder.names("report/s_1").contains("movies_unplaced.star"))
        #expect(try sessions.rows("report/s_1/movies.star", "movies")[4] == [Self.movies[4], "4"])
        #expect(
            try sessions.rows("report/s_1/movies.star", "optics").map { $0[0] }
                == (1...4).map { "s_1_opticsGroup\($0)" })
    }

    @Test("The movies' pixel is that of super-resolution, and it is said where it comes from")
    func superResolution() throws {
        try sessions.sample.archive.write { db in
            try db.execute(
                sql: """
                    UPDATE exposure SET pixel_size_a = 1.0559, super_resolution = 2, fractionation = 'Equidistant';
                    UPDATE optics_group SET pixel_size_a = 0.52795;
                    """)
        }
        let run = try sessions.optics()
        #expect(
            run.output.contains("\n  pixel size 0.528 A (1.056 / super-resolution 2; --pixel-size says otherwise)\n"),
            "\(run.output)")
        #expect(try sessions.rows("report/s_1/movies.star", "optics")[0][2] == "0.527950")
        #expect(try sessions.rows("report/s_1/movies.star", "optics")[3][2] == "0.527950")
        let given = try sessions.optics(["--pixel-size", "1"])
        #expect(given.output.contains("\n  pixel size 1 A (--pixel-size)\n"))
        // One value is not that of all, also where a group has no number.
        try sessions.sample.archive.write { db in
            try db.execute(sql: "UPDATE exposure SET super_resolution = 1 WHERE foil_hole = 5")
        }
        let refused = try sessions.optics(["--pixel-size", "1"])
        #expect(refused.status == 1)
        #expect(refused.errors.contains("s/1 records pixel sizes of 0.52795, 1.0559 Angstrom"))
    }

    @Test("Groups have the session's name before theirs, however many sessions the archive has", arguments: [1, 2])
    func names(count: Int) throws {
        if count == 2 { try sessions.add("it's t", day: 9) }
        try place(5, in: 3)
        _ = try sessions.optics(["--session", "s/1"])
        #expect(
            try sessions.rows("report/s_1/movies.star", "optics").map { $0[0] }
                == (1...3).map { "s_1_opticsGroup\($0)" })
        let text = try folder.text("report/s_1/movies.star")
        let star = try sessions.optics(["--session", "s/1", "--star", "report/s_1/movies.star"])
        #expect(star.status == 0, "\(star.errors)")
        #expect(
            try sessions.rows("report/movies_optics.star", "optics").map { $0[0] }
                == (1...3).map { "s_1_opticsGroup\($0)" })
        #expect(
            try sessions.rows("report/movies_optics.star", "movies")
                == sessions.rows("report/s_1/movies.star", "movies"))
        #expect(try folder.text("report/s_1/movies.star") == text)
    }

    private func withPath(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Int32) -> Int32 {
        (path.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { $0.baseAddress.map(body) ?? -1 }
    }

    @Test("Names that are no UTF-8 are written as their bytes; a path that no file can hold is left out and named")
    func bytes() throws {
        func touch(_ folder: [UInt8], _ number: Int) throws {
            let name = OpticsArchive.name(number) + "_fractions.tiff"
            let path = Array(self.folder["raw/"].utf8) + folder
            let made = withPath(path) { mkdir($0, 0o777) }
            try #require(made == 0)
            let descriptor = withPath(path + Array(("/" + name).utf8)) { open($0, O_CREAT | O_WRONLY, 0o666) }
            try #require(descriptor >= 0)
            close(descriptor)
        }
        try FileManager.default.createDirectory(atPath: folder["raw"], withIntermediateDirectories: true)
        try touch([0xFF, 0x5C], 1)
        try touch([0x61, 0x0A], 2)
        let run = try sessions.optics(["--rawdata", "raw"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(
            run.output.contains(
                "1 path that no STAR file or list can hold, and left out:\n    \"\(folder["raw"])/a\\n/"))
        #expect(run.output.contains("s/1: 1 movie in 3"))
        let wanted = Array(folder["raw/"].utf8) + [0xFF, 0x5C, 0x2F] + Array(Self.movies[0].utf8)
        for (file, end) in [
            ("movies.star", " 1\n"), ("exposure_groups.csv", ",1,1\n"),
            ("exposure_groups/exposure_group_1_keep.txt", "\n"),
        ] {
            let data = try Data(contentsOf: URL(fileURLWithPath: folder["report/s_1/" + file]))
            #expect(data.range(of: Data(wanted + Array(end.utf8))) != nil, "\(file)")
        }
    }

    @Test("The same archive gives the same bytes, with and without --star, and lists of groups that are no more go")
    func repeatable() throws {
        try place(5, in: 3)
        _ = try sessions.optics(["--out", "first"])
        try folder.write("second/s_1/exposure_groups/exposure_group_4_bad.txt", "old")
        _ = try sessions.optics(["--out", "second"])
        #expect(folder.names("first/s_1") == folder.names("second/s_1"))
        #expect(folder.names("first/s_1/exposure_groups") == folder.names("second/s_1/exposure_groups"))
        for name in folder.names("first/s_1")
        where name != "about.json" && (!name.contains("groups") || name.hasSuffix(".csv")) {
            #expect(try folder.text("first/s_1/" + name) == folder.text("second/s_1/" + name))
        }
        let again = try sessions.optics(["--star", "first/s_1/movies.star", "--out", "third"])
        #expect(again.output.hasPrefix("first/s_1/movies.star: 5 rows in 3 optics groups, 4 to keep, 1 bad\n"))
        for (name, original) in [("optics", "movies"), ("keep", "movies_keep"), ("bad", "movies_bad")] {
            #expect(
                try sessions.rows("third/movies_\(name).star", "movies")
                    == sessions.rows("first/s_1/\(original).star", "movies"))
        }
        #expect(try folder.text("third/movies_optics.star") == folder.text("first/s_1/movies.star"))
    }

    @Test("A person's verdict outweighs the analysis; what came after it is in neither list, with the others in all")
    func verdicts() throws {
        try sessions.sample.archive.write { db in
            try db.execute(
                sql: """
                    INSERT INTO review SELECT exposure_id, iif(foil_hole = 3, 'keep', 'bad'), NULL, 'now' FROM exposure
                    WHERE foil_hole IN (2, 3);
                    DELETE FROM placement WHERE exposure_id = (SELECT exposure_id FROM exposure WHERE foil_hole = 4);
                    """)
        }
        let run = try sessions.optics()
        #expect(run.output.contains("5 movies in 3 optics groups, 3 to keep, 1 bad"))
        #expect(run.output.contains("1 not judged"))
        #expect(run.errors.contains("1 exposure came after analysis 1"))
        #expect(try sessions.rows("report/s_1/movies.star", "movies").count == 5)
        #expect(try sessions.rows("report/s_1/movies_notjudged.star", "movies") == [[Self.movies[3], "1"]])
        #expect(
            try sessions.lines("report/s_1/exposure_groups/exposure_group_1_notjudged.txt") == [Self.movies[3]])
        #expect(try sessions.rows("report/s_1/movies_bad.star", "movies") == [[Self.movies[1], "2"]])
        #expect(
            try sessions.rows("report/s_1/movies_keep.star", "movies").map { $0[0] }
                == [0, 2, 4].map { Self.movies[$0] })
        #expect(try sessions.lines("report/s_1/exposure_groups.csv")[4] == Self.movies[3] + ",1,")
        // In a file of the user's, nothing is lost.
        let star = try sessions.optics(["--star", "report/s_1/movies.star"])
        #expect(
            star.output.contains(
                "4 to keep, 1 bad\n  1 row of exposures in no numbered group\n  1 row not judged, and kept\n"))
    }

    @Test("What EPU does not record is said by options")
    func options() throws {
        let run = try sessions.optics([
            "--cs", "0.01", "--amplitude-contrast", "0.07", "--mtf", "my mtf.star", "--pixel-size", "0.415",
            "--movie-folder", "Movies", "--movie-suffix", ".eer",
        ])
        #expect(run.status == 0, "\(run.errors)")
        #expect(
            try sessions.rows("report/s_1/movies.star", "optics")[1]
                == ["s_1_opticsGroup2", "2", "my mtf.star", "0.415000", "300.000000", "0.010000", "0.070000"])
        #expect(
            try sessions.rows("report/s_1/movies.star", "movies")[0] == [
                "Movies/\(OpticsArchive.name(1)).eer", "1",
            ])
    }

    @Test("--raw-data names movies as they lie, or as RELION's project has them; missing ones are named and left out")
    func rawData() throws {
        for number in [1, 2, 4] { try folder.write("raw/a b/\(OpticsArchive.name(number).uppercased())_EER.eer", "") }
        let run = try sessions.optics(["--rawdata", "raw"])
        #expect(
            run.output.contains("2 movies not found below --raw-data, and left out:\n    \(OpticsArchive.name(3))\n"))
        let paths = try sessions.rows("report/s_1/movies.star", "movies").map { $0[0] }
        #expect(run.errors.contains("movies have absolute paths, which RELION does not take"))
        #expect(paths == [1, 2, 4].map { folder["raw/a b/\(OpticsArchive.name($0).uppercased())_EER.eer"] })
        #expect(try sessions.lines("report/s_1/missing_movies.txt") == [3, 5].map { OpticsArchive.name($0) })
        _ = try sessions.optics(["--rawdata", "raw/", "--movie-folder", "Movies/"])
        #expect(
            try sessions.rows("report/s_1/movies.star", "movies").first?[0]
                == "Movies/a b/\(OpticsArchive.name(1).uppercased())_EER.eer")
    }

    @Test("Movies that epu-ingest saw have their own names; with their folder in --raw-data's place")
    func seenMovies() throws {
        try sessions.sample.archive.write { db in
            for (number, suffix) in [
                (1, "-0000.mrc"), (2, "-0000.mrc"), (2, "-gain-ref.MRC"), (3, "-1.mrc"), (3, "-2.mrc"),
            ] {
                try db.execute(
                    sql: """
                        INSERT INTO source_file (session_root_id, path, stem, kind, status) VALUES (1, ?, '', 'movie', 'ok')
                        """, arguments: ["Data/grid2_" + OpticsArchive.name(number) + suffix])
            }
        }
        let run = try sessions.optics(["--movie-folder", "Movies"])
        #expect(
            try sessions.rows("report/s_1/movies.star", "movies").map { $0[0] }
                == [
                    "Movies/grid2_\(OpticsArchive.name(1))-0000.mrc", "Movies/grid2_\(OpticsArchive.name(2))-0000.mrc",
                    "Movies/grid2_\(OpticsArchive.name(3))-1.mrc", "Movies/\(OpticsArchive.name(4))-0000.mrc",
                    "Movies/\(OpticsArchive.name(5))-0000.mrc",
                ])
        #expect(
            run.output.contains(
                "2 movies not seen: called as the others of the session, as \(OpticsArchive.name(4))-0000"))
        #expect(run.output.contains("1 movie with each frame in a file of its own, of which the first is named"))
    }

    @Test("--movie-folder is written as given; what leads out of RELION's project is warned of")
    func movieFolder() throws {
        for (given, written, isOutside) in [
            ("./Movies", "./Movies/", false), ("Movies/", "Movies/", false), ("../Movies", "../Movies/", true),
            ("/data/m", "/data/m/", true), ("a..b", "a..b/", false),
        ] {
            let run = try sessions.optics(["--movie-folder", given])
            #expect(
                try sessions.rows("report/s_1/movies.star", "movies")[0][0] == written + Self.movies[0], "\(given)")
            #expect(run.errors.contains("leads out of RELION's project") == isOutside, "\(given)")
        }
    }

    @Test("--table micrographs is for tools that know no data_movies; --star-version is what the file says of itself")
    func tables() throws {
        let run = try sessions.optics(["--table", "micrographs", "--star-version", "50001"])
        #expect(run.status == 0, "\(run.errors)")
        for file in ["micrographs", "micrographs_keep", "micrographs_bad"] {
            let text = try folder.text("report/s_1/\(file).star")
            #expect(text.contains("\n# version 50001\n\ndata_optics\n"))
            #expect(
                text.contains(
                    "\n# version 50001\n\ndata_micrographs\n\nloop_\n_rlnMicrographName #1\n_rlnOpticsGroup #2\n"))
            #expect(text.contains("_rlnMicrographOriginalPixelSize #3\n_rlnMicrographPixelSize #4\n"))
            #expect(!text.contains("30001") && !text.contains("movies\n"))
        }
        #expect(
            try sessions.rows("report/s_1/micrographs.star", "optics")[0].prefix(4)
                == ["s_1_opticsGroup1", "1", "0.830000", "0.830000"])
        #expect(try sessions.rows("report/s_1/micrographs.star", "micrographs")[1] == [Self.movies[1], "2"])
        #expect(!folder.names("report/s_1").contains("movies.star"))
        #expect(try sessions.optics(["--star-version", "3"]).status == 64)
    }

    @Test("Cs is said to be assumed, and doubted where the microscope is likely to have another")
    func aberration() throws {
        #expect(try !sessions.optics().errors.contains("Cs"))
        try sessions.sample.archive.write { try $0.execute(sql: "UPDATE exposure SET high_tension_kv = 100") }
        try sessions.sample.archive.write { try $0.execute(sql: "UPDATE optics_group SET high_tension_kv = 100") }
        #expect(
            try sessions.optics().errors.contains(
                "s/1 was recorded at 100 kV. The Cs of 2.7 mm that is assumed is that of columns of 200 and 300 kV; a Tundra"
            ))
        try sessions.sample.archive.write {
            try $0.execute(sql: "UPDATE exposure SET instrument_model = 'TUNDRA-9953'")
        }
        #expect(
            try sessions.optics().errors.contains(
                "s/1 is of a Tundra, whose Cs is 1.6 mm, not the 2.7 mm that are assumed: give --cs 1.6."))
        let given = try sessions.optics(["--cs", "1.6"])
        #expect(!given.errors.contains("Cs") && !given.output.contains("Cs"))
        #expect(try sessions.rows("report/s_1/movies.star", "optics")[0][4] == "1.600000")
    }

    @Test(
        "Without an analysis the groups are written, and nothing is called to keep; without a calibration there are none"
    )
    func withoutAnalysis() throws {
        try folder.write("report/s_1/movies_keep.star", "old")
        try sessions.sample.archive.write { db in
            try db.execute(sql: "DELETE FROM analysis; INSERT INTO review VALUES (2, 'bad', NULL, 'now')")
        }
        let marked = try sessions.optics()
        #expect(
            marked.output.hasPrefix("s/1: 5 movies in 3 optics groups, 0 to keep, 1 bad as a person marked them (no"))
        try sessions.sample.archive.write { try $0.execute(sql: "DELETE FROM review") }
        let run = try sessions.optics()
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.hasPrefix("s/1: 5 movies in 3 optics groups, not judged (no analysis of overlaps), in"))
        #expect(try sessions.rows("report/s_1/movies.star", "movies").count == 5)
        #expect(try sessions.rows("report/s_1/movies_notjudged.star", "movies").count == 5)
        #expect(!folder.names("report/s_1").contains { $0.hasPrefix("movies_keep") || $0.hasPrefix("movies_bad") })
        #expect(
            try sessions.lines("report/s_1/exposure_groups.csv").dropFirst().allSatisfy { $0.hasSuffix(",") })
        try sessions.add("s/2", day: 9)
        try sessions.sample.archive.write { try $0.execute(sql: "DELETE FROM optics_group WHERE session_id = 2") }
        let both = try sessions.optics()
        #expect(both.status == 0)
        #expect(both.errors.contains("s/2 has no optics groups yet: left out. Find them with `epu-analyze calibrate`."))
        let named = try sessions.optics(["--session", "s/2"])
        #expect(named.status == 1 && named.output.isEmpty)
        #expect(named.errors.contains("s/2 has no optics groups yet. Find them with `epu-analyze calibrate`."))
    }

    @Test("Movies whose XML could not be read are counted and listed apart")
    func withoutXML() throws {
        try sessions.sample.archive.write { db in
            for (name, kind, status) in [
                ("FoilHole_8_Data_5_6_20250108_130000.xml", "exposure", "malformed"),
                ("FoilHole_8_Data_5_6_20250108_130000_fractions.tiff", "movie", "ok"),
                ("FoilHole_7_Data_5_6_20250108_130100_fractions.tiff.gz", "movie", "ok"),
                ("\(OpticsArchive.name(1))_fractions.tiff", "movie", "ok"),
            ] {
                try db.execute(
                    sql: """
                        INSERT INTO source_file (session_root_id, path, stem, kind, status) VALUES (1, ?, '', ?, ?)
                        """, arguments: [name, kind, status])
            }
        }
        let run = try sessions.optics()
        #expect(run.output.contains("  2 more movies without a readable XML, whose optics are not known"))
        #expect(
            try sessions.lines("report/s_1/movies_without_xml.txt") == [
                "/data/s/1/FoilHole_7_Data_5_6_20250108_130100_fractions.tiff.gz",
                "/data/s/1/FoilHole_8_Data_5_6_20250108_130000_fractions.tiff",
            ])
        #expect(try sessions.rows("report/s_1/movies.star", "movies").count == 5)
    }

    @Test("exposures.csv and the view exposures have the group")
    func table() throws {
        let run = try ToolRun.run(
            "epu-report", ["lists"], in: folder.path, environment: ["EPU_ARCHIVE": folder["a.db"]])
        #expect(run.status == 0, "\(run.errors)")
        let rows = try sessions.lines("report/s_1/exposures.csv").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let column = try #require(rows[0].firstIndex(of: "optics_group"))
        #expect(rows.dropFirst().map { $0[column] } == ["1", "2", "3", "1", ""])
    }

    @Test("What cannot be written is refused in one sentence, and nothing is written")
    func refusals() throws {
        try folder.write("a.star", "data_optics\n")
        func isRefused(_ arguments: [String], _ status: Int32, _ words: String) throws -> Bool {
            let run = try sessions.optics(arguments)
            if !run.errors.contains(words) { print(run.errors) }
            return run.status == status && run.output.isEmpty && run.errors.contains(words)
        }
        #expect(try isRefused(["--star", "a.star", "--cs", "2.7"], 64, "--star keeps names and optics"))
        #expect(try isRefused(["--drop-unmatched"], 64, "--drop-unmatched needs --star"))
        #expect(try isRefused(["--cs", "nan"], 64, "--cs takes"))
        #expect(try isRefused(["--cs", "-1"], 64, "--cs takes"))
        #expect(try isRefused(["--amplitude-contrast", "7"], 64, "--amplitude-contrast takes"))
        #expect(try isRefused(["--pixel-size", "0"], 64, "--pixel-size takes"))
        #expect(try isRefused(["--movie-folder", ""], 64, "--movie-folder takes"))
        #expect(try isRefused(["--analysis", "9"], 1, "no analysis 9"))
        #expect(try isRefused(["--star", "a.star", "--analysis", "9"], 1, "no analysis 9"))
        #expect(try isRefused(["--star", "none.star"], 1, "Cannot read none.star"))
        #expect(try isRefused(["--star", "."], 1, "it is a folder"))
        #expect(try isRefused(["--star", "a.star"], 1, "no movies, micrographs or particles"))
        #expect(
            try isRefused(["--star", "a.star", "./a.star"], 1, "would both be written to report/a_optics.star"))
        #expect(try isRefused(["--movie-suffix", "a\nb"], 1, "cannot hold a name with a line break"))
        #expect(try isRefused(["--out", "a.db/x"], 1, "Cannot make the folder"))
        #expect(try isRefused(["--voltage", "1"], 64, "--voltage takes"))
        try #require(mkfifo(folder["fifo"], 0o600) == 0)
        #expect(try isRefused(["--star", "fifo"], 1, "it is a folder, device or pipe"))
        // Of the second session; then the first one's files are not written, either.
        try sessions.add("s/2", day: 9)
        try sessions.sample.archive.write { db in
            try db.execute(
                sql: """
                    INSERT INTO analysis_session SELECT 1, session_id, 1 FROM session WHERE name = 's/2';
                    UPDATE optics_group SET pixel_size_a = NULL WHERE session_id = 2 AND optics_group < 3;
                    """)
        }
        #expect(
            try isRefused(
                [], 1,
                "s/2 records no pixel size of s_2_opticsGroup1, s_2_opticsGroup2 (3 exposures), which RELION needs: give it with "
                    + "--pixel-size"
            ))
        try sessions.sample.archive.write { try $0.execute(sql: "UPDATE optics_group SET pixel_size_a = optics_group") }
        #expect(
            try isRefused(
                ["--pixel-size", "1"], 1,
                "s/1 records pixel sizes of 0.83, 1, 2, 3 Angstrom, of which --pixel-size would make one"))
        try sessions.sample.archive.write { try $0.execute(sql: "UPDATE optics_group SET high_tension_kv = NULL") }
        #expect(
            try isRefused(
                [], 1, "records no voltage of s_1_opticsGroup1, s_1_opticsGroup2, s_1_opticsGroup3 (4 exposures)"))
        #expect(folder.names() == ["a.db", "a.star", "fifo"])
        try sessions.sample.archive.write { try $0.execute(sql: "UPDATE exposure SET high_tension_kv = NULL") }
        #expect(try sessions.optics(["--voltage", "200"]).status == 0)
        #expect(try sessions.rows("report/s_2/movies.star", "optics")[2][3] == "200.000000")
    }
}
