import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import EPUDrawing
import Foundation
import GRDB

struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract:
            "Show how the overexposed share changes with radius and scale, and which radius the distances suggest.",
        discussion: """
            Each session is compared with itself only. Nothing is stored but its calibration, where that was not found yet. \
            A range is FROM:TO:STEP; hundreds of settings take a second. --scales are um per beam-shift \
            unit and stretch the calibration's matrix, so that its mirror and angle stay.

            EXAMPLE
              epu-analyze sweep --db archive.db --scales 23:26:0.5 --plot sweep.png
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var sessions: SessionOptions
    @OptionGroup var placing: PlacingOptions

    @Option(help: ArgumentHelp("Radii, um.", valueName: "from:to:step"))
    var radii = RangeArgument(from: 0.05, to: 1, step: 0.05)

    @Option(
        help: ArgumentHelp(
            "Scales, um per beam-shift unit. Default: the calibration's own, and 2 and 4 % on both sides.",
            valueName: "from:to:step"))
    var scales: RangeArgument?

    @Flag(help: "Count areas of one pass through a hole, too, as find_dupl does.")
    var countNeighbours = false

    @Option(help: "Draw it for one session: a file that ends in .png or .svg.", completion: .file())
    var plot: String?

    @OptionGroup var output: JSONOptions

    private static let mostSettings = 100_000

    func validate() throws {
        let (radii, scales) = (radii.values, scales?.values ?? [1])
        guard let least = radii.first, let greatest = radii.last, least > 0, greatest <= 100 else {
            throw ValidationError("--radii takes um, greater than 0 and at most 100, as 0.05:1:0.05.")
        }
        guard let first = scales.first, let last = scales.last, first > 0, last <= Matrix2.greatestScale else {
            throw ValidationError("--scales takes um per beam-shift unit, about 25, as 23:26:0.5.")
        }
        guard radii.count * scales.count <= Self.mostSettings else {
            throw ValidationError(
                "These are \(radii.count * scales.count) settings, more than \(Self.mostSettings): use greater steps.")
        }
        if let plot, PlotFormat(rawValue: (plot as NSString).pathExtension.lowercased()) == nil {
            throw ValidationError("--plot takes a file that ends in .png or .svg, not \(plot).")
        }
    }

    func run() throws {
        placing.warn()
        let archive = try Archive(archive.path, access: .write)
        let selected = try archive.read { try SessionRow.withExposures($0, names: sessions.names) }
        if plot != nil, selected.count > 1 {
            throw ValidationError("--plot draws one session: name it with --session.")
        }
        let reading = SessionReading()
        let source = try placing.source()
        let reports = try selected.map { session in
            try source.calibrateIfNeeded(session, reading, in: archive)
            let (relations, limits) = try archive.read { db in
                try placing.check([session], db)
                let calibrations = try source.placing(session.sessionID, db)
                return (
                    try ExposureRelations(within: session, placedBy: calibrations, reading, db),
                    try SweepLimits(session, calibrations, db)
                )
            }
            let sweep = RadiusSweep(
                relations, radii: radii.values, scales: scales?.values, countNeighbours: countNeighbours)
            let report = SweepReport(session: session.name, sweep, limits)
            if let plot { try SweepPlot(title: session.name, sweep: sweep, gap: report.gap).write(to: plot) }
            return report
        }
        if output.json {
            try Console.result(json: reports)
        } else {
            Console.result(reports.map(\.text).joined(separator: "\n\n"))
        }
    }
}
