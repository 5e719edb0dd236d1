import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_analyze

private typealias Exposure = SampleArchive.Exposure

@Suite("review: a person's own verdict")
struct ReviewTests {
    private let analysing: Analysing
    private var folder: TemporaryFolder { analysing.folder }

    private static let names = (1...3).map { "FoilHole_\($0)_Data_2_3_20250108_15491\($0)" }

    /// One session of three exposures.
    init() throws {
        analysing = try Analysing()
        try add("s", Self.names)
    }

    private func add(_ session: String, _ names: [String]) throws {
        try analysing.sample.add(
            session,
            names.enumerated().map { index, name in
                Exposure(hole: Int64(index + 1), stage: Vector2(9 * Double(index), 0), time: Double(index), name: name)
            })
    }

    private func review(_ arguments: [String], through launcher: [String] = []) throws -> ToolRun {
        try ToolRun.run("epu-analyze", ["review", "--db", analysing.archive] + arguments, through: launcher)
    }

    /// `session name verdict reason` of each.
    private func stored() throws -> [String] {
        try analysing.rows(
            """
            SELECT concat FROM (
                SELECT s.name || ' ' || e.name || ' ' || r.verdict || ' ' || ifnull(r.reason, '-') AS concat
                FROM review r JOIN exposure e USING (exposure_id) JOIN session s USING (session_id))
            ORDER BY 1
            """
        ).map { $0[0] }
    }

    @Test(
        "A micrograph is named by its base name or by any of its files, in any case",
        arguments: [
            "NAME", "NAME.xml", "NAME.jpg", "/data/x/NAME.jpg", "NAME_fractions.tiff", "NAME_Fractions.mrc",
            "NAME_EER.eer", "NAME.mrc", "NAME_Fractions.xml", "J1/imported/00012_NAME_fractions.tiff",
            "MotionCorr/job002/Movies/NAME_fractions_DW.mrc", "D:\\EPU\\Data\\NAME.xml", "foilhole", "FOILHOLE",
            "/data/FoilHole_1_Data_2_3_20250108_154911/NAME.xml",
        ])
    func forms(form: String) throws {
        let name = Self.names[1]
        let given =
            switch form {
            case "foilhole": name.lowercased()
            case "FOILHOLE": "/DATA/" + name.uppercased() + "_FRACTIONS.TIFF"
            default: form.replacing("NAME", with: name)
            }
        let run = try review([given, "--bad"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output == "1 marked bad\n")
        #expect(try stored() == ["s \(name) bad -"])
    }

    @Test("Several names, one of them twice by other files, are each marked once, with the reason")
    func several() throws {
        let run = try review(
            [Self.names[0], Self.names[2] + ".jpg", Self.names[2] + ".xml", "--keep", "--reason", " looked at "])
        #expect(run.output == "2 marked to keep\n")
        #expect(try stored() == ["s \(Self.names[0]) keep looked at", "s \(Self.names[2]) keep looked at"])
    }

    @Test("Marking again replaces the earlier verdict with its reason; clearing takes it away")
    func again() throws {
        _ = try review([Self.names[0], "--bad", "--reason", "ice"])
        let second = try review([Self.names[0], Self.names[1], "--keep"])
        #expect(second.output == "2 marked to keep, of which 1 had been marked bad\n")
        #expect(try stored() == ["s \(Self.names[0]) keep -", "s \(Self.names[1]) keep -"])
        #expect(try review([Self.names[0], "--keep"]).output == "1 marked to keep\n")
        let cleared = try review([Self.names[0], Self.names[2], "--clear"])
        #expect(cleared.output == "1 cleared, 1 had no verdict\n")
        #expect(try stored() == ["s \(Self.names[1]) keep -"])
        let json = try PrintedJSON(try review([Self.names[1], "--bad", "--reason", "ice", "--json"]).output)
        #expect(json["verdict"].text == "bad")
        #expect(json["marked"].number == 1)
        #expect(json["replaced"].number == 1)
        #expect(json["exposures.0.name"].text == Self.names[1])
        #expect(json["exposures.0.session"].text == "s")
    }

    @Test("One unknown name, and nothing is stored; the first ten are named")
    func unknown() throws {
        let strangers = (10..<25).map { "FoilHole_\($0)_Data_2_3_20250108_154911" }
        let run = try review([Self.names[0]] + strangers + ["FoilHole_1_20250108_154911.jpg", "--bad"])
        #expect(run.status == 1)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("16 names of no exposure in the archive:\n  FoilHole_1_20250108_154911.jpg\n"))
        #expect(run.errors.contains(strangers[8] + "\n  and 6 more\nNothing was stored."))
        #expect(!run.errors.contains(strangers[9]))
        #expect(!run.errors.contains(Self.names[0]))
        #expect(try stored().isEmpty)
        // A name of the same session's exposures with another time is as unknown.
        let near = Self.names[1].replacing("154912", with: "154913")
        #expect(try review([near, "--bad"]).errors.contains("1 name of no exposure in the archive:\n  \(near)\n"))
    }

    @Test("A name of several sessions needs --session")
    func ambiguous() throws {
        try add("t", [Self.names[0]])
        let run = try review([Self.names[0], Self.names[1], "--bad"])
        #expect(run.status == 1)
        #expect(run.errors.contains("1 name in more than one session; choose one with --session:"))
        #expect(run.errors.contains("  \(Self.names[0]) is in s, t\nNothing was stored."))
        #expect(try stored().isEmpty)
        #expect(try review([Self.names[0], "--bad", "--session", "t"]).output == "1 marked bad\n")
        #expect(try stored() == ["t \(Self.names[0]) bad -"])
        #expect(
            try review([Self.names[1], "--bad", "--session", "t"]).errors
                .contains("1 name of no exposure in t:\n  \(Self.names[1])"))
        #expect(try review([Self.names[0], "--bad", "--session", "u"]).errors.contains("has no session \"u\""))
    }

