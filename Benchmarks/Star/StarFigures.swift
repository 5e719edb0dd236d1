import EPUCore
import Foundation

/// The time that `epu-report optics --star` takes for one file, beside what reading it twice and writing two of its size
/// costs.
struct StarFigures {
    let rows: Int
    let bytes: Int
    let regrouping: Spread
    let copying: Spread
    let peakBytes: Int

    init(_ rows: Int, folder: String, tools: Tools, runs: Int) throws {
        self.rows = rows
        let (archive, star) = (folder + "/archive.db", folder + "/particles.star")
        let fixture = StarFixture(rows: rows)
        try fixture.makeArchive(archive)
        try fixture.makeStar(star)
        var status = stat()
        guard stat(star, &status) == 0 else { throw Failure("\(star): \(String(cString: strerror(errno))).") }
        bytes = status.st_size
        sync()
        let results = try (0..<runs).map { _ in
            let copies = try ChildProcess(
                "/bin/sh", ["-c", "cat \"$0\" >\"$0.a\"; cat \"$0\" >\"$0.b\"; rm \"$0.a\" \"$0.b\"", star])
            let run = try ChildProcess(
                tools.report, ["optics", "--star", star, "--db", archive, "--out", folder + "/out"])
            return (run: run, copies: copies)
        }
        regrouping = Spread(results.map(\.run.seconds))
        copying = Spread(results.map(\.copies.seconds))
        peakBytes = results.map(\.run.peakBytes).max() ?? 0
    }

    static func text(_ rows: [StarFigures]) -> String {
        var table = TextTable(["rows", "MB", "optics --star s", "min..max", "RSS MB", "two copies s"])
        for row in rows {
            table.add([
                "\(row.rows)", (Double(row.bytes) / 1e6).text(decimals: 0), row.regrouping.median.text(decimals: 2),
                "\(row.regrouping.min.text(decimals: 2))..\(row.regrouping.max.text(decimals: 2))",
                (Double(row.peakBytes) / 1e6).text(decimals: 0), row.copying.median.text(decimals: 2),
            ])
        }
        return table.text
    }
}
