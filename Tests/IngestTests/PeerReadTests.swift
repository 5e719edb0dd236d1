import EPUArchive
import Foundation
import GRDB
import TestSupport
import Testing

/// Reads EPU's files with Peers/read_epu.py, which shares no code with epu-ingest.
private enum Peer {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Peers/read_epu.py").path

    /// For `.enabled(if:)`.
    static let isPossible = (try? run(["--version"]).status) == 0
    static let impossibility = "needs python3, which is not here"

    static func read(_ folders: [String]) throws -> [String: [[String: Cell]]] {
        let (status, output) = try run([script] + folders)
        try #require(status == 0, "read_epu.py ended with \(status)")
        return try JSONDecoder().decode([String: [[String: Cell]]].self, from: output)
    }

    private static func run(_ arguments: [String]) throws -> (status: Int32, output: Data) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, data)
    }
}

/// What stands in one column of one row.
private enum Cell: Decodable, CustomStringConvertible {
    case null
    case number(Double)
    case text(String)
    case list([Cell])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else {
            self = .list(try container.decode([Cell].self))
        }
    }

    /// - Parameter isJSON: the column holds JSON.
    init(_ value: DatabaseValue, isJSON: Bool) throws {
        switch value.storage {
        case .null: self = .null
        case .int64(let number): self = .number(Double(number))
        case .double(let number): self = .number(number)
        case .string(let text) where isJSON: self = try JSONDecoder().decode(Cell.self, from: Data(text.utf8))
        case .string(let text): self = .text(text)
        case .blob(let data): self = .text("\(data.count) bytes")
        }
    }

    var description: String {
        switch self {
        case .null: "NULL"
        case .number(let number): Int64(exactly: number).map { "\($0)" } ?? "\(number)"
        case .text(let text): "'\(text)'"
        case .list(let cells): "\(cells)"
        }
    }

    /// Numbers are compared up to round-off, everything else exactly.
    func agrees(with other: Cell) -> Bool {
        switch (self, other) {
        case (.null, .null): true
        case (.number(let one), .number(let two)):
            abs(one - two) <= max(1e-15, 1e-12 * max(abs(one), abs(two)))
        case (.text(let one), .text(let two)): one == two
        case (.list(let one), .list(let two)):
            one.count == two.count && zip(one, two).allSatisfy { $0.agrees(with: $1) }
        default: false
        }
    }
}

/// A table that both tell of.
private struct Table {
    let name: String
    /// What identifies a row; `session` is the session's name.
    let key: [String]
    /// What only the archive has.
    let ownColumns: Set<String>
    let query: String

    init(_ name: String, key: [String], own: Set<String> = [], query: String? = nil) {
        self.name = name
        self.key = ["session"] + key
        ownColumns = own.union(["session_id"])
        self.query = query ?? "SELECT s.name AS session, t.* FROM \(name) t JOIN session s USING (session_id)"
    }

    private static let files: Set<String> = ["metadata_file_id", "image_file_id"]
    /// What ingest finds by itself.
    private static let doubts: Set<String> = ["pixel_size_doubtful", "dose_doubtful", "beam_diameter_doubtful"]

    static let all = [
        // The text of `grid` is the archive's own.
        Table(
            "session", key: [], own: ["grid", "session_file_version", "asked_method", "given_pitch_um", "is_settled"],
            query: "SELECT name AS session, * FROM session"),
        Table("storage_folder", key: ["disc"]),
        Table("preset", key: ["preset"]),
        Table("grid_square", key: ["grid_square"]),
        Table("foil_hole", key: ["foil_hole"]),
        Table("template_area", key: ["area"]),
        Table("planned_exposure", key: ["acquisition"]),
        Table("grid_square_image", key: ["name"], own: files.union(["grid_square_image_id"])),
        Table("hole_image", key: ["name"], own: files.union(["hole_image_id"])),
        Table("exposure", key: ["name", "unique_id"], own: files.union(["exposure_id"]).union(doubts)),
        Table(
            "custom_value", key: ["file", "key"],
            query: """
                SELECT s.name AS session, f.stem AS file, c.key, c.type, c.value
                FROM custom_value c JOIN source_file f USING (source_file_id)
                JOIN session_root r USING (session_root_id) JOIN session s USING (session_id)
                """),
    ]

    /// Rows by what identifies them, as `session / name`.
    func rows(in db: Database) throws -> [String: [String: Cell]] {
        try keyed(
            Row.fetchAll(db, sql: query).map { row in
                try Dictionary(
                    row.filter { !ownColumns.contains($0.0) }.map { column, value in
                        (column, try Cell(value, isJSON: ["defocus_um", "shape_px"].contains(column)))
                    }, uniquingKeysWith: { first, _ in first })
            })
    }

