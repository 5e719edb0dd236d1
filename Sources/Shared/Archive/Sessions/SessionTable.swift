import EPUCore

/// Sessions side by side, as text: few of them in columns, many in rows.
public struct SessionTable {
    private let sessions: [SessionFigures]

    /// The greatest number of sessions that stand in columns: more do not fit on a terminal, as names of sessions are long.
    private static let mostColumns = 4

    public init(_ sessions: [SessionFigures]) { self.sessions = sessions }

    public var text: String {
        let mark = Unknowns.markText(below: sessions.map(\.markedOverexposedText)).map { "\n" + $0 } ?? ""
        return (sessions.count > Self.mostColumns ? rows : columns) + mark
    }

    // MARK: - Few

    private var columns: String {
        var table = TextTable(["session"] + sessions.map(\.session))
        func add(_ label: String, _ cell: (SessionFigures) -> String?) {
            table.add([label] + sessions.map { cell($0) ?? "" })
        }
        add("instrument") { $0.instrumentID }
        add("exposures") { "\($0.exposures)" }
        add("foil holes") { "\($0.foilHoles)" }
        add("areas per hole") { $0.areasPerHoleText }
        add("exposures per hour") { $0.rateText }
        add("hours, without pauses") { $0.hoursText }
        add("overexposed") { $0.markedOverexposedText }
        add("  share") { $0.shareText.map { $0 == "not known" ? $0 : $0 + " %" } }
        if sessions.contains(where: { $0.analysis.map { $0.undecided > 0 } ?? false }) {
            add("  could not be judged") { $0.analysis.map { "\($0.undecided)" } }
        }
        if sessions.contains(where: { $0.analysis.map { $0.possible > 0 } ?? false }) {
            add("  may be, beside these") { $0.analysis.map { "\($0.possible)" } }
        }
        if sessions.contains(where: { $0.analysis?.positionErrorUm != nil }) {
            add("positions known to, um") {
                $0.analysis.map { $0.positionErrorUm?.text(decimals: 3) ?? "not known" }
            }
        }
        add("incidents") { $0.incidentCountText }
        for cause in causes { add("  \(cause)") { $0.incidentCountText(of: cause) } }
        add("e/A^2 before, median") { $0.doseText(\.median) }
        add("  95 % have at most") { $0.doseText(\.percentile95) }
        add("  greatest") { $0.doseText(\.greatest) }
        if sessions.contains(where: { $0.analysis.map { $0.withoutPreDose > 0 } ?? false }) {
            add("  not known of") { $0.analysis.map { "\(counted($0.withoutPreDose, "exposure"))" } }
        }
        if sessions.contains(where: \.overlapsByDesign) {
            add("  median with design") { $0.medianWithDesignText }
        }
        if sessions.contains(where: { $0.reviewedKeep + $0.reviewedBad > 0 }) {
            add("reviewed") { "\($0.reviewedKeep) to keep, \($0.reviewedBad) bad" }
        }
        add("calibration") { $0.calibrationText(\.verdictText) }
        add("  scale, um/unit") { $0.calibrationText(\.scaleText) }
        add("  angle, degrees") { $0.calibrationText(\.angleText) }
        if sessions.contains(where: { $0.stageError != nil }) {
            add("stage, lattice") { $0.stageError?.short }
        }
        if sessions.contains(where: { $0.stagePairs != nil }) {
            add("stage, hole images") { $0.stagePairs?.short }
        }
        add("criteria") { $0.analysis?.criteriaText }
        add("analysis") { $0.analysisText }
        return table.text
    }

    /// The causes of all sessions' incidents, in the order in which causes are explained.
    private var causes: [String] {
        OverlapCause.allCases.map(\.rawValue).filter { cause in
            sessions.contains { $0.analysis?.incidentsByCause?[cause] != nil }
        }
    }

    // MARK: - Many

    private var rows: String {
        var figures = TextTable([
            "session", "instrument", "exposures", "areas/hole", "per hour", "overexposed", "%", "e/A^2: median", "95 %",
            "greatest",
        ])
        var findings = TextTable([
            "session", "incidents", "calibration", "um/unit", "degrees", "stage", "criteria", "analysis",
        ])
        for session in sessions {
            figures.add([
                session.session, session.instrumentID ?? "", "\(session.exposures)", session.areasPerHoleText ?? "",
                session.rateText ?? "", session.markedOverexposedText ?? "", session.shareText ?? "",
                session.doseText(\.median) ?? "", session.doseText(\.percentile95) ?? "",
                session.doseText(\.greatest) ?? "",
            ])
            findings.add([
                session.session, session.incidentsText ?? "", session.calibrationText(\.verdictText),
                session.calibrationText(\.scaleText), session.calibrationText(\.angleText),
                session.stagePairs?.short ?? "",
                session.analysis?.criteriaText ?? "", session.analysisText ?? "",
            ])
        }
        return figures.text + "\n\n" + findings.text
    }
}

extension SessionFigures {
    fileprivate var hoursText: String {
        (rate.hours - rate.pausedHours).text(decimals: 1)
            + (rate.pauses > 0 ? " (\(counted(rate.pauses, "pause")): \(rate.pausedHours.text(decimals: 1)))" : "")
    }

    /// The number of incidents; nil where the session was not analysed, or by an older version.
    fileprivate var incidentCountText: String? {
        analysis?.incidents.map { $0 == 0 && knownOverexposed == nil ? "not known" : "\($0)" }
    }

    fileprivate func incidentCountText(of cause: String) -> String? {
        analysis?.incidentsByCause.map { incidentCountText == "not known" ? "not known" : "\($0[cause] ?? 0)" }
    }

    /// A figure of the doses, e/A^2; nil where the session was not analysed. The unknown doses may be the greatest: where there
    /// are some, only the median is told, and where half of the doses are unknown, not even that. Where it is not known what is
    /// overexposed, no more is known of what was received before.
    fileprivate func doseText(_ figure: KeyPath<Distribution, Double>) -> String? {
        guard let analysis else { return nil }
        guard knownOverexposed != nil else { return "not known" }
        let isKnown = analysis.withoutPreDose == 0 || figure == \.median && isMedianKnown
        return doses.flatMap { isKnown ? $0[keyPath: figure].text(decimals: 1) : nil } ?? "not known"
    }

    private var isMedianKnown: Bool { analysis.map { $0.withoutPreDose < (doses?.count ?? 0) } ?? false }

    fileprivate var medianWithDesignText: String? {
        analysis.map { analysis in
            isMedianKnown ? analysis.preDoseEPerA2?.median.text(decimals: 1) ?? "not known" : "not known"
        }
    }

    fileprivate var doses: Distribution? { analysis?.unplannedDoseEPerA2 }
    /// Whether the session's template has areas whose beams reach into each other's fields, as far as this table shows.
    fileprivate var overlapsByDesign: Bool {
        guard let doses, let all = analysis?.preDoseEPerA2 else { return false }
        return all.median.text(decimals: 1) != doses.median.text(decimals: 1)
    }
}
