import EPUArchive
import EPUCore

/// How one microscope changed from session to session.
struct InstrumentTrends {
    private let name: String
    private let sessions: Int
    private let charts: [Trend]

    /// One quantity of a microscope's sessions.
    fileprivate struct Trend {
        /// The least number of sessions with a value: fewer are no trend.
        static let least = 2

        let title: String
        /// The axis begins at zero.
        let isFromZero: Bool
        /// The least range of values that the chart spans.
        let extent: Double
        /// The numbers of the sessions among the page's, in time order.
        let sessions: [Int]
        let values: [Double]
        /// Whether the value of each session is in doubt.
        let isDoubtful: [Bool]
    }

    /// The trends of each microscope that has something to compare: at least two values of one quantity. Microscopes whose id was
    /// not recorded come last.
    static func all(of entries: [ArchivePage.Entry]) -> [InstrumentTrends] {
        Dictionary(grouping: entries.enumerated().map { (number: $0, entry: $1) }) { $0.entry.figures.instrumentID }
            .sorted { ($0.key == nil ? 1 : 0, $0.key ?? "") < ($1.key == nil ? 1 : 0, $1.key ?? "") }
            .map { InstrumentTrends($0.key, $0.value) }
            .filter { !$0.charts.isEmpty }
    }

    /// - Parameter entries: the microscope's sessions with their numbers, the latest first.
    private init(_ instrument: String?, _ entries: [(number: Int, entry: ArchivePage.Entry)]) {
        let model = entries.compactMap(\.entry.figures.instrumentModel).first
        name = instrument.map { "Microscope \($0)" + (model.map { " (\($0))" } ?? "") } ?? "Microscope not recorded"
        sessions = entries.count
        let first = entries.last?.entry.figures.measured?.matrix.angleDegrees ?? 0
        // The scale of a microscope is constant to some tenths of a per cent, its angle to some tenths of a degree: smaller
        // changes are noise, and must not look like an event.
        charts = [
            Trend("Overexposed, %", entries) { $0.analysis?.overexposedShare.map { 100 * $0 } },
            Trend("Exposures per hour", entries) { $0.rate.exposuresPerHour },
            Trend("Scale, µm/unit", entries, extent: 0.25) { $0.measured?.matrix.scale },
            // All angles are taken within half a turn of the first, so that a row near 180 is not divided in two.
            Trend("Angle, degrees", entries, extent: 1) { figures in
                figures.measured.map { first + ($0.matrix.angleDegrees - first).remainder(dividingBy: 360) }
            },
            Trend("Stage error by hole images, µm", entries) { $0.stagePairs?.errorUm },
        ].compactMap { $0 }
    }

    /// The trends as the script reads them.
    var data: JSONObject {
        var object = JSONObject()
        object.add("name", "\(name), \(counted(sessions, "session"))")
        object.add("charts", charts.map(\.data))
        return object
    }
}

extension InstrumentTrends.Trend {
    /// - Parameter extent: the least range of values that the chart spans; without it the values begin at zero.
    /// - Returns: nil if too few sessions have a value.
    fileprivate init?(
        _ title: String, _ entries: [(number: Int, entry: ArchivePage.Entry)], extent: Double? = nil,
        value: (SessionFigures) -> Double?
    ) {
        let points = entries.reversed().compactMap { number, entry in
            entry.figures.startedAt == nil
                ? nil : value(entry.figures).flatMap { $0.isFinite ? (number: number, value: $0, entry: entry) : nil }
        }
        guard points.count >= Self.least else { return nil }
        self.title = title
        isFromZero = extent == nil
        self.extent = extent ?? 0
        sessions = points.map(\.number)
        values = points.map(\.value)
        isDoubtful = points.map { extent != nil && $0.entry.figures.measured?.verdict == .doubtful }
    }

    fileprivate var data: JSONObject {
        var object = JSONObject()
        object.add("title", title)
        object.add("isFromZero", isFromZero)
        object.add("extent", extent)
        object.add("sessions", sessions)
        object.add("values", values)
        object.add("doubtful", sessions.indices.filter { isDoubtful[$0] })
        return object
    }
}

extension SessionFigures {
    /// The first calibration of its analysis that the session showed by itself. The others measure nothing of the microscope.
    fileprivate var measured: StoredCalibration? {
        analysis?.calibrations.lazy.map(\.calibration).first { $0.method.isMeasured && $0.verdict.isFound }
    }
}