    func rows(of peer: [String: [[String: Cell]]]) throws -> [String: [String: Cell]] {
        try keyed(
            try #require(peer[name]).map { row in
                name == "session" ? row.merging(["session": row["name"] ?? .null]) { $1 } : row
            })
    }

    private func keyed(_ rows: [[String: Cell]]) throws -> [String: [String: Cell]] {
        let pairs = rows.map { row in (key.map { "\(row[$0] ?? .null)" }.joined(separator: " / "), row) }
        let result = Dictionary(pairs) { first, _ in first }
        try #require(result.count == rows.count, "\(name): rows of one identity")
        return result
    }

    /// Every difference, in words.
    func differences(stored: [String: [String: Cell]], peer: [String: [String: Cell]]) -> [String] {
        Set(stored.keys).union(peer.keys).sorted().flatMap { id -> [String] in
            guard let here = stored[id] else { return ["\(name) \(id): not in the archive"] }
            guard let there = peer[id] else { return ["\(name) \(id): only in the archive"] }
            return Set(here.keys).union(there.keys).sorted().compactMap { column in
                let (one, two) = (here[column], there[column])
                if let one, let two, one.agrees(with: two) { return nil }
                return "\(name) \(id), \(column): archive \(one?.description ?? "has no such column"), "
                    + "peer \(two?.description ?? "has no such column")"
            }
        }
    }
}

@Suite(
    "The archive holds what another reader finds in the files",
    .enabled(if: Peer.isPossible, Comment(rawValue: Peer.impossibility)))
struct PeerReadTests {
    private static let diamond = "Supervisor_20250108_101446_62_cm40593-1_EPU"
    private static let mocks = "Supervisor_20240405_115113_0_SmartEPU_ApoF"
    private static let harvest = "Supervisor_20230919_140141_84_bi23047-106_grid1"

    /// Ingests, and reports every difference from what the peer reads.
    private func compare(_ folders: [String], archive path: String) throws -> Archive {
        let run = try ToolRun.run("epu-ingest", ["--strict", "--min-age", "0", "--db", path] + folders)
        try #require(run.status == 0, "\(run.errors)")
        let archive = try Archive(path, access: .read)
        let peer = try Peer.read(folders)
        let differences = try Table.all.flatMap { table in
            try table.differences(
                stored: archive.read { try table.rows(in: $0) }, peer: table.rows(of: peer))
        }
        for difference in differences.prefix(20) { Issue.record(Comment(rawValue: difference)) }
        #expect(differences.count == 0, "differences in all")
        return archive
    }

    @Test(
        "Of simulated sessions, with foil holes in each form",
        arguments: ["1.2", "2.3", "2.6", "3.9", "3.11"], ["regular", "lacey", "own files"])
    func simulated(version: String, form: String) throws {
        let folder = try TemporaryFolder()
        try folder.simulate("s", ["--exposures", "90", "--epu-version", version, "--refined-holes"])
        if form == "lacey" { try folder.makeLacey("s") }
        if form == "own files" { try folder.giveHolesTheirOwnFiles("s") }
        let archive = try compare([folder["s"]], archive: folder["a.db"])
        let holes = try archive.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM foil_hole WHERE stage_x_um IS NOT NULL")
        }
        #expect(try #require(holes) > 30)
    }

    @Test(
        "Of the real files, every row and every column",
        .enabled(if: RealData.isPresent, Comment(rawValue: RealData.absence)))
    func everything() throws {
        let folders = ["morado", "diamond-example", "diamond-epumocks", "emharvest", "glacios"].map(RealData.path)
        let folder = try TemporaryFolder()
        let archive = try compare(folders, archive: folder["a.db"])

        func count(_ table: String, of session: String, where condition: String) throws -> Int {
            try archive.read { db in
                try Int.fetchOne(
                    db,
                    sql: "SELECT count(*) FROM \(table) t JOIN session s USING (session_id) "
                        + "WHERE s.name = ? AND \(condition)",
                    arguments: [session]) ?? -1
            }
        }
        #expect(try count("foil_hole", of: Self.mocks, where: "t.grid_square = 4590776 AND t.stage_x_um <> 0") == 570)
        #expect(try count("template_area", of: Self.diamond, where: "offset_x_um IS NOT NULL") == 6)
        #expect(try count("template_area", of: Self.harvest, where: "offset_x_um IS NOT NULL") == 7)
        #expect(try count("template_area", of: Self.mocks, where: "offset_x_um IS NOT NULL") == 4)
        #expect(try count("exposure", of: "morado", where: "beam_shift_x IS NOT NULL") == 189)
        #expect(try count("exposure", of: "glacios", where: "beam_shift_x IS NOT NULL") == 11)
        #expect(
            try count(
                "exposure", of: "glacios",
                where: "beam_diameter_um IS NULL AND illumination_mode IS NULL AND intensity = 0.439492999999995") == 11
        )
        #expect(try count("hole_image", of: "glacios", where: "stage_x_um IS NOT NULL") == 25)
        #expect(try count("grid_square_image", of: "glacios", where: "stage_x_um IS NOT NULL") == 13)
    }
}
