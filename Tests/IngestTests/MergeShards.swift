import EPUArchive
import Foundation
import GRDB
import TestSupport
import Testing

/// Archives of sessions, each ingested and analysed alone.
struct Shards {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func run(_ tool: String, _ arguments: [String]) throws -> ToolRun {
        let run = try ToolRun.run(tool, arguments, in: folder.path)
        #expect(run.status == 0, "\(tool) \(arguments): \(run.errors)")
        return run
    }

    func simulate(_ session: String, _ options: [String]) throws {
        _ = try run("epu-simulate", ["make", session, "--no-images"] + options)
    }

    func archive(_ name: String, of sessions: [String], analysed: Bool = true) throws {
        _ = try run("epu-ingest", ["--db", name] + sessions)
        if analysed { _ = try run("epu-analyze", ["--db", name]) }
    }

    @discardableResult
    func merge(_ shards: [String], into archive: String) throws -> String {
        try run("epu-ingest", ["merge", "--db", archive] + shards).output
    }

    /// What an archive says, without ids and times of its own making.
    func natural(_ archive: String) throws -> [String] {
        let sql = try Project.text("Tests/Slurm/natural_keys.sql")
        return try Archive(folder[archive], access: .read).read { try String.fetchAll($0, sql: sql) }
    }

    func sound(_ archive: String) throws -> String {
        try DatabaseQueue(path: folder[archive]).read { db in
            let strangers = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map { "\($0)" }
            let checks = ["PRAGMA integrity_check", "SELECT rtreecheck('placement_index')"]
            return try (checks.flatMap { try String.fetchAll(db, sql: $0) } + strangers).joined(separator: " ")
        }
    }

    func change(_ archive: String, _ sql: String) throws {
        try Archive(folder[archive], access: .write).write { try $0.execute(sql: sql) }
    }

    /// Changes an archive as the sqlite3 shell does, where foreign keys are off.
    func changeInShell(_ archive: String, _ sql: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        try DatabaseQueue(path: folder[archive], configuration: configuration).write { try $0.execute(sql: sql) }
    }

    func copy(_ archive: String, _ name: String) throws {
        try FileManager.default.copyItem(atPath: folder[archive], toPath: folder[name])
    }

    func bytes(_ archive: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder[archive])) }
}
