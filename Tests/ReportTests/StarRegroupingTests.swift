import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_report

@Suite("Optics groups in STAR files that exist")
struct StarRegroupingTests {
    private let sessions: OpticsArchive
    private var folder: TemporaryFolder { sessions.folder }

    init() throws {
        sessions = try OpticsArchive()
        try sessions.add("s")
        try sessions.analyse()
    }

    private static let head = """
        # made by hand

        # version 40001

        data_general
        _rlnTool   'of any kind' # stays

        # version 40001

        data_optics

        loop_
        _rlnVoltage #1
        _rlnOpticsGroupName #2
        _rlnOpticsGroup #3
        _rlnEvenZernike #4
        _rlnMtfFileName #5
        """

    private static let particles = """


        data_particles

        loop_
        _rlnCoordinateX #1
        _rlnOpticsGroup #2
        _rlnMicrographName #3
        _rlnImageName #4

        """

    private func particle(_ number: Int, group: Int, of exposure: String) -> String {
        "  \(number).5      \(group) MotionCorr/job002/Movies/x_\(exposure)_fractions.mrc "
            + "00000\(number)@Extract/job007/Movies/x_\(exposure)_fractions.mrcs \n"
    }

    private func regroup(_ text: String, _ arguments: [String] = [], status: Int32 = 0) throws -> ToolRun {
        try folder.write("in/p.star", text)
        let run = try sessions.optics(["--star", "in/p.star", "--out", "out"] + arguments)
        #expect(run.status == status, "\(run.errors)")
        #expect(try folder.text("in/p.star") == text)
        return run
    }

    /// A file without the line that says which analysis it is by, which is its first.
    private func withoutComment(_ file: String) throws -> String {
        let text = try folder.text(file)
        let line = try #require(text.firstMatch(of: /^# epu-report [0-9.]+: analysis 1, .*\n/)).0
        return String(text.dropFirst(line.count))
    }

    private func groups(_ file: String, _ block: String = "particles", column: Int = 1) throws -> [String] {
        try sessions.rows("out/p_\(file).star", block).map { $0[column] }
    }

