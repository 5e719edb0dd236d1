import Foundation
import TestSupport
import Testing

@Suite("Simulated sessions, file to finding")
struct SimulatedOverlapTests {
    private struct Truth: Decodable {
        struct Exposure: Decodable {
            let name: String
            let xUm: Double
            let yUm: Double
        }

        let radiusUm: Double
        let exposures: [Exposure]
    }

    private struct Score: Decodable {
        let truePairs: Int
        let foundPairs: Int
        let missed: [String]
        let invented: [String]
        let trulyOverexposed: Int
        let foundOverexposed: Int
    }

    private static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }()

    private static let matrix = ["--matrix", "21.767,11.130,10.799,-21.682"]

    private func run(_ tool: String, _ arguments: [String], in folder: TemporaryFolder) throws -> ToolRun {
        let run = try ToolRun.run(
            tool, arguments, in: folder.path, environment: ["EPU_ARCHIVE": folder["archive.db"]])
        #expect(run.status == 0, "\(tool) \(arguments): \(run.errors)")
        return run
    }

    private func score(in folder: TemporaryFolder) throws -> Score {
        let run = try ToolRun.run(
            "epu-simulate", ["score", "--json", "--db", folder["archive.db"], folder["session.truth.json"]])
        return try Self.decoder.decode(Score.self, from: Data(run.output.utf8))
    }

    @Test(
        "10,000 exposures with every fault: each true pair is found and nothing else, as comparing all with all has it")
    func exact() throws {
        let folder = try TemporaryFolder()
        _ = try run(
            "epu-simulate",
            [
                "make", "session", "--exposures", "10000", "--no-images", "--unmoved-stage", "5", "--wrong-centre", "5",
                "--repeated-hole", "10", "--partial-overlap", "10", "--seed", "7",
            ], in: folder)
        _ = try run("epu-ingest", ["session"], in: folder)
        _ = try run("epu-analyze", Self.matrix, in: folder)
        let score = try score(in: folder)
        #expect(score.missed.isEmpty)
        #expect(score.invented.isEmpty)
        #expect(score.foundOverexposed == score.trulyOverexposed)

        let truth = try Self.decoder.decode(
            Truth.self, from: Data(contentsOf: URL(fileURLWithPath: folder["session.truth.json"])))
        #expect(truth.exposures.count == 10_000)
        let pairs = bruteForcePairs(
            x: truth.exposures.map(\.xUm), y: truth.exposures.map(\.yUm), radius: truth.radiusUm)
        #expect(pairs > 100)
        #expect(score.truePairs == pairs)
        #expect(score.foundPairs == pairs)
    }

    @Test("Without faults nothing is found, in EPU 2.6 and 3.9", arguments: ["2.6", "3.9"])
    func faultless(version: String) throws {
        let folder = try TemporaryFolder()
        _ = try run(
            "epu-simulate", ["make", "session", "--exposures", "1200", "--no-images", "--epu-version", version],
            in: folder)
        let ingest = try run("epu-ingest", ["--strict", "session"], in: folder)
        #expect(ingest.output.contains("1200"))
        #expect(try run("epu-analyze", Self.matrix, in: folder).output.contains("all unique within"))
    }

    @Test("A second session on the grid is compared with the first, unless it is to be judged within itself")
    func secondSession() throws {
        for isWithin in [false, true] {
            let folder = try TemporaryFolder()
            _ = try run(
                "epu-simulate", ["make", "session", "--exposures", "900", "--no-images", "--second-session"],
                in: folder)
            _ = try run("epu-ingest", ["session", "session-second"], in: folder)
            _ = try run("epu-analyze", Self.matrix + (isWithin ? ["--within-session"] : []), in: folder)
            let score = try score(in: folder)
            #expect(isWithin ? score.truePairs == 0 : score.truePairs > 100)
            #expect(score.missed.isEmpty && score.invented.isEmpty)
        }
    }

    private func bruteForcePairs(x: [Double], y: [Double], radius: Double) -> Int {
        var pairs = 0
        x.withUnsafeBufferPointer { x in
            y.withUnsafeBufferPointer { y in
                var later = 1
                while later < x.count {
                    var earlier = 0
                    while earlier < later {
                        let (dx, dy) = (x[later] - x[earlier], y[later] - y[earlier])
                        if dx * dx + dy * dy <= radius * radius { pairs += 1 }
                        earlier += 1
                    }
                    later += 1
                }
            }
        }
        return pairs
    }
}
