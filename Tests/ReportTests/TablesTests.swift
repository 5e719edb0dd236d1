import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_report

@Suite("epu-report tables")
struct TablesTests {
    private let folder: TemporaryFolder
    private let sample: SampleArchive

    /// Two sessions of two exposures each.
    init() throws {
        folder = try TemporaryFolder()
        sample = try SampleArchive(folder["a.db"])
        for (session, hole) in [("s", 1), ("t, \"odd\"\nname", 3)] {
            try sample.add(
                session,
                [
                    .init(hole: Int64(hole), area: 5, stage: Vector2(1.0 / 3, -1e-7), time: 0),
                    .init(hole: Int64(hole + 1), area: 5, stage: Vector2(1.0 / 3, 0.1), time: 60),
                ], dose: nil)
        }
    }

    private func tables(_ arguments: [String]) throws -> ToolRun {
        try ToolRun.run(
            "epu-report", ["tables"] + arguments, in: folder.path, environment: ["EPU_ARCHIVE": folder["a.db"]])
    }

    @Test("By default the views for people are written, with --all every table and view")
    func which() throws {
        let run = try tables([])
        #expect(run.status == 0, "\(run.errors)")
        #expect(folder.names("report") == ArchiveTable.forPeople.map { $0 + ".csv" }.sorted())
        #expect(run.output.contains("report/exposures.csv: 4 rows\n"))
        #expect(try tables(["--all", "--format", "json", "--out", "all"]).status == 0)
        let known = try sample.archive.read { db in
            // Not by SQLite's own list of tables, which is what the tool asks.
            try String.fetchAll(
                db,
                sql: """
                    SELECT name || '.json' FROM sqlite_schema
                    WHERE type IN ('table', 'view') AND name NOT LIKE 'placement_index%'
                        AND substr(name, 1, 7) <> 'sqlite_'
                    ORDER BY 1
                    """)
        }
        #expect(folder.names("all") == known)
    }

