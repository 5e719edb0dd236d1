import Foundation
import TestSupport
import Testing

@Suite("A session that was moved or copied")
struct MovedSessionTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try run("epu-simulate", [folder["a/s"], "--exposures", "90", "--repeated-hole", "1", "--no-images"])
        try run("epu-ingest", [folder["a/s"]])
        try run("epu-analyze", [])
    }

    @discardableResult
    private func run(_ tool: String, _ arguments: [String]) throws -> ToolRun {
        let run = try ToolRun.run(tool, arguments, environment: ["EPU_ARCHIVE": folder["a.db"]])
        try #require(run.status == 0, "\(tool): \(run.errors)")
        return run
    }

    @Test(
        "tells nothing new: its analysis stays what it was, and compare says nothing of it", arguments: [true, false])
    func compare(isMoved: Bool) throws {
        let before = try run("epu-analyze", ["compare"])
        #expect(before.errors.isEmpty)
        try FileManager.default.createDirectory(atPath: folder["b"], withIntermediateDirectories: true)
        if isMoved {
            try FileManager.default.moveItem(atPath: folder["a/s"], toPath: folder["b/s"])
        } else {
            try FileManager.default.copyItem(atPath: folder["a/s"], toPath: folder["b/s"])
        }
        try run("epu-ingest", [folder["b/s"]])
        let after = try run("epu-analyze", ["compare"])
        #expect(after.errors.isEmpty)
        #expect(after.output == before.output)
    }

    @Test(
        "of which a hole image was read after the analysis keeps its incidents, and is said to have causes told again")
    func retold() throws {
        let before = try run("epu-analyze", ["compare"])
        let images = try #require(
            FileManager.default.enumerator(atPath: folder["a/s"])?.compactMap { $0 as? String }.first {
                $0.contains("/FoilHoles/") && $0.hasSuffix(".xml")
            })
        let path = folder["a/s/" + images]
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let changed = try text.replacing(
            #require(text.firstMatch(of: /<acquisitionDateTime>[^<]*<\/acquisitionDateTime>/)?.0),
            with: "<acquisitionDateTime>2025-01-08T23:00:00.0000000+01:00</acquisitionDateTime>")
        try changed.write(toFile: path, atomically: true, encoding: .utf8)
        try run("epu-ingest", [folder["a/s"]])
        let after = try run("epu-analyze", ["compare"])
        #expect(after.errors.contains("causes are told again by the next `epu-analyze`"))
        #expect(after.output == before.output)
        try run("epu-analyze", [])
        #expect(try run("epu-analyze", ["compare"]).errors.isEmpty)
    }
}
