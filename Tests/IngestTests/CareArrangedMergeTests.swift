import EPUArchive
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_ingest

@Suite("Sessions that a person split or joined, in a merge")
struct CareArrangedMergeTests {
    private let arranging: Arranging
    private var folder: TemporaryFolder { arranging.folder }

    init() throws { arranging = try Arranging() }

    private func makeShard() async throws {
        for (name, seed) in [("s", 3), ("a", 4), ("b", 5)] {
            try arranging.simulate(name, "--exposures 60 --seed \(seed)")
        }
        try await ingest(["s", "a", "b"].map { folder[$0] }, into: arranging.database)
        try FileManager.default.copyItem(atPath: arranging.database, toPath: folder["plain.db"])
        try arranging.epuIngest("split s --from \(try arranging.time(40)) --name late")
        try arranging.epuIngest("join a b")
    }

    private let arranged = ["a": 120, "late": 20, "s": 40]

    @Test("come along, and the merged archive keeps them apart and together when their folders are read")
    func carried() async throws {
        try await makeShard()
        try arranging.simulate("other", "--exposures 30 --seed 6")
        try await ingest([folder["other"]], into: folder["merged.db"])
        try arranging.epuIngest("merge \(arranging.database)", in: folder["merged.db"])
        let numbers = arranged.merging(["other": 30]) { first, _ in first }
        #expect(try arranging.numbers(in: folder["merged.db"]) == numbers)
        let before = try dump(folder["merged.db"])
        try await ingest(["s", "a", "b", "other"].map { folder[$0] }, into: folder["merged.db"])
        #expect(try dump(folder["merged.db"]) == before)
        // Merging it once more brings nothing.
        try arranging.epuIngest("merge \(arranging.database)", in: folder["merged.db"])
        #expect(try dump(folder["merged.db"]) == before)
    }

    @Test("stay as they are where the other archive has the sessions as they were, and reviews find their exposures")
    func kept() async throws {
        try await makeShard()
        try arranging.review("s", 60, in: folder["plain.db"])
        try arranging.review("b", 60, in: folder["plain.db"])
        let run = try arranging.epuIngest("merge \(folder["plain.db"])")
        #expect(run.output.contains("0 sessions added") || !run.output.contains("added"), "\(run.output)")
        #expect(try arranging.numbers() == arranged)
        #expect(try arranging.reviewed().count == 120)
        try arranging.expectSound()
        // The other way round the archive that nobody arranged stays as it is.
        try arranging.epuIngest("merge \(arranging.database)", in: folder["plain.db"])
        #expect(try arranging.numbers(in: folder["plain.db"]) == ["a": 60, "b": 60, "s": 60])
    }

    @Test("find their other part where only one of the two comes in")
    func linked() async throws {
        try await makeShard()
        try FileManager.default.copyItem(atPath: arranging.database, toPath: folder["part.db"])
        try arranging.epuIngest("remove late", in: folder["part.db"])
        try arranging.epuIngest("merge \(arranging.database)", in: folder["part.db"])
        #expect(try arranging.numbers(in: folder["part.db"]) == arranged)
        try await ingest([folder["s"]], into: folder["part.db"])
        #expect(try arranging.numbers(in: folder["part.db"]) == arranged)
        try arranging.expectSound(in: folder["part.db"])
    }
}
