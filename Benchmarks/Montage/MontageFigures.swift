import EPUArchive
import EPUCore
import Foundation
import GRDB

/// The time that `epu-report montage` takes for all pairs of a session, beside what Pillow takes for as large a part of
/// its tiles as it can hold.
struct MontageFigures {
    let pairs: Int
    /// The time from start to end of the tool.
    let time: Spread
    let peakBytes: Int
    /// The figures of Pillow; nil where it is not installed.
    let peer: PillowFigures?

    /// The tiles of a pair: earlier and later exposure and the hole image of each.
    static let tilesOfPair = 4

    /// - Parameter exposures: The exposures of a simulated session whose previews are 512 x 364 pixels. Nearly as many
    ///   are pairs, because the radius reaches beyond the next hole.
    init(exposures: Int, folder: String, tools: Tools, python: String?, measuring: MeasuringOptions) throws {
        let (session, archive) = (folder + "/session", folder + "/archive.db")
        _ = try ChildProcess(tools.simulate, ["make", session, "--exposures", "\(exposures)"])
        _ = try ChildProcess(tools.ingest, [session, "--db", archive])
        _ = try ChildProcess(tools.analyze, ["overlaps", "--radius", "3", "--count-neighbours", "--db", archive])
        sync()
        let tiles = try Self.tiles(archive)
        pairs = tiles.count / Self.tilesOfPair
        let runs = try (0..<measuring.runs).map { _ in
            try ChildProcess(
                tools.report,
                [
                    "montage", "--limit", "0", "--by", "pair", "--jobs", "\(measuring.jobs)", "--db", archive, "--out",
                    folder + "/report",
                ])
        }
        time = Spread(runs.map(\.seconds))
        peakBytes = runs.map(\.peakBytes).max() ?? 0
        peer = try python.map { try PillowFigures(tiles, folder: folder, runs: measuring.runs, python: $0) }
    }

    /// The pictures of all pairs, four of each; of hole images it is the last one before the exposure.
    private static func tiles(_ archive: String) throws -> [String] {
        try Archive(archive, access: .read).read { db in
            try Row.fetchAll(
                db,
                sql: """
                    WITH hole AS (
                        SELECT h.acquired_at, r.path || '/' || f.path AS path
                        FROM hole_image h
                        JOIN source_file f ON f.source_file_id = h.image_file_id
                        JOIN session_root r USING (session_root_id))
                    SELECT earlier.image_path, later.image_path,
                           (SELECT path FROM hole WHERE acquired_at < earlier.acquired_at
                            ORDER BY acquired_at DESC LIMIT 1),
                           (SELECT path FROM hole WHERE acquired_at < later.acquired_at
                            ORDER BY acquired_at DESC LIMIT 1)
                    FROM overexposed o
                    JOIN exposures earlier ON earlier.exposure_id = o.earlier_id
                    JOIN exposures later ON later.exposure_id = o.later_id
                    ORDER BY later.acquired_at
                    """
            ).flatMap { row in (0..<tilesOfPair).compactMap { row[$0] as String? } }
        }
    }

    private var tilesPerSecond: Double { Double(pairs * Self.tilesOfPair) / time.median }

    static func text(_ rows: [MontageFigures]) -> String {
        var table = TextTable([
            "pairs", "montage s", "min..max", "RSS MB", "tiles/s", "Pillow tiles/s", "RSS MB", "x Pillow",
        ])
        for row in rows {
            table.add([
                "\(row.pairs)", row.time.median.text(decimals: 2),
                "\(row.time.min.text(decimals: 2))..\(row.time.max.text(decimals: 2))",
                (Double(row.peakBytes) / 1e6).text(decimals: 0), row.tilesPerSecond.text(decimals: 0),
                row.peer.map { $0.tilesPerSecond.text(decimals: 0) } ?? "",
                row.peer.map { (Double($0.peakBytes) / 1e6).text(decimals: 0) } ?? "",
                row.peer.map { (row.tilesPerSecond / $0.tilesPerSecond).text(decimals: 1) } ?? "",
            ])
        }
        return table.text
    }
}

/// Pillow's montage of some of the same tiles at the same scale, made as find_dupl makes its own: all in one PNG.
struct PillowFigures {
    let tilesPerSecond: Double
    let peakBytes: Int

    /// The most tiles that Pillow gets: find_dupl stops at as many, and all of them are held in memory.
    private static let mostTiles = 400

    private struct Printed: Decodable { let seconds: [Double] }

    init(_ tiles: [String], folder: String, runs: Int, python: String) throws {
        let tiles = tiles.prefix(Self.mostTiles)
        let (list, output) = (folder + "/tiles.txt", folder + "/pillow.json")
        try tiles.map { $0 + "\n" }.joined().write(toFile: list, atomically: false, encoding: .utf8)
        let child = try ChildProcess(
            python, ["Benchmarks/Peers/pillow_montage.py", list, folder + "/pillow.png", "--runs", "\(runs)"],
            output: output)
        let printed = try JSONDecoder().decode(Printed.self, from: Data(contentsOf: URL(fileURLWithPath: output)))
        tilesPerSecond = Double(tiles.count) / Spread(printed.seconds).median
        peakBytes = child.peakBytes
    }
}