    @Test("Two exposures of one name in a session are both meant")
    func twice() throws {
        try analysing.execute("UPDATE exposure SET unique_id = 'one'; UPDATE source_file SET path = 'disc1/' || path")
        try add("s", [Self.names[0]])
        #expect(try review([Self.names[0], "--bad"]).output == "2 marked bad\n")
    }

    @Test("A file of marks says of each micrograph what it is and why; all are stored, or none")
    func marks() throws {
        _ = try review([Self.names[2], "--bad"])
        let file = try folder.write(
            "marks.txt",
            "\u{FEFF}# saved by a page\r\n\(Self.names[0])\tkeep\tonly the rim #2 was hit\r\n\n\(Self.names[1])  bad \n"
                + "\(Self.names[2])\tclear\n\(Self.names[0])\tkeep\tonly the rim #2 was hit\n")
        let run = try review(["--from", file])
        #expect(run.output == "1 marked to keep (only the rim #2 was hit)\n1 marked bad\n1 cleared\n", "\(run.errors)")
        let first = ["s \(Self.names[0]) keep only the rim #2 was hit", "s \(Self.names[1]) bad -"]
        #expect(try stored() == first)
        let json = try PrintedJSON(try review(["--from", file, "--json"]).output)
        #expect(json["0.verdict"].text == "keep" && json["0.reason"].text == "only the rim #2 was hit")
        #expect(json["1.exposures.0.name"].text == Self.names[1])

        for (text, message) in [
            ("\(Self.names[0]) bad\n\(Self.names[1])\n", "Line 2 of \(file) does not say what its micrograph is."),
            ("\(Self.names[0]) ugly\n", "add --keep or --bad. Nothing was stored."),
            (
                "\(Self.names[0]) keep\n/data/\(Self.names[0]).jpg bad\n",
                "says two things of /data/\(Self.names[0]).jpg, the second in line 2"
            ),
            (
                "\(Self.names[0]) bad\n\(Self.names[0]) bad ice\n",
                "says two things of \(Self.names[0]), the second in line 2"
            ),
            (
                "\(Self.names[0]) bad\nFoilHole_9_Data_2_3_20250108_154911 keep\n",
                "1 name of no exposure in the archive"
            ),
        ] {
            _ = try folder.write("marks.txt", text)
            let refused = try review(["--from", file])
            #expect(refused.status == 1 && refused.errors.contains(message), "\(refused.errors)")
            #expect(try stored() == first)
        }
    }

    @Test("A file of names: comments, blank lines, Windows line ends")
    func file() throws {
        let file = try folder.write(
            "names.txt",
            "\u{FEFF}# to drop\r\n\r\n  /x/\(Self.names[0])_fractions.tiff \r\n\(Self.names[2]).jpg  # ice\n   \n")
        #expect(try review(["--from", file, "--bad"]).output == "2 marked bad\n")
        #expect(try stored() == ["s \(Self.names[0]) bad -", "s \(Self.names[2]) bad -"])
        let empty = try folder.write("empty.txt", "# nothing\n")
        #expect(try review(["--from", empty, "--bad"]).output == "0 marked bad\n")
        let missing = try review(["--from", folder["none.txt"], "--bad"])
        #expect(missing.status == 1)
        #expect(missing.errors.contains("Cannot read \(folder["none.txt"]): No such file"))
        #expect(try review(["--from", folder.path, "--bad"]).errors.contains("Cannot read \(folder.path): Is a dir"))
        let input = try review(
            ["--from", "-", Self.names[1], "--clear"],
            through: ["/bin/sh", "-c", "exec \"$0\" \"$@\" < '\(file)'"])
        #expect(input.output == "2 cleared, 1 had no verdict\n")
        #expect(try stored().isEmpty)
    }

    @Test("Ten thousand names of a file", .timeLimit(.minutes(1)))
    func many() throws {
        let names = (100..<10_100).map { "FoilHole_\($0)_Data_2_3_20250108_154911" }
        try add("large", names)
        let file = try folder.write("names.txt", names.map { $0 + ".jpg\n" }.shuffled().joined())
        #expect(try review(["--from", file, "--bad"]).output == "10000 marked bad\n")
        #expect(try stored().count == 10_000)
    }

