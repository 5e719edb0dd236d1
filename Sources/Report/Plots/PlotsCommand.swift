import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import EPUDrawing
import GRDB

struct PlotsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plots",
        abstract: "Draw beam shifts, stage positions and the quality of calibrations, as SVG and PNG.",
        discussion: """
            For each session, in DIR/SESSION: beam-shifts (all exposures by their position around the stage stop), stage \
            (foil holes and stage stops of the grid square with most stops) and residuals (how far holes lie from the \
            foil's lattice); of a session that was analysed also overlaps (the beams of the grid square with most overexposed \
            exposures), map (the whole session, its grid squares, stage stops and overexposed exposures), nearest-distances \
            (how far exposures lie from the nearest earlier one) and timeline (exposures per hour, pauses and incidents). \
            In DIR: calibration-history (scale and angle of all sessions over time). They show the \
            calibrations that `epu-analyze calibrate` chose; a session with several gets beam-shifts_2 and so on.

            EXAMPLE
              epu-report plots --db archive.db --format png
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var sessions: SessionOptions
    @OptionGroup var place: ReportFolderOptions

    @Option(
        help: ArgumentHelp(
            "The analysis of overlaps, by its id in the view analyses. Default: each session's published one.",
            valueName: "id"))
    var analysis: Int64?

    @Option(help: "svg, png or both.")
    var format = FormatChoice.both

    @OptionGroup var quiet: QuietOptions
    @OptionGroup var output: JSONOptions

    enum FormatChoice: String, ExpressibleByArgument, CaseIterable {
        case svg, png, both

        var formats: [PlotFormat] {
            switch self {
            case .svg: [.svg]
            case .png: [.png]
            case .both: [.svg, .png]
            }
        }
    }

    func run() throws {
        let archive = try Archive(archive.path, access: .read)
        let plots = try archive.read { db in
            if let analysis { try AnalysisChoice.require(analysis, db) }
            return try SessionRow.select(db, names: sessions.names).map { session in
                SessionPlots(
                    session: session, calibrations: try StoredCalibration.chosen(for: session.sessionID, db),
                    choice: try AnalysisChoice(of: session, analysisID: analysis, db), isAnalysisNamed: analysis != nil)
            }
        }
        let without = plots.filter(\.isEmpty).map(\.session.name)
        guard without.count < plots.count else { throw Failure(Self.missing(without)) }
        if !without.isEmpty { Console.message("Warning: " + Self.missing(without)) }

        for warning in plots.compactMap(\.choice?.warning) { Console.message("Warning: " + warning) }
        for session in plots.map(\.session) {
            let later = try archive.read { try StoredCalibration.exposuresSince(session, $0) }
            if later > 0 {
                Console.message(
                    "Warning: \(session.name): \(counted(later, "exposure")) came after its calibration. Run `epu-analyze` "
                        + "again.")
            }
        }
        var written = PlotsWritten()
        for session in plots {
            let folder = try session.choice.map {
                try AboutFolder(of: $0, below: place.out, command: "plots", archive)
            }
            folder?.warn()
            let drawn = try session.write(to: place.out, formats: format.formats, from: archive)
            try folder?.write()
            if !output.json, !drawn.isEmpty { quiet.result(drawn.map(\.text).joined(separator: "\n")) }
            written.sessions += drawn
        }
        let files = PlotFiles(folder: place.out, formats: format.formats)
        let name = "calibration-history"
        if let history = HistoryPlot(try archive.read { try CalibrationHistory($0) }) {
            written.history = try files.write(history, name: name)
        } else {
            files.removeOlder(name: name)
        }
        if output.json {
            try Console.result(json: written)
        } else if !written.history.isEmpty {
            quiet.result((["All sessions:"] + written.history.map { "  " + $0 }).joined(separator: "\n"))
        }
    }

    /// A sentence that says what is missing, and what to do.
    private static func missing(_ names: [String]) -> String {
        let more = names.count > 5 ? " and \(names.count - 5) more" : ""
        return "\(names.prefix(5).joined(separator: ", "))\(more) \(names.count == 1 ? "has" : "have") no calibration "
            + "to draw. Find it with `epu-analyze calibrate`."
    }
}

/// What `epu-report plots --json` prints.
struct PlotsWritten: Encodable {
    var sessions: [SessionPlots.Written] = []
    var history: [String] = []
}
