import Foundation
import TestSupport
import Testing

/// An archive that ingest and analyze wrote, of a simulated session `s` with planted faults, and what the simulator knows of it.
final class WrittenArchive: Sendable {
    /// Made once for all tests. They only read it, and write into folders of their own.
    static let shared = Result { try WrittenArchive() }

    let folder: TemporaryFolder
    /// Base names of all exposures.
    let exposures: Set<String>
    /// Of those that were shot where the grid had been exposed before.
    let overexposed: Set<String>
    /// How many faults were planted.
    let incidents: Int

    /// What the simulator writes of a session, as far as reports tell it, too.
    private struct Truth: Decodable {
        struct Named: Decodable { let name: String }
        struct Pair: Decodable { let later: String }
        struct Incident: Decodable {}

        let exposures: [Named]
        let pairs: [Pair]
        let incidents: [Incident]
    }

    private init() throws {
        folder = try TemporaryFolder()
        // What is shared has no last user that would remove the folder.
        atexit { if let archive = try? WrittenArchive.shared.get() { try? archive.folder.remove() } }
        for (tool, arguments) in [
            (
                "epu-simulate",
                [folder["s"], "--exposures", "240", "--unmoved-stage", "1", "--partial-overlap", "2", "--seed", "3"]
            ),
            ("epu-ingest", [folder["s"]]), ("epu-analyze", []),
        ] {
            let run = try ToolRun.run(tool, arguments, environment: ["EPU_ARCHIVE": folder["a.db"]])
            try #require(run.status == 0, "\(tool): \(run.errors)")
        }
        let truth = try JSONDecoder().decode(Truth.self, from: Data(folder.text("s.truth.json").utf8))
        exposures = Set(truth.exposures.map(\.name))
        overexposed = Set(truth.pairs.map(\.later))
        incidents = truth.incidents.count
    }

    /// Runs epu-report on it.
    /// - Parameter out: where its files go; nil for a report without files.
    func report(_ arguments: [String], out: TemporaryFolder? = nil) throws -> ToolRun {
        let run = try ToolRun.run(
            "epu-report", arguments + (out.map { ["--out", $0.path] } ?? []),
            environment: ["EPU_ARCHIVE": folder["a.db"]])
        try #require(run.status == 0, "\(arguments): \(run.errors)")
        return run
    }
}