    @Test("Without names it lists what was marked, by session and time")
    func list() throws {
        #expect(try review([]).output == "No micrograph was reviewed.\n")
        #expect(try review(["--json"]).output == "[\n\n]\n")
        try add("t", ["FoilHole_9_Data_2_3_20250108_154911"])
        _ = try review(["FoilHole_9_Data_2_3_20250108_154911", Self.names[2], "--bad", "--reason", "thick\nice"])
        _ = try review([Self.names[0], "--keep"])
        let lines = try review([]).output.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[0].split(separator: /\ \ +/) == ["session", "name", "verdict", "reviewed (UTC)", "reason"])
        #expect(lines[1].contains(try Regex("^s  +\(Self.names[0])  keep +2.{18}$")))
        #expect(lines[2].contains(try Regex("^s  +\(Self.names[2])  bad +2.{18}  thick ice$")))
        #expect(lines[3].hasPrefix("t "))
        #expect(try review(["--session", "t"]).output.split(separator: "\n").count == 2)
        let json = try PrintedJSON(try review(["--json"]).output)
        #expect(json.count == 3)
        #expect(json["1.name"].text == Self.names[2])
        #expect(json["1.verdict"].text == "bad")
        #expect(json["1.reason"].text == "thick\nice")
        #expect(json["1.reviewed_at"].text.flatMap { Timestamp(archiveText: $0) } != nil)
    }

    @Test(
        "Wrong usage",
        arguments: [
            (["NAME"], "--keep or --bad"), (["NAME", "--from", "x"], "--keep or --bad"),
            (["--bad"], "Name the micrographs"),
            (["NAME", "--bad", "--keep"], "--keep"), (["NAME", "--clear", "--bad"], "--bad"),
            (["NAME", "--clear", "--reason", "x"], "--reason needs"), (["--reason", "x"], "--reason needs"),
            (["--from", "", "--bad"], "--from takes a file"),
        ] as [([String], String)])
    func usage(arguments: [String], words: String) throws {
        let run = try review(arguments.map { $0 == "NAME" ? Self.names[0] : $0 })
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains(words), "\(run.errors)")
        #expect(try stored().isEmpty)
    }
}

@Suite("Reviews stay")
struct ReviewStaysTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let data = "session/Images-Disc1/GridSquare_7/Data/"

    private func name(_ number: Int) -> String { "FoilHole_\(number)_Data_2_3_20250108_15491\(number)" }

    private func write(_ number: Int, stage: Double) throws {
        var image = SampleImage()
        image.uniqueID = "id-\(number)"
        image.stage = Vector2(stage, 0)
        image.beamShift = .zero
        try folder.write(Self.data + name(number) + ".xml", image.xml)
        try folder.write(Self.data + name(number) + ".jpg", "not looked into")
    }

    @discardableResult
    private func run(_ tool: String, _ arguments: [String]) throws -> ToolRun {
        let run = try ToolRun.run(tool, arguments, environment: ["EPU_ARCHIVE": folder["a.db"]])
        #expect(run.status == 0, "\(run.errors)")
        return run
    }

    /// `name review` of the overexposed, by the published analysis.
    private func overexposed() throws -> [String] {
        try Archive(folder["a.db"], access: .read).read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT name || ' ' || ifnull(review, '-') FROM overexposed
                    ORDER BY name
                    """)
        }
    }

    @Test("when files change, move or go, and when a session is analysed again or in another way")
    func stays() throws {
        for (number, stage) in [(1, 0.0), (2, 0.1), (3, 5.0), (4, 5.1)] { try write(number, stage: stage) }
        try run("epu-ingest", [folder["session"]])
        let analyse = ["overlaps", "--k", "25", "--radius", "0.3"]
        try run("epu-analyze", analyse)
        try run("epu-analyze", ["review", name(2), "--keep", "--reason", "fine"])
        try run("epu-analyze", ["review", name(4), "--bad"])
        let listed = try run("epu-analyze", ["review", "--json"]).output
        #expect(listed.contains(name(2)) && listed.contains(name(4)))
        #expect(try overexposed() == ["\(name(2)) keep", "\(name(4)) bad"])

        try run("epu-analyze", ["overlaps", "--k", "24", "--radius", "0.2"])
        #expect(try overexposed() == ["\(name(2)) keep", "\(name(4)) bad"])

        // Another stage position: what was found with the old one is forgotten.
        try write(2, stage: 0.25)
        try run("epu-ingest", [folder["session"]])
        #expect(try overexposed().isEmpty)
        try run("epu-analyze", analyse)
        #expect(try overexposed() == ["\(name(2)) keep", "\(name(4)) bad"])

        try FileManager.default.moveItem(atPath: folder["session"], toPath: folder["renamed"])
        try run("epu-ingest", [folder["renamed"]])
        try FileManager.default.removeItem(atPath: folder["renamed/Images-Disc1/GridSquare_7/Data/\(name(4)).xml"])
        try run("epu-ingest", [folder["renamed"]])
        try run("epu-analyze", analyse)
        #expect(try overexposed() == ["\(name(2)) keep", "\(name(4)) bad"])
        #expect(try run("epu-analyze", ["review", "--json"]).output == listed)
    }
}
