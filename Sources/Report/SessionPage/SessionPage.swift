import EPUArchive
import EPUConsole
import EPUCore
import Foundation
import GRDB
import Synchronization

/// The page of one session. All text is in the HTML; the script adds what moves.
struct SessionPage {
    let choice: AnalysisChoice
    let summary: SessionSummary
    let analysis: SessionSummary.Analysis
    let incidents: [PageIncident]
    let uncertain: PageUncertain
    let calibrations: [PageCalibration]
    let faults: PageFaults
    let notices: PageNotices
    let origin: PageOrigin
    let command: RadiusCommand
    let data: SessionPageData
    /// The distance within which the nearest earlier exposure was searched for, um; nil if none was.
    let reach: Double?

    /// - Parameter archive: the path of the archive, which the page names.
    init(_ db: Database, of choice: AnalysisChoice, archive: String) throws {
        self.choice = choice
        summary = try SessionSummary(choice.session, choice, db)
        guard let analysis = summary.analysis else {
            throw Failure("Analysis \(choice.analysisID) has gone from the archive while the page was made.")
        }
        self.analysis = analysis.result
        incidents = try PageIncident.all(of: choice, db)
        uncertain = try PageUncertain(of: choice, db)
        calibrations = try PageCalibration.all(of: choice, db)
        faults = try PageFaults(of: choice.session, summary.files, db)
        notices = try PageNotices(of: choice, faults, db)
        origin = try PageOrigin(of: choice, archive: archive, db)
        command = try RadiusCommand(of: choice, archive: archive, db)
        data = try SessionPageData(choice, command: command, db)
        reach = try SessionPageData.reach(of: choice, db)
    }

    /// - Parameter out: the folder above the folders of the sessions.
    func write(to out: String, pictures isIllustrated: Bool) throws -> HTMLCommand.Written {
        let folder = "\(out)/\(choice.session.folderName)"
        let pictures = IncidentPictures(folder: folder)
        var shown: [IncidentPictures.Pair] = []
        if isIllustrated {
            let progress = Mutex(
                ProgressLine("incidents drawn", total: min(incidents.count, IncidentPictures.most)))
            shown = try pictures.make(incidents) { progress.withLock { $0.advance(by: 1) } }
            progress.withLock { $0.finish() }
        }
        let file = "\(folder)/report.html"
        let hasArchivePage = FileManager.default.fileExists(atPath: "\(out)/index.html")
        try Page(
            title: "\(choice.session.name): overexposed micrographs", body: body(shown, archivePage: hasArchivePage),
            styles: [Page.sessionStyle],
            scripts: Page.sessionScripts, data: data.json
        ).write(to: file)
        // These are removed last: until here an older page needs its own.
        pictures.removeOlder(but: shown)
        return HTMLCommand.Written(
            session: choice.session.name, analysisID: choice.analysisID, file: file, incidents: incidents.count,
            withoutPicture: shown.flatMap { [$0.earlier, $0.later] }.count { (try? $0.get()) == nil })
    }

    /// - Parameter archivePage: whether the page of all sessions lies above this one.
    private func body(_ pictures: [IncidentPictures.Pair], archivePage: Bool) -> HTML {
        let verdict = SessionVerdict(analysis, choice.criteria, placed: data.judged)
        return """
            <header>
            <h1>\(choice.session.name)</h1>
            <p class="faint">\(subtitle)</p>
            <p class="faint">\(summary.settings.texts.map { "\($0.name) \($0.text)" }.joined(separator: "; "))</p>
            <p class="faint">Shows \(choice.text).</p>
            <nav class="on-screen" aria-label="Parts of the page">\
            \(.when(archivePage, "<a href=\"../index.html\">All sessions</a>"))\(contents)</nav>
            </header>
            <main>
            <p class="verdict \(verdict.kind.rawValue)">\(verdict.sentence)</p>
            \(notices.lines.map { "<p class=\"notice\">\($0)</p>" as HTML }.joined(separator: "\n"))
            \(keyFigures)
            <p class="notice" id="no-script" hidden></p>
            <noscript><p class="notice">The map and the charts need JavaScript, which is off here.</p></noscript>
            \(timelineSection)
            \(incidentsSection(pictures))
            \(uncertain.section)
            \(mapSection)
            \(distancesSection)
            \(calibrationSection)
            \(dosesSection)
            \(faults.section)
            \(origin.section)
            </main>

            """
    }

