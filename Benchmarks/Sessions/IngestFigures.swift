import EPUCore
import Foundation

/// The time that ingest takes for one session, beside what its files cost at the least.
struct IngestFigures {
    let session: BenchmarkSession
    let floors: Floors
    /// The time to ingest into a new archive, from start to end of the tool.
    let ingest: Spread
    /// The time to ingest again, with nothing changed.
    let rescan: Spread
    let peakBytes: Int
    let archiveBytes: Int

    /// Measures the session and leaves the archive at `archive`.
    init(
        _ session: BenchmarkSession, folder: String, archive: String, tools: Tools, measuring: MeasuringOptions
    ) throws {
        self.session = session
        floors = try Self.floors(of: folder, file: archive + ".floors.json", tools: tools, measuring: measuring)
        let arguments = ["--db", archive, "--jobs", "\(measuring.jobs)", folder]
        let runs = try (0..<measuring.runs).map { _ in
            unlink(archive)
            return try ChildProcess(tools.ingest, arguments)
        }
        ingest = Spread(runs.map(\.seconds))
        peakBytes = runs.map(\.peakBytes).max() ?? 0
        rescan = Spread(try (0..<measuring.runs).map { _ in try ChildProcess(tools.ingest, arguments).seconds })
        var status = stat()
        guard stat(archive, &status) == 0 else { throw Failure("\(archive): \(String(cString: strerror(errno))).") }
        archiveBytes = status.st_size
    }

    private static func floors(
        of folder: String, file: String, tools: Tools, measuring: MeasuringOptions
    ) throws -> Floors {
        _ = try ChildProcess(
            tools.benchmark,
            ["floors", folder, "--jobs", "\(measuring.jobs)", "--runs", "\(measuring.runs)", "--json"], output: file)
        return try JSONDecoder().decode(Floors.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
    }

    private var exposures: Double { Double(session.exposures) }
    var exposuresPerSecond: Double { exposures / ingest.median }
    var slowestPerSecond: Double { exposures / ingest.max }
    var fastestPerSecond: Double { exposures / ingest.min }
    var timesParse: Double { ingest.median / floors.parse.median }
    var timesRead: Double { ingest.median / floors.read.median }
    var rescanTimesWalk: Double { rescan.median / floors.walk.median }
    var peakMegabytes: Double { Double(peakBytes) / 1e6 }
    var archiveBytesPerExposure: Double { Double(archiveBytes) / exposures }

    /// The time per exposure, relative to that of another session.
    func growth(from other: IngestFigures) -> Double { other.exposuresPerSecond / exposuresPerSecond }
}
