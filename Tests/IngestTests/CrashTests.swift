import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_simulate

/// A session of many files, as large as a test can bear, with every kind of file and fault.
private func writeSession(_ path: String, exposures: Int, seed: UInt64 = 1) throws {
    var options = SimulationOptions()
    options.seed = seed
    options.exposures = exposures
    options.clusterRadius = 4
    options.images = false
    options.movies = true
    try Simulation(options).write(to: path)
    let files = try FileManager.default.subpathsOfDirectory(atPath: path)
        .filter { $0.contains("Images-Disc1") && $0.hasSuffix(".xml") && !$0.contains("_Fractions") }.sorted()
    for (index, file) in files.enumerated() {
        let base = path + "/" + file.dropLast(4)
        // Previews of most, some without an exposure, some files that are cut off.
        if index % 7 != 0 { try Data("jpg".utf8).write(to: URL(fileURLWithPath: base + ".jpg")) }
        if index % 31 == 0 { truncate(base + ".xml", 2000) }
        if index % 37 == 0 { try FileManager.default.removeItem(atPath: base + ".xml") }
    }
}

private func soundness(_ database: String) throws -> String {
    try DatabaseQueue(path: database).read { db in
        let strangers = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map { "\($0)" }
        return try (String.fetchAll(db, sql: "PRAGMA integrity_check") + strangers).joined(separator: "; ")
    }
}

@Suite("An ingest that is killed", .serialized)
struct CrashTests {
    private let folder: TemporaryFolder
    private var session: String { folder["session"] }

    init() throws { folder = try TemporaryFolder() }

    private func arguments(_ database: String) -> [String] {
        ["--db", folder[database], "--batch-size", "40", "--jobs", "2", session]
    }

    /// What the killed tool left, looked at in a copy: the next run is to find it as it is.
    private func soundnessOfCopy(_ database: String) throws -> String {
        for suffix in ["", "-journal"] {
            try? FileManager.default.removeItem(atPath: folder["copy.db" + suffix])
            let left = folder[database + suffix]
            guard FileManager.default.fileExists(atPath: left) else { continue }
            try FileManager.default.copyItem(atPath: left, toPath: folder["copy.db" + suffix])
        }
        return try soundness(folder["copy.db"])
    }

    @Test("leaves a sound archive whenever it is, and the next ones complete it as if nothing had happened")
    func killed() throws {
        try writeSession(session, exposures: 300)
        let began = ContinuousClock.now
        #expect(try ToolRun.run("epu-ingest", arguments("whole.db")).status == 0)
        var time = (ContinuousClock.now - began) / .seconds(1)
        let whole = try dump(folder["whole.db"])
        var random = RandomSource(seed: 5, stream: "kills", index: 0)
        var kills = 0
        var archives = 0
        while kills < 60, archives < 60 {
            archives += 1
            let database = "killed-\(archives).db"
            // The early ones, as the archive is made; the others anywhere.
            let reach = archives % 4 == 0 ? 0.1 : 0.9
            for _ in 0..<(1 + archives % 6) {
                let wasKilled = try KilledTool.run(
                    "epu-ingest", arguments(database), killAfter: time * random.uniform(0, reach))
                guard wasKilled else {
                    // The machine has become faster.
                    time *= 0.8
                    break
                }
                kills += 1
                #expect(try soundnessOfCopy(database) == "ok")
            }
            let last = try ToolRun.run("epu-ingest", arguments(database))
            #expect(last.status == 0, "\(last.errors)")
            #expect(try dump(folder[database]) == whole)
        }
        #expect(kills >= 50)
    }

