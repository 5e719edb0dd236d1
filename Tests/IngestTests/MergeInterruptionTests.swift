import Foundation
import TestSupport
import Testing

@Suite("A merge that is interrupted")
struct MergeInterruptionTests {
    private let shards: Shards

    init() throws { shards = try Shards() }

    @Test("by Ctrl-C leaves neither its copy of the shard nor the copy's journal")
    func copyGoes() throws {
        for (name, exposures) in [("a", "2500"), ("b", "30")] {
            try shards.simulate(name, ["--exposures", exposures, "--seed", exposures])
        }
        try shards.archive("both.db", of: ["a", "b"], analysed: false)
        try shards.archive("merged.db", of: ["a"], analysed: false)
        let copies = shards.folder["copies"]
        try FileManager.default.createDirectory(atPath: copies, withIntermediateDirectories: false)
        var wasSeen = false
        // The journal is there while the greater session is deleted from the copy; a slow look may miss it.
        for _ in 1...5 where !wasSeen {
            let tool = try start(["merge", "both.db", "--db", "merged.db"], copiesIn: copies)
            while tool.isRunning && !wasSeen {
                wasSeen = try files(copies).contains { $0.hasSuffix("-journal") }
                usleep(500)
            }
            kill(tool.processIdentifier, SIGINT)
            tool.waitUntilExit()
            if tool.terminationReason != .uncaughtSignal { wasSeen = false }
            #expect(try files(copies) == [])
            if !wasSeen {
                _ = try shards.run("epu-ingest", ["remove", "--db", "merged.db", "b"])
            }
        }
        #expect(wasSeen)
    }

    private func files(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder)
    }

    private func start(_ arguments: [String], copiesIn folder: String) throws -> Process {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let tool = Process()
        tool.executableURL = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("epu-ingest")
        tool.arguments = arguments
        tool.currentDirectoryURL = URL(fileURLWithPath: shards.folder.path)
        tool.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": folder]) { $1 }
        tool.standardOutput = FileHandle.nullDevice
        tool.standardError = FileHandle.nullDevice
        tool.standardInput = FileHandle.nullDevice
        try tool.run()
        return tool
    }
}
