import EPUArchive
import EPUCore

/// A column of the table of sessions.
struct ArchivePageColumn: Sendable {
    enum Style: String {
        case number
        /// The column has short cells.
        case short
        case words
    }

    /// A cell. Text is sorted by its letters, a number by its value, which stands beside its text.
    private struct Cell {
        let text: String?
        let value: Double?

        init(_ text: String?, _ value: Double? = nil) {
            self.text = text?.isEmpty == true ? nil : text
            self.value = value
        }

        init(_ count: Int?) { self.init(count.map { "\($0)" }, count.map(Double.init)) }
    }

    private let title: String
    /// The name in CSV.
    private let name: String
    private var style = Style.number
    private let cell: @Sendable (ArchivePage.Entry) -> Cell

    /// - Returns: the column as the script reads it: the text of each session and, where it sorts by it, its value.
    func data(of entries: [ArchivePage.Entry]) -> JSONObject {
        let cells = entries.map(cell)
        var object = JSONObject()
        object.add("title", title)
        object.add("name", name)
        object.add("style", style.rawValue)
        object.add("texts", style == .words ? Self.typeset(cells.map(\.text)) : cells.map(\.text))
        if cells.contains(where: { $0.value != nil }) { object.add("values", cells.map(\.value)) }
        return object
    }

    /// Texts with the signs of the units. Thousands of sessions have few that differ, and to look for units takes time.
    private static func typeset(_ texts: [String?]) -> [String?] {
        var known: [String: String] = [:]
        return texts.map { text in
            guard let text else { return nil }
            let made = known[text] ?? PageUnits.typeset(text)
            known[text] = made
            return made
        }
    }

    static let all: [ArchivePageColumn] = [
        ArchivePageColumn(title: "Session", name: "session", style: .short) { Cell($0.figures.session) },
        ArchivePageColumn(title: "Status", name: "status", style: .short) { entry in
            Cell(entry.status.text, urgency(entry))
        },
        ArchivePageColumn(title: "Overexposed, %", name: "overexposed_percent") { entry in
            Cell(entry.figures.shareText, entry.figures.analysis?.overexposedShare.map { 100 * $0 })
        },
        ArchivePageColumn(title: "Overexposed", name: "overexposed") { entry in
            Cell(entry.figures.overexposedText, entry.figures.knownOverexposed.map(Double.init))
        },
        ArchivePageColumn(title: "Exposures", name: "exposures") { Cell($0.figures.exposures) },
        ArchivePageColumn(title: "Start (UTC)", name: "started_at", style: .short) { entry in
            Cell(entry.figures.startedAt.map { "\($0.prefix(10)) \($0.dropFirst(11).prefix(5))" })
        },
        ArchivePageColumn(title: "Microscope", name: "microscope", style: .short) { Cell($0.figures.instrumentID) },
        ArchivePageColumn(title: "Incidents", name: "incidents", style: .words) { entry in
            Cell(entry.figures.incidentsText, entry.figures.analysis?.incidents.map(Double.init))
        },
        ArchivePageColumn(title: "Not known", name: "not_known", style: .words) { entry in
            Cell(entry.status.note)
        },
        ArchivePageColumn(title: "Calibration", name: "calibration", style: .words) {
            Cell($0.figures.calibrationText(\.verdictText))
        },
        ArchivePageColumn(title: "Scale, µm/unit", name: "scale_um_per_unit") { entry in
            let text = entry.figures.calibrationText(\.scaleText)
            return Cell(text, text.isEmpty ? nil : entry.figures.matrix?.scale)
        },
        ArchivePageColumn(title: "Angle, degrees", name: "angle_degrees") { entry in
            let text = entry.figures.calibrationText(\.angleText)
            return Cell(text.replacing("-", with: "−"), text.isEmpty ? nil : entry.figures.matrix?.angleDegrees)
        },
        ArchivePageColumn(title: "Exposures per hour", name: "exposures_per_hour") {
            Cell($0.figures.rateText, $0.figures.rate.exposuresPerHour)
        },
        ArchivePageColumn(title: "Areas per hole", name: "areas_per_hole") {
            Cell($0.figures.areasPerHoleText, $0.figures.areasPerHole)
        },
        ArchivePageColumn(title: "Criteria", name: "criteria", style: .words) {
            Cell($0.figures.analysis?.criteriaText)
        },
        ArchivePageColumn(title: "Analysis", name: "analysis", style: .short) { entry in
            Cell(entry.figures.analysisText, entry.figures.analysis.map { Double($0.analysisID) })
        },
    ]

    /// By what statuses are sorted: those of one kind by their share.
    private static func urgency(_ entry: ArchivePage.Entry) -> Double {
        let kinds = SessionStatus.Kind.allCases
        return Double(kinds.count - (kinds.firstIndex(of: entry.status.kind) ?? kinds.count))
            + (entry.figures.analysis?.overexposedShare ?? 0) / 2
    }
}

extension SessionFigures {
    /// The matrix of its analysis's first calibration.
    fileprivate var matrix: Matrix2? { analysis?.calibrations.first?.calibration.matrix }
}
