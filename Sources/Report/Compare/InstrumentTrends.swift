import EPUArchive
import EPUCore

/// How one microscope changed from session to session.
struct InstrumentTrends {
    private let name: String
    private let sessions: Int
    private let charts: [TrendChart]

    /// The trends of each microscope that has something to compare: at least two values of one quantity. Microscopes whose id was
    /// not recorded come last.
    static func all(of entries: [ArchivePage.Entry]) -> [InstrumentTrends] {
        Dictionary(grouping: entries) { $0.figures.instrumentID }
            .sorted { ($0.key == nil ? 1 : 0, $0.key ?? "") < ($1.key == nil ? 1 : 0, $1.key ?? "") }
            .map { InstrumentTrends($0.key, $0.value) }
            .filter { !$0.charts.isEmpty }
    }

    private init(_ instrument: String?, _ entries: [ArchivePage.Entry]) {
        let model = entries.compactMap(\.figures.instrumentModel).first
        name = instrument.map { "Microscope \($0)" + (model.map { " (\($0))" } ?? "") } ?? "Microscope not recorded"
        sessions = entries.count
        let first = entries.last?.figures.measured?.matrix.angleDegrees ?? 0
        let isDoubtful = { (figures: SessionFigures) in figures.measured?.verdict == .doubtful }
        // The scale of a microscope is constant to some tenths of a per cent, its angle to some tenths of a degree: smaller
        // changes are noise, and must not look like an event.
        charts = [
            TrendChart("Overexposed, %", entries, isFromZero: true) { $0.analysis?.overexposedShare.map { 100 * $0 } },
            TrendChart("Exposures per hour", entries, isFromZero: true) { $0.rate.exposuresPerHour },
            TrendChart("Scale, um/unit", entries, extent: 0.25, isDoubtful: isDoubtful) {
                $0.measured?.matrix.scale
            },
            // All angles are taken within half a turn of the first, so that a row near 180 is not divided in two.
            TrendChart("Angle, degrees", entries, extent: 1, isDoubtful: isDoubtful) { figures in
                figures.measured.map { first + ($0.matrix.angleDegrees - first).remainder(dividingBy: 360) }
            },
            TrendChart("Stage error by pairs of hole images, um", entries, isFromZero: true) { $0.stagePairs?.errorUm },
        ].compactMap { $0 }
    }

    var section: HTML {
        """
        <section class="instrument">
        <h3>\(name), \(counted(sessions, "session"))</h3>
        <div class="charts">
        \(charts.map(\.figure).joined(separator: "\n"))
        </div>
        </section>
        """
    }
}

extension SessionFigures {
    /// The first calibration of its analysis that the session showed by itself. The others measure nothing of the microscope.
    fileprivate var measured: StoredCalibration? {
        analysis?.calibrations.lazy.map(\.calibration).first { $0.method.isMeasured && $0.verdict.isFound }
    }
}