    @Test(
        "One old group becomes the session's, with all that it says; all else stays byte by byte",
        arguments: ["\n", "\r\n"])
    func oneGroup(lineBreak: String) throws {
        let names = [4, 3, 2, 1, 4].map { OpticsArchive.name($0) }
        let rows = names.enumerated().map { particle($0 + 1, group: 1, of: $1) }.joined()
        let text = (Self.head + "\n 300.0 'the old' 1 [0.1,0.2] \"my mtf.star\"" + Self.particles + rows + "\n# end")
            .replacing("\n", with: lineBreak)
        let run = try regroup(text)
        #expect(
            run.output == """
                in/p.star: 5 rows in 4 optics groups, 4 to keep, 1 bad
                  4 optics groups without a pixel size, which RELION needs (s_opticsGroup1, s_opticsGroup2, s_opticsGroup3 \
                ...): add it to data_optics
                  out/p_optics.star
                  out/p_keep.star
                  out/p_bad.star

                """)
        #expect(
            try sessions.rows("out/p_optics.star", "optics")
                == zip(["s_opticsGroup1", "s_opticsGroup2", "s_opticsGroup3", "s_opticsGroup_unplaced"], 1...4).map {
                    ["300.0", $0, "\($1)", "[0.1,0.2]", "my mtf.star"]
                })
        #expect(try groups("optics") == ["1", "3", "2", "1", "1"])
        #expect(try groups("keep") == ["1", "2", "1", "1"])
        #expect(try groups("bad") == ["3"])
        // All lines but those of optics groups are as they were, except for the one digit.
        func otherLines(_ text: String) -> [String] {
            // "\r\n" is one character.
            text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { String($0) ?? "" }
                .filter { !$0.contains("mtf.star") && !$0.hasPrefix("# epu-report ") }.map {
                    $0.replacing(/\ {6}[123] Motion/, with: "      N Motion")
                }
        }
        #expect(try otherLines(folder.text("out/p_optics.star")) == otherLines(text))
    }

    @Test("Several old groups are divided by position; each new one keeps what its old one says")
    func severalGroups() throws {
        let rows = [(7, 1), (3, 1), (3, 2), (7, 4)].enumerated().map {
            particle($0 + 1, group: $1.0, of: OpticsArchive.name($1.1))
        }
        let optics = "\n300 three 3 [3] m\n300 unused 5 [5] m\n300 seven 7 [7] m\n"
        _ = try regroup(Self.head + optics + Self.particles + rows.joined())
        #expect(
            try sessions.rows("out/p_optics.star", "optics").map { $0[1...3].joined(separator: " ") } == [
                "three_s_opticsGroup1 1 [3]", "seven_s_opticsGroup1 2 [7]", "three_s_opticsGroup2 3 [3]",
            ])
        #expect(try groups("optics") == ["2", "1", "3", "2"])
        let first = try folder.text("out/p_optics.star")
        _ = try regroup(first)
        #expect(try folder.text("out/p_optics.star") == first, "once more changes nothing")
    }

    @Test("A file that has the archive's groups keeps them all, also those without rows")
    func again() throws {
        _ = try regroup(
            Self.head + "\n300 old 1 [1] m\n" + Self.particles + particle(1, group: 1, of: OpticsArchive.name(2)))
        let first = try folder.text("out/p_optics.star")
        #expect(try groups("optics", "optics", column: 2) == ["1", "2", "3", "4"])
        _ = try regroup(first)
        #expect(try folder.text("out/p_optics.star") == first)
    }

    @Test("Rows without an exposure stay in a copy of their group, are counted and named; or are left out when asked")
    func unmatched() throws {
        let names = (1...7).map { "other_\($0)" } + ["other_1", OpticsArchive.name(2)]
        let rows = names.enumerated().map { particle($0 + 1, group: 1, of: $1) }.joined()
        let text = Self.head + "\n300 old 1 [1] m\n" + Self.particles + rows
        let run = try regroup(text)
        #expect(
            run.output.hasPrefix(
                """
                in/p.star: 9 rows in 5 optics groups, 9 to keep, 0 bad
                  8 rows without an exposure in the archive, in a group of their own:
                    MotionCorr/job002/Movies/x_other_1_fractions.mrc
                    MotionCorr/job002/Movies/x_other_2_fractions.mrc
                    MotionCorr/job002/Movies/x_other_3_fractions.mrc
                    MotionCorr/job002/Movies/x_other_4_fractions.mrc
                    MotionCorr/job002/Movies/x_other_5_fractions.mrc
                  5 optics groups without a pixel size, which RELION needs (s_opticsGroup1, s_opticsGroup2, s_opticsGroup3 \
                ...): add it to data_optics
                  out/
                """))
        #expect(try groups("keep") == Array(repeating: "5", count: 8) + ["2"])
        #expect(try groups("bad").isEmpty)
        #expect(try sessions.rows("out/p_optics.star", "optics")[4] == ["300", "old_unmatched", "5", "[1]", "m"])
        let first = try folder.text("out/p_optics.star")
        _ = try regroup(first)
        #expect(try folder.text("out/p_optics.star") == first)
        let dropped = try regroup(text, ["--drop-unmatched"])
        #expect(dropped.output.contains("1 to keep, 0 bad\n  8 rows without an exposure in the archive, left out:"))
        #expect(try groups("optics") == ["2"])
        #expect(try groups("optics", "optics", column: 1).count == 4)
    }

    @Test("Sessions in one file are told apart, by names with the session's before them")
    func twoSessions() throws {
        let two = try OpticsArchive()
        try two.add("first one")
        try two.add("second", day: 9, grouped: 3)
        let rows = [OpticsArchive.name(1), OpticsArchive.name(3, day: 9), OpticsArchive.name(4, day: 9)].enumerated()
            .map { particle($0 + 1, group: 1, of: $1) }
        try two.folder.write("p.star", Self.head + "\n300 old 1 [1] m\n" + Self.particles + rows.joined())
        let run = try two.optics(["--star", "p.star"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("3 rows not judged, and kept"), "nothing was analysed")
        #expect(
            try two.rows("report/p_optics.star", "optics").map { $0[1] } == [
                "first_one_opticsGroup1", "first_one_opticsGroup2", "first_one_opticsGroup3",
                "first_one_opticsGroup_unplaced", "second_opticsGroup1", "second_opticsGroup2", "second_opticsGroup3",
                "second_opticsGroup_unplaced",
            ])
        #expect(try two.rows("report/p_optics.star", "particles").map { $0[1] } == ["1", "7", "8"])
        let one = try two.optics(["--star", "p.star", "--session", "second"])
        #expect(one.output.contains("1 row without an exposure"))
    }

    @Test("A name that two sessions have is the first one's, and the user is told")
    func ambiguous() throws {
        try sessions.add("t")
        let text = Self.head + "\n300 old 1 [1] m\n" + Self.particles + particle(1, group: 1, of: OpticsArchive.name(3))
        #expect(try regroup(text).output.contains("1 row whose name several sessions have"))
        #expect(try groups("bad") == ["3"])
        #expect(try !regroup(text, ["--session", "t"]).output.contains("several sessions"))
    }

    @Test(
        "The table of rows may lack the column, the optics may be a list or come last, and there may be several tables")
    func otherForms() throws {
        let text = """
            data_movies
            loop_
            _rlnMicrographMovieName
            '\(OpticsArchive.name(2)) of.tiff' # here
            \(OpticsArchive.name(3)).eer
            data_unknown
            loop_
            _rlnOpticsGroup
            77
            data_particles
            loop_
            _rlnImageName
            _rlnOpticsGroup
            1@\(OpticsArchive.name(1)).mrcs "2"
            data_optics
            _rlnOpticsGroup 2 # the number
            _rlnVoltage 300
            """
        _ = try regroup(text)
        #expect(
            try withoutComment("out/p_optics.star") == """
                data_movies
                loop_
                _rlnMicrographMovieName
                _rlnOpticsGroup #2
                '\(OpticsArchive.name(2)) of.tiff' 2 # here
                \(OpticsArchive.name(3)).eer 3
                data_unknown
                loop_
                _rlnOpticsGroup
                77
                data_particles
                loop_
                _rlnImageName
                _rlnOpticsGroup
                1@\(OpticsArchive.name(1)).mrcs   1
                data_optics
                loop_
                _rlnOpticsGroup #1
                _rlnVoltage #2
                _rlnOpticsGroupName #3
                1 300         s_opticsGroup1
                2 300         s_opticsGroup2
                3 300         s_opticsGroup3
                4 300 s_opticsGroup_unplaced

                """)
    }

    @Test(
        "Comments between the lines of the optics go before them, and an empty line follows",
        arguments: [
            (
                "loop_\n# note\n_rlnOpticsGroup # 1\n\n # more\n1\n# last\n1.0 is no row\n",
                nil
            ),
            (
                "\n# first\nloop_\n# note\n_rlnOpticsGroup\n\n # more\n1\n# version 30001\n\n",
                "\n# first\n# note\n # more\nloop_\nTABLE\n# version 30001\n\n"
            ),
            ("_rlnOpticsGroup 1\n# version 30001\n", "loop_\nTABLE\n# version 30001\n"),
            ("_rlnOpticsGroup 1.0\n", "loop_\nTABLE\n"),
            ("_rlnOpticsGroup 1\n\n\n", "loop_\nTABLE\n\n"),
        ] as [(String, String?)])
    func comments(old: String, new: String?) throws {
        let rows = "data_movies\nloop_\n_rlnMicrographMovieName\n_rlnOpticsGroup\n\(OpticsArchive.name(2)) 1.0\n"
        let run = try regroup("data_optics\n" + old + rows, status: new == nil ? 1 : 0)
        guard let new else {
            #expect(run.errors.contains("line 9: 1 label, but more values"), "\(run.errors)")
            return
        }
        let table =
            "_rlnOpticsGroup #1\n_rlnOpticsGroupName #2\n"
            + "1         s_opticsGroup1\n2         s_opticsGroup2\n3         s_opticsGroup3\n4 s_opticsGroup_unplaced\n"
        #expect(
            try withoutComment("out/p_optics.star")
                == "data_optics\n" + new.replacing("TABLE\n", with: table + "\n") + rows.replacing(" 1.0", with: "   2")
        )
    }

    @Test(
        "Rows of exposures in no numbered group are counted, and the reader is told; without any group there is no regrouping"
    )
    func unplaced() throws {
        let text = Self.head + "\n300 old 1 [1] m\n" + Self.particles + particle(1, group: 1, of: OpticsArchive.name(5))
        let run = try regroup(text)
        #expect(run.errors.contains("s: the beam's position is not known of 1 exposure"))
        #expect(run.output.contains("1 to keep, 0 bad\n  1 row of exposures in no numbered group\n"))
        #expect(try regroup(text, ["--json"]).output.contains("\"unplaced\" : 1"))
        try sessions.sample.archive.write { try $0.execute(sql: "DELETE FROM optics_group") }
        #expect(
            try regroup(text, status: 1).errors.contains(
                "s has no optics groups, and in/p.star its exposures. Run `epu-analyze` first."))
    }

    @Test("A session whose rows are of one old group gets all of its groups, so that all files have the same")
    func joinedProject() throws {
        try sessions.add("t", day: 9)
        let optics = "\n300 mine 1 [1] m\n300 other 2 [2] m\n"
        func text(_ rows: [(Int, Int, Int)]) -> String {
            Self.head + optics + Self.particles
                + rows.map { particle($0, group: $1, of: OpticsArchive.name($0, day: $2)) }.joined()
        }
        _ = try regroup(text([(1, 1, 8), (2, 2, 9)]))
        let table = try sessions.rows("out/p_optics.star", "optics")
        #expect(
            table.map { $0[1] }.prefix(5) == [
                "s_opticsGroup1", "s_opticsGroup2", "s_opticsGroup3", "s_opticsGroup_unplaced", "t_opticsGroup1",
            ])
        #expect(table.map { $0[3] } == Array(repeating: "[1]", count: 4) + Array(repeating: "[2]", count: 4))
        #expect(try groups("optics") == ["1", "6"])
        _ = try regroup(text([(4, 2, 9), (3, 1, 8)]))
        #expect(try sessions.rows("out/p_optics.star", "optics") == table)
        #expect(try groups("optics") == ["5", "3"])
        let first = try folder.text("out/p_optics.star")
        _ = try regroup(first)
        #expect(try folder.text("out/p_optics.star") == first, "once more changes nothing")
    }

    @Test("A group with a pixel size of any kind is not complained of")
    func pixelSize() throws {
        let text =
            "data_optics\nloop_\n_rlnOpticsGroup\n_rlnImagePixelSize\n_rlnMicrographPixelSize\n1 1.2 0\n2 0 0\ndata_particles\n"
            + "loop_\n_rlnImageName\n_rlnOpticsGroup\n1@\(OpticsArchive.name(1)) 1\n2@\(OpticsArchive.name(2)) 2\n"
        let run = try regroup(text)
        #expect(
            run.output.contains(
                "\n  1 optics group without a pixel size, which RELION needs (opticsGroup2_s_opticsGroup2): add it")
                || run.output.contains(
                    "\n  1 optics group without a pixel size, which RELION needs (s_opticsGroup2): add it"),
            "\(run.output)")
    }

    @Test("A label that stands twice in a block is refused with its line: which column counts is not known")
    func doubledLabel() throws {
        let text =
            Self.head + "\n300 old 1 [1] m\n"
            + Self.particles.replacing("_rlnImageName", with: "_rlnImageName\n_rlnOpticsGroup")
            + particle(1, group: 1, of: OpticsArchive.name(2))
        let run = try regroup(text, status: 1)
        #expect(
            run.errors.contains("the label _rlnOpticsGroup stands in data_particles for the second time"),
            "\(run.errors)")
        #expect(folder.names("out").isEmpty)
    }

    @Test("A name does not grow when a divided file is divided again")
    func dividedAgain() throws {
        let rows = [(1, 1), (2, 1), (1, 2)].enumerated().map {
            particle($0 + 1, group: $1.0, of: OpticsArchive.name($1.1))
        }
        let optics = "\n300 data1_s_opticsGroup19 1 [1] m\n300 opticsGroup_unplaced 2 [2] m\n"
        _ = try regroup(Self.head + optics + Self.particles + rows.joined())
        #expect(
            try sessions.rows("out/p_optics.star", "optics").map { $0[1] }
                == ["data1_s_opticsGroup1", "s_opticsGroup1", "data1_s_opticsGroup2"])
    }

    @Test("A file that is changed between the two readings is not written in part")
    func changed() throws {
        let text = Self.head + "\n300 old 1 [1] m\n" + Self.particles + particle(1, group: 1, of: OpticsArchive.name(2))
        let path = try folder.write("p.star", text)
        let index = try sessions.sample.archive.read { db in
            try ExposureIndex(SessionRow.select(db, names: []), analysisID: nil, db)
        }
        let file = try StarRegrouping(path, index, dropsUnmatched: false)
        try folder.write("p.star", text + particle(2, group: 1, of: OpticsArchive.name(2)))
        let error = #expect(throws: Failure.self) { try file.write(to: StarSplit.Paths(of: "p", in: folder["out"])) }
        #expect(error.map { "\($0)" } == "\(path) was changed while it was read. Run it again.")
        #expect(folder.names("out").isEmpty)
    }

    @Test("Numbers of another width fit")
    func widths() throws {
        let text =
            "data_optics\nloop_\n_rlnOpticsGroup\n100\ndata_\nloop_\n_rlnOpticsGroup\n_rlnImageName\n"
            + "100 \(OpticsArchive.name(2))\n  100 \(OpticsArchive.name(3))"
        _ = try regroup(text)
        #expect(
            try folder.text("out/p_optics.star").hasSuffix(
                "\n  2 \(OpticsArchive.name(2))\n    3 \(OpticsArchive.name(3))"))
    }

    @Test(
        "What is damaged, too old or of other sessions is refused with its line, and nothing is written",
        arguments: [
            (
                "data_optics\n_rlnOpticsGroup 1\nloop_\n_rlnOpticsGroup\n2\n",
                "in/p.star, line 3: a second table in data_optics. Leave one."
            ),
            (
                "data_\nloop_\n_rlnMicrographName\nNAME.mrc\n",
                "in/p.star has no data_optics: it is of RELION 3.0 or older."
            ),
            (
                "data_optics\n_rlnOpticsGroup 1\ndata_\nloop_\n_rlnImageName\nother.mrc\n",
                "The archive has no exposure of in/p.star, such as other.mrc."
            ),
            (
                "data_optics\n_rlnVoltage 1\ndata_\nloop_\n_rlnImageName\nNAME\n",
                "in/p.star: data_optics has no _rlnOpticsGroup."
            ),
            (
                "data_optics\nloop_\n_rlnOpticsGroup\n1\n1\ndata_\nloop_\n_rlnImageName\nNAME\n",
                "in/p.star: data_optics has the group 1, which is no number, or twice."
            ),
            (
                "data_optics\nloop_\n_rlnOpticsGroup\na\ndata_\nloop_\n_rlnImageName\nNAME\n",
                "in/p.star: data_optics has the group a, which is no number, or twice."
            ),
            (
                "data_optics\nloop_\n_rlnOpticsGroup\n1\n2\ndata_\nloop_\n_rlnImageName\nNAME\n",
                "in/p.star, line 9: the rows have no _rlnOpticsGroup, and data_optics has 2 groups"
            ),
            (
                "data_optics\n_rlnOpticsGroup 1\ndata_\nloop_\n_rlnImageName\n_rlnOpticsGroup\nNAME 1\nNAME 3\nNAME 3\n",
                "in/p.star, line 8: optics group 3 is not in data_optics."
            ),
            (
                "# version 50001\ndata_\nloop_\n_rlnMicrographName\nNAME.mrc\n",
                "in/p.star has no data_optics: optics groups stand in the movies, micrographs and particles files."
            ),
            (
                "# version 50001\ndata_\nloop_\n_rlnCoordinateX\n3\n",
                "in/p.star has no data_optics: optics groups stand in the movies, micrographs and particles files."
            ),
            (
                "# version 50001\ndata_optics\n_rlnOpticsGroup 1\ndata_\nloop_\n_rlnCoordinateX\n3\n",
                "in/p.star has no row with _rlnMicrographName"
            ),
            (
                "data_optics\n_rlnOpticsGroup 1\ndata_micrographs\n_rlnMicrographName NAME\n_rlnOpticsGroup 1\n",
                "in/p.star: data_micrographs is a list. Write it as a loop_."
            ),
            (
                "data_optics\n_rlnOpticsGroup 1\ndata_\nloop_\n_rlnImageName\n_rlnOpticsGroup\nNAME x\n",
                "in/p.star, line 7: the optics group x is no number."
            ),
            (
                "data_optics\n_rlnOpticsGroup 1\ndata_\nloop_\n_rlnImageName\n_rlnOpticsGroup\nNAME 1\nNAME",
                "in/p.star, line 8: 2 labels, but fewer values."
            ),
            (
                "data_optics\nloop_\n_rlnOpticsGroup\n1\ndata_optics\nloop_\n_rlnOpticsGroup\n2\n",
                "in/p.star, line 6: a second table in data_optics. Leave one."
            ),
        ])
    func refused(text: String, words: String) throws {
        let run = try regroup(text.replacing("NAME", with: OpticsArchive.name(1)), status: 1)
        #expect(run.errors.contains(words), "\(run.errors)")
        #expect(run.output.isEmpty)
        #expect(folder.names("out").isEmpty)
    }

    @Test("A file that is read is never written over, by whatever name")
    func inputs() throws {
        let text = Self.head + "\n300 old 1 [1] m\n" + Self.particles + particle(1, group: 1, of: OpticsArchive.name(1))
        try folder.write("p.star", text)
        try folder.write("p_optics.star", text)
        let run = try sessions.optics(["--star", "p.star", "p_optics.star", "--out", "."])
        #expect(run.status == 1)
        #expect(run.errors.contains("./p_optics.star would overwrite p_optics.star, which is read"))
        #expect(try folder.text("p_optics.star") == text)
        #expect(try sessions.optics(["--star", "p.star", "--out", "."]).status == 0)
    }

    @Test(
        "A full disk: one sentence, and no half a file",
        .enabled(if: SmallDisk.isPossible, Comment(rawValue: SmallDisk.impossibility)))
    func fullDisk() throws {
        let rows = (1...9000).map { particle($0 % 9, group: 1, of: OpticsArchive.name($0 % 5 + 1)) }.joined()
        try folder.write("p.star", Self.head + "\n300 old 1 [1] m\n" + Self.particles + rows)
        let disk = try SmallDisk(kilobytes: 1200)
        let run = try sessions.optics(["--star", "p.star", "--out", disk.path])
        #expect(run.status == 1)
        #expect(run.errors.contains("No space left"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path).isEmpty)
    }
}
