import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@Suite("The archive")
struct ArchiveTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("A new archive has the schema, the version and only STRICT tables")
    func schema() throws {
        let archive = try Archive(folder["a.db"], access: .create)
        try archive.read { db in
            #expect(try Int.fetchOne(db, sql: "PRAGMA user_version") == Archive.schemaVersion)
            let loose = try String.fetchAll(
                db,
                sql: """
                    SELECT name FROM pragma_table_list
                    WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%'
                    """)
            #expect(loose.isEmpty)
            for view in try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'view'") {
                _ = try Row.fetchAll(db, sql: "SELECT * FROM \(view)")
            }
        }
    }

    @Test("Every column that holds a length, an angle or a dose says its unit in its name")
    func units() throws {
        let archive = try Archive(folder["a.db"], access: .create)
        let names = try archive.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT c.name FROM pragma_table_list t JOIN pragma_table_info(t.name) c
                    WHERE t.schema = 'main' AND c.type = 'REAL'
                    """)
        }
        let unitless: Set = [
            "beam_shift_x", "beam_shift_y", "image_shift_x", "image_shift_y", "beam_tilt_x", "beam_tilt_y", "intensity",
            "quality", "image_to_stage_m11", "image_to_stage_m12", "image_to_stage_m21", "image_to_stage_m22", "m11",
            "m12", "m21", "m22", "scale", "squared_distance", "center_x", "center_y", "field_overlap", "min_set",
            "max_set", "center_quality", "hole_rotation", "hole_shear", "ice_min_intensity", "ice_max_intensity",
            "template_m11", "template_m12", "template_m21", "template_m22", "illumination_intensity", "cluster_x",
            "cluster_y", "ice_intensity_mean", "ice_intensity_stdev", "ice_thickness", "m11_error", "m12_error",
            "m21_error", "m22_error", "singular_ratio", "margin", "g11", "g12", "g21", "g22",
            "min_field_overlap", "beam_overlap", "field_share", "unplanned_field_share", "tolerance", "certainty",
            "probability", "exposures_per_hour", "exposures_per_hour_with_pauses", "hours", "paused_hours",
        ]
        let units = ["_um", "_deg", "_a", "_e_per_a2", "_px", "_s", "_kv", "_ev", "_hz", "_na"]
        #expect(names.filter { name in !unitless.contains(name) && !units.contains { name.hasSuffix($0) } }.isEmpty)
    }

    @Test(
        "A file that is missing, no database, another's or newer is refused in words",
        arguments: [
            ("missing", "There is no archive"), ("text", "not an SQLite database"), ("other", "not an EPU archive"),
            ("newer", "newer version"), ("empty", "is empty"),
        ])
    func refused(kind: String, words: String) throws {
        let path = folder["a.db"]
        switch kind {
        case "text": try folder.write("a.db", String(repeating: "no database ", count: 200))
        case "other": try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE t (x)") }
        case "newer":
            try Archive(path, access: .create).write {
                try $0.execute(sql: "PRAGMA user_version = \(Archive.schemaVersion + 1)")
            }
        case "empty": try folder.write("a.db", "")
        default: break
        }
        let before = try? Data(contentsOf: URL(fileURLWithPath: path))
        let error = #expect(throws: Failure.self) { try Archive(path, access: .read) }
        #expect(error?.description.contains(words) == true)
        let after = try? Data(contentsOf: URL(fileURLWithPath: path))
        #expect(after == before)
    }

    @Test("A transaction that fails leaves nothing")
    func rollback() throws {
        let archive = try Archive(folder["a.db"], access: .create)
        #expect(throws: Failure.self) {
            try archive.write { db in
                try db.execute(sql: "INSERT INTO session (name, grid) VALUES ('a', 'g')")
                throw Failure("no")
            }
        }
        #expect(try archive.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM session") } == 0)
    }

    @Test("What a killed tool left half done is rolled back, for readers too")
    func hotJournal() throws {
        let archive = try Archive(folder["a.db"], access: .create)
        try archive.database.inDatabase { db in
            // Pages go to the file before the transaction ends, as in a large one.
            try db.execute(sql: "PRAGMA cache_size = 5; PRAGMA cache_spill = 5; BEGIN IMMEDIATE")
            for number in 1...3000 {
                try db.execute(
                    sql: "INSERT INTO session (name, grid) VALUES (?, ?)",
                    arguments: ["\(number)", String(repeating: "g", count: 200)])
            }
            for suffix in ["", "-journal"] {
                try FileManager.default.copyItem(atPath: folder["a.db" + suffix], toPath: folder["killed.db" + suffix])
            }
            try db.execute(sql: "ROLLBACK")
        }
        let killed = try Archive(folder["killed.db"], access: .read)
        #expect(try killed.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM session") } == 0)
        #expect(try killed.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
    }

    @Test("Sessions are chosen by name or by pattern; a name that looks like a pattern is first that name")
    func patterns() throws {
        let archive = try Archive(folder["a.db"], access: .create)
        func chosen(_ names: [String]) throws -> [String] {
            try archive.read { try SessionRow.select($0, names: names).map(\.name) }
        }
        try archive.write { db in
            for name in ["K3_1", "K3_2", "F4_1", "F4*"] {
                try db.execute(sql: "INSERT INTO session (name, grid) VALUES (?, 'g')", arguments: [name])
            }
        }
        #expect(try chosen(["K3*"]) == ["K3_1", "K3_2"])
        #expect(try chosen(["*_1", "K3_1"]) == ["K3_1", "F4_1"], "each once, in the archive's order")
        #expect(try chosen(["K3_?"]) == ["K3_1", "K3_2"])
        #expect(try chosen(["F4*"]) == ["F4*"])
        #expect(throws: Failure.self) { try chosen(["K3*", "G*"]) }
        #expect(throws: Failure.self) { try chosen(["k3_1"]) }
        // What is to be removed or joined is named, in an order that matters.
        #expect(try archive.read { try SessionRow.named(["F4_1", "K3_1"], $0).map(\.name) } == ["F4_1", "K3_1"])
        #expect(throws: Failure.self) { try archive.read { try SessionRow.named(["K3*"], $0) } }
    }

    @Test("No two sessions share a folder name")
    func distinctFolderNames() throws {
        let archive = try Archive(folder["a.db"], access: .create)
        let sessions = try archive.write { db in
            for name in ["grid 1", "grid_1", "GRID 1", "grid_1~2"] {
                try db.execute(sql: "INSERT INTO session (name, grid) VALUES (?, 'g')", arguments: [name])
            }
            return try SessionRow.select(db, names: [])
        }
        #expect(sessions.map(\.folderName) == ["grid_1", "grid_1~2", "GRID_1~3", "grid_1~2~2"])
    }

    @Test(
        "A folder name has no characters that a file system or a shell minds",
        arguments: [
            ("Supervisor_20250108_101446_62_cm40593-1_EPU~2", "Supervisor_20250108_101446_62_cm40593-1_EPU~2"),
            ("../../etc", ".._.._etc"), ("..", "__"), ("a b/c\n$(x)", "a_b_c___x_"), ("", "_"),
        ])
    func folderNames(name: String, expected: String) throws {
        let archive = try Archive(folder["a.db"], access: .create)
        let sessions = try archive.write { db in
            try db.execute(sql: "INSERT INTO session (name, grid) VALUES (?, 'g')", arguments: [name])
            return try SessionRow.select(db, names: [])
        }
        #expect(sessions.map(\.folderName) == [expected])
    }
}

@Suite("Output files")
struct OutputFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("A file appears when it is whole, and an abandoned one not at all")
    func whole() throws {
        try folder.write("list.txt", "old")
        func abandon() throws {
            var file = try OutputFile(folder["list.txt"])
            try file.write("half")
            #expect(try folder.text("list.txt") == "old")
        }
        try abandon()
        #expect(folder.names() == ["list.txt"])
        var file = try OutputFile(folder["list.txt"])
        try file.write(String(repeating: "x", count: 200_000))
        try file.commit()
        #expect(try folder.text("list.txt").count == 200_000)
        #expect(folder.names() == ["list.txt"])
    }

    @Test("Folders are made; where that fails, the reason is told")
    func folders() throws {
        func write(_ path: String) throws {
            var file = try OutputFile(path)
            try file.write("text")
            try file.commit()
        }
        try write(folder["a/b/c.txt"])
        #expect(try folder.text("a/b/c.txt") == "text")
        #expect(throws: Failure.self) { try write(folder["a/b/c.txt/d.txt"]) }
        #expect(throws: Failure.self) { try write("/proc/nothing.txt") }
    }
}

@Suite("Geometry")
struct GeometryTests {
    @Test(
        "Scale, angle and mirror of a matrix",
        arguments: [
            (Matrix2(scale: 25), 25.0, 0.0, false),
            (Matrix2(0, -24, 24, 0), 24, 90, false),
            (Matrix2(-24, 0, 0, -24), 24, 180, false),
            (Matrix2(24, 0, 0, -24), 24, 0, true),
            (Matrix2(0, 20, 20, 0), 20, 90, true),
        ])
    func similarity(matrix: Matrix2, scale: Double, angle: Double, mirrored: Bool) {
        #expect(abs(matrix.scale - scale) < 1e-12)
        #expect(abs(matrix.angleDegrees - angle) < 1e-12)
        #expect(matrix.isMirrored == mirrored)
    }

    @Test("The microscope that was measured: 24.3 um per unit, mirrored, 26.8 degrees")
    func measured() {
        let matrix = Matrix2(21.767, 11.130, 10.799, -21.682)
        #expect(abs(matrix.scale - 24.33) < 0.01)
        #expect(abs(matrix.angleDegrees - 26.8) < 0.05)
        #expect(matrix.isMirrored)
        let back = (matrix.inverse ?? matrix) * (matrix * Vector2(0.1, -0.2))
        #expect(back.distance(to: Vector2(0.1, -0.2)) < 1e-15)
    }
}
