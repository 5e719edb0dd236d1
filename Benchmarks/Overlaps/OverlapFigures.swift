import EPUCore
import Foundation

/// The time that epu-analyze takes from a stored calibration to stored pairs, beside what SciPy's cKDTree takes for the
/// search alone.
struct OverlapFigures {
    let exposures: Int
    /// The time for positions, pairs, pre-dose, causes and incidents of a session that has a calibration, from start to
    /// end of the tool.
    let first: Spread
    /// The time for a second analysis with another radius.
    let again: Spread
    let peakBytes: Int
    /// The search alone, in two ways.
    let search: SearchFigures
    /// The figures of SciPy; nil where it is not installed.
    let peer: KDTreeFigures?

    static let radius = 0.3735
    private static let otherRadius = 0.2

    init(_ exposures: Int, folder: String, tools: Tools, python: String?, runs: Int) throws {
        self.exposures = exposures
        let archive = folder + "/archive.db"
        try OverlapArchive(exposures: exposures).make(archive)
        sync()
        let copy = archive + ".copy"
        var results: [[ChildProcess]] = [[], []]
        for _ in 0..<runs {
            try? FileManager.default.removeItem(atPath: copy)
            try FileManager.default.copyItem(atPath: archive, toPath: copy)
            for (step, radius) in [Self.radius, Self.otherRadius].enumerated() {
                results[step].append(
                    try ChildProcess(tools.analyze, ["overlaps", "--radius", "\(radius)", "--db", copy]))
            }
        }
        first = Spread(results[0].map(\.seconds))
        again = Spread(results[1].map(\.seconds))
        peakBytes = results.joined().map(\.peakBytes).max() ?? 0
        search = try SearchFigures(copy, radius: Self.radius, runs: runs)
        peer = try python.map { try KDTreeFigures(copy, radius: "\(Self.radius)", runs: runs, python: $0) }
    }

    /// The seconds per exposure, relative to another size.
    func growth(from other: OverlapFigures) -> Double {
        first.median / Double(exposures) / (other.first.median / Double(other.exposures))
    }

    static func text(_ rows: [OverlapFigures]) -> String {
        var table = TextTable([
            "exposures", "overlaps s", "min..max", "again s", "min..max", "RSS MB", "growth", "join s", "grid s",
            "cKDTree s", "with reading s", "pairs alike",
        ])
        for row in rows {
            func spread(_ spread: Spread) -> [String] {
                [
                    spread.median.text(decimals: 2),
                    "\(spread.min.text(decimals: 2))..\(spread.max.text(decimals: 2))",
                ]
            }
            table.add(
                ["\(row.exposures)"] + spread(row.first) + spread(row.again)
                    + [
                        (Double(row.peakBytes) / 1e6).text(decimals: 0),
                        rows.first.map { row.growth(from: $0).text(decimals: 2) } ?? "",
                        row.search.join.median.text(decimals: 3), row.search.grid.median.text(decimals: 3),
                        row.peer.map { $0.search.median.text(decimals: 3) } ?? "",
                        row.peer.map { $0.total.median.text(decimals: 2) } ?? "",
                        row.search.agrees && row.peer?.pairsAgree ?? true ? "yes" : "NO",
                    ])
        }
        return table.text
    }
}

/// The time that SciPy's cKDTree takes for pairs within a radius, on the positions that epu-analyze stored.
struct KDTreeFigures {
    /// The time to build the tree and find the pairs.
    let search: Spread
    /// The time with reading positions from the archive and sorting pairs by time, too; without starting Python.
    let total: Spread
    /// Whether the pairs are those that epu-analyze stored, one for one.
    let pairsAgree: Bool

    private struct Printed: Decodable {
        let search: [Double]
        let total: [Double]
        let pairsAgree: Bool
    }

    init(_ archive: String, radius: String, runs: Int, python: String) throws {
        let output = archive + ".ckdtree.json"
        defer { unlink(output) }
        _ = try ChildProcess(
            python, ["Benchmarks/Peers/ckdtree.py", archive, "--radius", radius, "--runs", "\(runs)"], output: output)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let printed = try decoder.decode(Printed.self, from: Data(contentsOf: URL(fileURLWithPath: output)))
        search = Spread(printed.search)
        total = Spread(printed.total)
        pairsAgree = printed.pairsAgree
    }
}