    @Test("Values read back as they are stored", arguments: ["exposure", "exposures", "session", "source_file"])
    func values(table: String) throws {
        for format in ["csv", "json"] {
            #expect(try tables(["--table", table, "--format", format, "--out", "out"]).status == 0)
        }
        let stored = try sample.archive.read { try Row.fetchAll($0, sql: "SELECT * FROM \(table) ORDER BY 1") }
        let csv = try CSVReading.rows(folder.text("out/\(table).csv"))
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(folder.text("out/\(table).json").utf8)) as? [[String: Any]])
        #expect(csv.count == stored.count + 1 && json.count == stored.count)
        for (index, row) in stored.enumerated() {
            for (column, (name, value)) in row.enumerated() {
                #expect(csv[0][column] == name)
                let (text, object) = (csv[index + 1][column], json[index][name])
                switch value.storage {
                case .null: #expect(text.isEmpty && object is NSNull)
                case .int64(let number): #expect(Int64(text) == number && (object as? NSNumber)?.int64Value == number)
                case .double(let number): #expect(Double(text) == number && (object as? Double) == number)
                case .string(let string): #expect(text == string && (object as? String) == string)
                case .blob: Issue.record("a blob")
                }
            }
        }
    }

    @Test("JSON has one object a line; an empty table is an empty array, and an empty text is not NULL")
    func form() throws {
        try sample.archive.write { try $0.execute(sql: "UPDATE exposure SET software = '' WHERE exposure_id = 1") }
        _ = try tables(["--table", "exposure", "--table", "review", "--format", "json", "--out", "out"])
        let lines = try folder.text("out/exposure.json").split(separator: "\n")
        #expect(lines.count == 6 && lines.first == "[" && lines.last == "]")
        for line in lines[1...4] {
            let object = line.hasSuffix(",") ? line.dropLast() : line
            #expect(try JSONSerialization.jsonObject(with: Data(object.utf8)) is [String: Any])
        }
        #expect(try folder.text("out/review.json") == "[\n]\n")
        _ = try tables(["--table", "exposure", "--table", "review", "--out", "out"])
        #expect(try folder.text("out/review.csv") == "exposure_id,verdict,reason,reviewed_at\n")
        let csv = try folder.text("out/exposure.csv").split(separator: "\n")
        #expect(csv[1].contains(",\"\",") && !csv[2].contains(",\"\","))
    }

    @Test("Control characters, quotes and numbers beyond JSON's survive")
    func odd() throws {
        let text = "a\u{1}\u{1f}\"\\\t\r\n,\u{2028}ü"
        try sample.archive.write {
            try $0.execute(
                sql: "UPDATE exposure SET software = ?, defocus_um = 1e999, magnification = ? WHERE exposure_id = 1",
                arguments: [text, Int64.min])
        }
        for format in ["csv", "json"] {
            _ = try tables(["--table", "exposure", "--format", format, "--out", "out"])
        }
        let json = try folder.text("out/exposure.json")
        let line = try #require(json.split(separator: "\n").dropFirst().first).dropLast()
        #expect(line.contains(#""software":"a\u0001\u001f\"\\\t\r\n,"#))
        #expect(line.contains("\"defocus_um\":1e999,") && line.contains("\"magnification\":-9223372036854775808,"))
        let csv = CSVReading.rows(try folder.text("out/exposure.csv"))
        let column = try #require(csv[0].firstIndex(of: "software"))
        #expect(csv[1][column] == text)
    }

    @Test("--session keeps to a session's rows wherever they are told, and says where they are not")
    func session() throws {
        for session in ["s", "t, \"odd\"\nname"] {
            let analyse = ["overlaps", "--k", "25", "--radius", "0.4", "--session", session]
            _ = try ToolRun.run("epu-analyze", analyse, environment: ["EPU_ARCHIVE": folder["a.db"]])
        }
        let run = try tables(["--all", "--session", "s", "--out", "out"])
        #expect(run.status == 0, "\(run.errors)")
        for (table, rows) in [
            ("exposure", 2), ("exposures", 2), ("sessions", 1), ("analyses", 1), ("analysis", 1), ("placement", 2),
            ("overlap_pairs", 1), ("overexposed", 1), ("incidents", 1), ("calibrations", 1), ("foil_hole", 2),
            ("placement_set", 1),
        ] {
            #expect(run.output.contains("out/\(table).csv: \(counted(rows, "row"))\n"), "\(table)")
        }
        #expect(run.output.contains("out/beam_shift_cluster.csv: 0 rows, of all sessions\n"))
        #expect(try tables(["--session", "s", "--json"]).output.contains("\"all_sessions\" : false"))
    }

    @Test("The same archive gives the same bytes")
    func repeatable() throws {
        _ = try tables(["--all", "--out", "first"])
        _ = try tables(["--all", "--out", "second"])
        for name in folder.names("first") {
            #expect(try folder.text("first/" + name) == folder.text("second/" + name))
        }
    }

    @Test("What cannot be written is refused in one sentence")
    func refusals() throws {
        for (arguments, status, words) in [
            (["--table", "nothing"], 1, "The archive has no table nothing. It has: all_incidents, "),
            (["--table", "placement_index_node"], 1, "has no table placement_index_node"),
            (["--table", "exposures; DROP TABLE exposure"], 1, "has no table"),
            (["--session", "u"], 1, "has no session"), (["--all", "--table", "session"], 64, "exclude each other"),
            (["--format", "xml"], 64, "csv"), (["--out", ""], 64, "--out takes"),
            (["--out", "a.db/x"], 1, "Cannot make the folder"),
        ] {
            let run = try tables(arguments)
            #expect(run.status == status && run.output.isEmpty && run.errors.contains(words), "\(run.errors)")
        }
        #expect(folder.names() == ["a.db"])
    }

    @Test("Python's csv and json read them", .enabled(if: Self.hasPython, "there is no python3"))
    func python() throws {
        for format in ["csv", "json"] { _ = try tables(["--all", "--format", format, "--out", "out"]) }
        let script = """
            import csv, json, glob, sqlite3
            archive = sqlite3.connect('a.db')
            for path in glob.glob('out/*.csv'):
                name = path[4:-4]
                rows = archive.execute('SELECT * FROM "' + name + '"').fetchall()
                with open(path, newline='') as file: table = list(csv.reader(file))[1:]
                with open('out/' + name + '.json') as file: objects = [tuple(o.values()) for o in json.load(file)]
                assert sorted(objects, key=repr) == sorted(rows, key=repr), name
                for line, values in zip(table, objects, strict=True):
                    for text, value in zip(line, values, strict=True):
                        assert text == '' if value is None else type(value)(text) == value, (name, text, value)
            """
        let run = try ToolRun.run(
            "epu-report", [], in: folder.path, through: ["/usr/bin/env", "python3", "-c", script])
        #expect(run.status == 0, "\(run.errors)")
    }

    private static var hasPython: Bool {
        (try? ToolRun.run("epu-report", [], through: ["/usr/bin/env", "python3", "-c", ""]))?.status == 0
    }
}

/// RFC 4180, read as its grammar has it.
private enum CSVReading {
    static func rows(_ text: String) -> [[String]] {
        var rows: [[String]] = [[""]]
        var isQuoted = false
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            var row = rows.removeLast()
            switch scalar {
            case "\"" where isQuoted && scalars.first == "\"":
                row[row.count - 1] += "\""
                scalars.removeFirst()
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: row.append("")
            case "\n" where !isQuoted:
                rows.append(row)
                row = [""]
            default: row[row.count - 1].unicodeScalars.append(scalar)
            }
            rows.append(row)
        }
        return Array(rows.dropLast())
    }
}
