import EPUArchive
import EPUCore

/// The sessions as rows of a table that the script sorts and filters. Without the script it can still be read.
struct ArchivePageTable {
    private let entries: [ArchivePage.Entry]

    init(_ entries: [ArchivePage.Entry]) { self.entries = entries }

    private struct Column: Sendable {
        enum Style: String {
            case number
            /// The column has short cells, each on one line.
            case short
            case words
        }

        let title: String
        var style = Style.number
        let cell: @Sendable (SessionFigures) -> Cell
    }

    /// A cell. Text is sorted by its letters, a number by its value, which stands beside its text.
    private struct Cell {
        let html: HTML?
        let value: Double?

        init(html: HTML?, _ value: Double?) {
            self.html = html
            self.value = value
        }

        init(_ text: String?, _ value: Double? = nil) { self.init(html: text.map { "\($0)" }, value) }

        init(_ count: Int?) { self.init(count.map { "\($0)" }, count.map(Double.init)) }
    }

    /// The columns after the first, which has the names.
    private static let columns: [Column] = [
        Column(title: "Microscope", style: .short) { Cell($0.instrumentID) },
        Column(title: "Start (UTC)", style: .short) { figures in
            Cell(figures.startedAt.map { "\($0.prefix(10)) \($0.dropFirst(11).prefix(5))" })
        },
        Column(title: "Exposures") { Cell($0.exposures) },
        Column(title: "Areas per hole") { Cell($0.areasPerHoleText, $0.areasPerHole) },
        Column(title: "Exposures per hour") { Cell($0.rateText, $0.rate.exposuresPerHour) },
        Column(title: "Overexposed") { figures in
            Cell(figures.overexposedText, figures.knownOverexposed.map(Double.init))
        },
        Column(title: "Share, %") { Cell($0.shareText, $0.analysis?.overexposedShare) },
        Column(title: "Incidents", style: .words) {
            Cell(html: $0.incidentsText.map(lines), $0.analysis?.incidents.map(Double.init))
        },
        Column(title: "Calibration", style: .words) { Cell($0.calibrationText(\.verdictText)) },
        Column(title: "Scale, um/unit") { figures in
            let text = figures.calibrationText(\.scaleText)
            return Cell(text, text.isEmpty ? nil : figures.analysis?.calibrations.first?.calibration.matrix.scale)
        },
        Column(title: "Angle, degrees") { figures in
            let text = figures.calibrationText(\.angleText)
            return Cell(
                text, text.isEmpty ? nil : figures.analysis?.calibrations.first?.calibration.matrix.angleDegrees)
        },
        Column(title: "Criteria", style: .words) { Cell($0.analysis?.criteriaText) },
        Column(title: "Analysis", style: .words) { Cell($0.analysisText, $0.analysis.map { Double($0.analysisID) }) },
    ]

    /// The incidents as HTML, in which lines break only between causes.
    private static func lines(_ incidents: String) -> HTML {
        incidents.split(separator: ", ").map { "<span>\(String($0))</span>" as HTML }.joined(separator: ", ")
    }

    /// The column that gives the order of `entries`.
    private static let sorted = "Start (UTC)"

    var html: HTML {
        """
        <div class="bar scripted"><label for="filter">Show only</label>
        <input id="filter" type="search" autocomplete="off" placeholder="words, as 3902 doubtful"></div>
        <p id="shown" class="faint" role="status"></p>
        <div class="table wide" tabindex="0" role="region" aria-label="Sessions">
        <table id="table">
        <thead><tr><th scope="col">Session</th>\(Self.columns.map(heading).joined())</tr></thead>
        <tbody>
        \(entries.map(row).joined(separator: "\n"))
        </tbody>
        </table>
        </div>
        """
    }

    private func heading(_ column: Column) -> HTML {
        let sorted: HTML = column.title == Self.sorted ? " aria-sort=\"descending\"" : ""
        return "<th scope=\"col\" class=\"\(column.style.rawValue)\"\(sorted)>\(column.title)</th>"
    }

    private func row(_ entry: ArchivePage.Entry) -> HTML {
        let name: HTML =
            entry.link.map { "<a href=\"\($0)\">\(entry.figures.session)</a>" } ?? "\(entry.figures.session)"
        let cells = Self.columns.map { column -> HTML in
            let cell = column.cell(entry.figures)
            let value: HTML = cell.value.map { " data-value=\"\(String($0))\"" } ?? ""
            return "<td class=\"\(column.style.rawValue)\"\(value)>\(cell.html ?? "")</td>"
        }
        return "<tr id=\"\(entry.rowID)\"><th scope=\"row\">\(name)</th>\(cells.joined())</tr>"
    }
}
