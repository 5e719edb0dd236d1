import EPUArchive
import EPUCore
import Foundation
import TestSupport
import Testing

@testable import epu_ingest

@Suite("A shard that does not come in as it is", .serialized)
struct MergeCopyTests {
    private let shards: Shards

    init() throws {
        shards = try Shards()
        for (name, seed) in [("a", "3"), ("b", "4")] {
            try shards.simulate(name, ["--exposures", "30", "--seed", seed])
        }
        try shards.archive("both.db", of: ["a", "b"], analysed: false)
    }

    @Test("with rows that refer to none is refused, with the way to mend it")
    func dangling() throws {
        try shards.changeInShell(
            "both.db", "DELETE FROM exposure WHERE exposure_id = 5; DELETE FROM source_file WHERE kind = 'exposure'")
        let run = try ToolRun.run("epu-ingest", ["merge", "both.db", "--db", "merged.db"], in: shards.folder.path)
        #expect(run.status == 1)
        #expect(run.errors.contains("epu-ingest check --repair --db both.db"), "\(run.errors)")
        #expect(try count("SELECT count(*) FROM session", in: shards.folder["merged.db"]) == 0)
        _ = try shards.run("epu-ingest", ["check", "--repair", "--db", "both.db"])
        try shards.merge(["both.db"], into: "merged.db")
        #expect(try shards.sound("merged.db") == "ok ok")
    }

    private func copies() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: NSTemporaryDirectory())
            .filter { $0.hasPrefix("epu-merge-\(getpid())-") }
    }

    @Test("is copied when its turn comes, and the copy is removed with it")
    func turn() throws {
        try shards.changeInShell("both.db", "DELETE FROM session WHERE name = 'b'")
        let shard = try ShardFile(shards.folder["both.db"], into: shards.folder["merged.db"])
        #expect(try copies().isEmpty)
        do {
            let copy = try #require(try shard.updatedCopy())
            #expect(try copies().count == 1)
            #expect(try count("SELECT count(*) FROM exposure", in: copy.path) == 30)
        }
        #expect(try copies().isEmpty)
        _ = try ShardMerge(into: Archive(shards.folder["merged.db"], access: .create)).run(shard)
        #expect(try copies().isEmpty)
        #expect(try count("SELECT count(*) FROM exposure", in: shards.folder["merged.db"]) == 30)
    }

    @Test("a folder for copies that is missing is named; a shard that cannot be read is not taken for that")
    func room() throws {
        try shards.changeInShell("both.db", "DELETE FROM session WHERE name = 'b'")
        let run = try ToolRun.run(
            "epu-ingest", ["merge", "both.db", "--db", "merged.db"], in: shards.folder.path,
            environment: ["TMPDIR": shards.folder["missing"]])
        #expect(
            run.status == 1 && run.errors.contains("name another folder for temporary files with TMPDIR"),
            "\(run.errors)")
        #expect(throws: Failure.self) { try WorkingCopy(of: shards.folder["none.db"]) }
        do {
            _ = try WorkingCopy(of: shards.folder["none.db"])
        } catch let error as Failure {
            #expect(!"\(error)".contains("TMPDIR"))
        }
    }

    @Test("is decided on again where another merge changed what is to come in")
    func again() throws {
        try shards.archive("a.db", of: ["a"], analysed: false)
        try shards.archive("b.db", of: ["b"], analysed: false)
        try shards.merge(["a.db"], into: "merged.db")
        let archive = shards.folder["merged.db"]
        var merge = try ShardMerge(into: Archive(archive, access: .write))
        let (shards, calls) = (shards, Calls())
        merge.onDecision = {
            calls.number += 1
            if calls.number == 1 { try shards.merge(["b.db"], into: "merged.db") }
        }
        let merged = try merge.run(ShardFile(shards.folder["both.db"], into: archive))
        #expect(calls.number == 2)
        #expect(merged.sessions.map(\.outcome) == [.there, .there])
        #expect(try count("SELECT count(*) FROM exposure", in: archive) == 60)
        #expect(try shards.sound("merged.db") == "ok ok")
    }

    private final class Calls { var number = 0 }
}