    @Test("as it makes the archive leaves one that the next run makes whole")
    func killedBeforeSchema() throws {
        try folder.addExposure(1)
        // The pages of the schema are in the file, and its transaction has not ended.
        let queue = try DatabaseQueue(path: folder["a.db"])
        try queue.inDatabase { db in
            try db.execute(sql: "PRAGMA cache_size = 2; PRAGMA cache_spill = 2; BEGIN IMMEDIATE")
            for number in 1...50 { try db.execute(sql: "CREATE TABLE t\(number) (a TEXT UNIQUE, b TEXT UNIQUE)") }
            for suffix in ["", "-journal"] {
                try FileManager.default.copyItem(
                    atPath: folder["a.db" + suffix], toPath: folder["killed.db" + suffix])
            }
            try db.execute(sql: "ROLLBACK")
        }
        let run = try ToolRun.run("epu-ingest", ["--db", folder["killed.db"], session])
        #expect(run.status == 0, "\(run.errors)")
        #expect(try count("SELECT count(*) FROM exposure", in: folder["killed.db"]) == 1)
    }
}

@Suite("Two ingests into one archive at once", .serialized)
struct ConcurrentIngestTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Runs both and waits for both.
    private func run(_ folders: [String], into database: String) async throws -> [Int32] {
        try await withThrowingTaskGroup(of: Int32.self) { group in
            for session in folders {
                let (archive, path) = (folder[database], folder[session])
                group.addTask {
                    try ToolRun.run("epu-ingest", ["--db", archive, "--batch-size", "50", path]).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// An id that one of them asked for in vain, as the other one was quicker, is never used again: ids have gaps.
    @Test("of the same session give what one gives, except for the ids")
    func same() async throws {
        try writeSession(folder["session"], exposures: 250)
        #expect(try await run(["session"], into: "one.db") == [0])
        for round in 1...2 {
            #expect(try await run(["session", "session"], into: "two-\(round).db") == [0, 0])
            #expect(try soundness(folder["two-\(round).db"]) == "ok")
            #expect(try content(folder["two-\(round).db"]) == content(folder["one.db"]))
        }
    }

    @Test("of two sessions give what both give one after the other, except for the ids")
    func different() async throws {
        try writeSession(folder["a"], exposures: 200)
        try writeSession(folder["b"], exposures: 150, seed: 2)
        #expect(try await run(["a"], into: "one.db") == [0])
        #expect(try await run(["b"], into: "one.db") == [0])
        for round in 1...2 {
            #expect(try await run(["a", "b"], into: "two-\(round).db") == [0, 0])
            #expect(try soundness(folder["two-\(round).db"]) == "ok")
            #expect(try content(folder["two-\(round).db"]) == content(folder["one.db"]))
        }
    }
}

@Suite("A disk that becomes full", .enabled(if: SmallDisk.isPossible, Comment(rawValue: SmallDisk.impossibility)))
struct FullDiskTests {
    @Test("at any point: one sentence, a sound archive or none, and a larger disk completes it")
    func fullDisk() throws {
        let folder = try TemporaryFolder()
        try writeSession(folder["s"], exposures: 150)
        let arguments = ["--batch-size", "30", folder["s"]]
        #expect(try ToolRun.run("epu-ingest", ["--db", folder["whole.db"]] + arguments).status == 0)
        let whole = try dump(folder["whole.db"])
        let size = try Data(contentsOf: URL(fileURLWithPath: folder["whole.db"])).count / 1024
        // From one that holds nothing, over the schema alone, to one that all but holds the archive.
        for part in [0.01, 0.1, 0.4, 0.6, 0.7, 0.8, 0.9, 0.97] {
            let disk = try SmallDisk(kilobytes: max(4, Int(Double(size) * part)))
            let database = "\(part).db"
            let run = try ToolRun.run("epu-ingest", ["--db", disk.path + "/a.db"] + arguments)
            #expect(run.status == 1)
            #expect(run.errors.contains("is full"), "\(run.errors)")
            #expect(!FileManager.default.fileExists(atPath: disk.path + "/a.db-journal"))
            if FileManager.default.fileExists(atPath: disk.path + "/a.db") {
                try FileManager.default.copyItem(atPath: disk.path + "/a.db", toPath: folder[database])
                #expect(try soundness(folder[database]) == "ok")
            }
            let again = try ToolRun.run("epu-ingest", ["--db", folder[database]] + arguments)
            #expect(again.status == 0, "\(again.errors)")
            #expect(try dump(folder[database]) == whole)
        }
    }
}
