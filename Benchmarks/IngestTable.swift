import EPUCore

/// The figures of all sessions, one row each, and what they come to.
struct IngestTable {
    let rows: [IngestFigures]

    /// The exposures of the session that growth is counted from: a smaller one measures how long a tool takes to start.
    static let growthBase = 10_000

    /// The sessions of XML alone: the floors know of nothing else, so targets are set for them.
    private var plain: [IngestFigures] { rows.filter { $0.session.files == .xml } }
    private var base: IngestFigures? { plain.first { $0.session.exposures == Self.growthBase } }

    var text: String {
        var table = TextTable([
            "exposures", "ingest/s", "min..max", "x parse", "x read", "rescan s", "x walk", "RSS MB", "archive B/exp",
            "growth",
        ])
        for row in rows {
            table.add([
                row.session.name, row.exposuresPerSecond.text(decimals: 0),
                row.slowestPerSecond.text(decimals: 0) + ".." + row.fastestPerSecond.text(decimals: 0),
                row.timesParse.text(decimals: 2), row.timesRead.text(decimals: 1), row.rescan.median.text(decimals: 3),
                row.rescanTimesWalk.text(decimals: 1), row.peakMegabytes.text(decimals: 0),
                row.archiveBytesPerExposure.text(decimals: 0),
                base.map { row.growth(from: $0).text(decimals: 2) } ?? "",
            ])
        }
        return table.text
    }

    /// The floors as a table, so that a ratio can be told from its two parts.
    var floorsText: String {
        var table = TextTable(["floors, us per exposure", "parse", "min", "read", "min", "walk", "min"])
        for row in rows {
            let cells = [row.floors.parse, row.floors.read, row.floors.walk].flatMap { [$0.median, $0.min] }
            table.add(
                [row.session.name] + cells.map { ($0 / Double(row.session.exposures) * 1e6).text(decimals: 1) })
        }
        return table.text
    }

    var targets: [Target] {
        func values(_ rows: [IngestFigures], _ value: (IngestFigures) -> Double) -> [Target.Value] {
            rows.map { Target.Value(session: $0.session.name, number: value($0)) }
        }
        let rescanned = plain.filter { $0.session.exposures == TableCommand.rescanSize }
        let larger = plain.filter { $0.session.exposures > Self.growthBase }
        return [
            Target("ingest, exposures/s", .atLeast(10_000), values(plain, \.exposuresPerSecond), decimals: 0),
            Target("ingest, times the parse floor", .atMost(2.5), values(plain, \.timesParse), decimals: 2),
            Target("rescan, s", .below(1), values(rescanned, \.rescan.median), decimals: 2),
            Target("peak RSS, MB", .below(150), values(plain, \.peakMegabytes), decimals: 0),
            Target(
                "growth of the time per exposure", .atMost(1.3),
                base.map { base in values(larger) { $0.growth(from: base) } } ?? [], decimals: 2),
        ]
    }
}