    private var subtitle: String {
        var parts = [
            "microscope \(summary.instrument ?? "not recorded")", "EPU \(summary.epuVersion ?? "not recorded")",
        ]
        if data.judged > 0 || !data.end.isEmpty {
            parts.append("\(data.start.prefix(16)) to \(data.end.prefix(16)), by the microscope's clock")
        }
        return parts.joined(separator: ", ")
    }

    private var contents: HTML {
        [
            ("time", "Timeline"), ("incidents", "Incidents"), ("stage", "Map"), ("nearest", "Distances and radius"),
            ("calibration", "Calibration"), ("dose", "Dose and defocus"), ("faults", "Files"),
            ("origin", "How it was made"),
        ].map { "<a href=\"#\($0)\">\($1)</a>" as HTML }.joined(separator: " ")
    }
}

// MARK: - Key figures

extension SessionPage {
    private var keyFigures: HTML {
        let judged = data.judged - analysis.undecided
        let count = analysis.unknowns.countText(analysis.overexposed, of: judged)
        let share = analysis.unknowns.shareText(analysis.overexposed, of: judged)
        var figures: [(String, String, String?)] = [
            ("micrographs", "\(summary.exposures)", nil),
            ("foil holes", "\(summary.foilHoles)", "in \(counted(summary.gridSquares, "grid square"))"),
            ("overexposed", count, share == count ? nil : "\(share) %"),
            ("incidents", count == "not known" ? count : "\(analysis.incidents.count)", nil),
        ]
        if analysis.undecided > 0 { figures.append(("could not be judged", "\(analysis.undecided)", nil)) }
        if analysis.possible > 0 {
            figures.append(
                ("may be overexposed", "\(analysis.possible)", "probability \(analysis.unknowns.counts.rangeText)"))
        }
        if let error = analysis.positionErrorUm {
            figures.append(("positions known to", "\(error.text(decimals: 3)) um", "in x and in y, median"))
        }
        let rate = data.rate
        if let perHour = rate.exposuresPerHour {
            let pauses = rate.pauses > 0 ? " without \(counted(rate.pauses, "pause"))" : ""
            figures.append(("hours", rate.hours.text(decimals: 1), "\(perHour.text(decimals: 0)) an hour\(pauses)"))
        }
        if let radius = choice.criteria.radius { figures.append(("radius", "\(radius.text()) um", nil)) }
        if let beam = summary.beamDiameters.first {
            figures.append(
                (
                    "beam diameter", beam.beamDiameterUm.map { "\($0.text(decimals: 2)) um" } ?? "not recorded",
                    summary.beamDiameters.count > 1 ? "and \(summary.beamDiameters.count - 1) more" : nil
                ))
        }
        if let dose = averageDose {
            figures.append(("dose before, of the overexposed", "\(dose.text(decimals: 1)) e/A²", "mean"))
        }
        if summary.reviewedKeep + summary.reviewedBad > 0 {
            figures.append(("reviewed", "\(summary.reviewedKeep + summary.reviewedBad)", "\(summary.reviewedBad) bad"))
        }
        return """
            <dl class="figures">\(figures.map { name, value, more in
                "<div><dt>\(name)</dt><dd>\(value)\(more.map { "<small>\($0)</small>" as HTML } ?? "")</dd></div>" as HTML
            }.joined())</dl>
            """
    }

    /// The mean dose before of the overexposed, e/A^2; nil if it is not known of all incidents.
    private var averageDose: Double? {
        let known = analysis.incidents.compactMap { incident in
            incident.preDoseEPerA2.map { ($0 * Double(incident.micrographs), incident.micrographs) }
        }
        guard !known.isEmpty, known.count == analysis.incidents.count else { return nil }
        return known.reduce(0) { $0 + $1.0 } / Double(known.reduce(0) { $0 + $1.1 })
    }
}
