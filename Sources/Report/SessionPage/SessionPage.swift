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
    let reviews: PageReviews
    let basis: PageBasis
    let squareImages: PageSquareImages
    let faults: PageFaults
    let notices: PageNotices
    let origin: PageOrigin
    let command: RadiusCommand
    let data: SessionPageData
    /// The distance within which the nearest earlier exposure was searched for, um; nil if none was.
    let reach: Double?

    /// - Parameters:
    ///   - archive: the path of the archive, which the page names.
    ///   - isIllustrated: whether the page will have pictures.
    init(_ db: Database, of choice: AnalysisChoice, archive: String, pictures isIllustrated: Bool = true) throws {
        self.choice = choice
        summary = try SessionSummary(choice.session, choice, db)
        guard let analysis = summary.analysis else {
            throw Failure("Analysis \(choice.analysisID) has gone from the archive while the page was made.")
        }
        self.analysis = analysis.result
        var incidents = try PageIncident.all(of: choice, db)
        if isIllustrated {
            let holeImages = HoleImageFinder(try HoleImage.all(of: choice.session.sessionID, db))
            for index in incidents.indices.prefix(IncidentPictures.most) {
                try incidents[index].illustrate(choice, holeImages, db)
            }
        }
        self.incidents = incidents
        squareImages = try PageSquareImages(of: choice, db)
        reviews = try PageReviews(of: choice, db)
        uncertain = try PageUncertain(of: choice, db)
        calibrations = try PageCalibration.all(of: choice, db)
        basis = try PageBasis(of: choice, analysis.result, calibrations, archive: archive, db)
        faults = try PageFaults(of: choice.session, summary.files, db)
        notices = try PageNotices(of: choice, faults, db)
        origin = try PageOrigin(of: choice, archive: archive, db)
        command = try RadiusCommand(of: choice, archive: archive, db)
        data = try SessionPageData(choice, command: command, pictures: isIllustrated, db)
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
            title: "\(choice.session.name): overexposed micrographs",
            body: body(shown, isIllustrated: isIllustrated, archivePage: hasArchivePage),
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
    private func body(_ pictures: [IncidentPictures.Pair], isIllustrated: Bool, archivePage: Bool) -> HTML {
        let verdict = SessionVerdict(
            analysis, choice.criteria, placed: data.judged, reviews: reviews,
            day: String(data.start.prefix(10)))
        return """
            <header>
            <h1>\(choice.session.name)</h1>
            <p class="faint">\(subtitle)</p>
            <p class="faint">\(summary.settings.texts.map { "\($0.name) \(PageUnits.typeset($0.text))" }.joined(separator: "; "))</p>
            <p class="faint">Shows \(PageUnits.typeset(choice.text)).</p>
            <nav class="on-screen" aria-label="Parts of the page">\
            \(.when(archivePage, "<a href=\"../index.html\">All sessions</a>"))\(contents)</nav>
            </header>
            <main>
            <p class="verdict \(verdict.kind.rawValue)">\(verdict.sentence)</p>
            \(basis.html)
            \(notices.lines.map { "<p class=\"notice\">\($0)</p>" as HTML }.joined(separator: "\n"))
            \(keyFigures)
            <p class="notice" id="no-script" hidden></p>
            <noscript><p class="notice">The map and the charts need JavaScript, which is off here.</p></noscript>
            \(timelineSection)
            \(incidentsSection(pictures))
            \(tableSection)
            \(uncertain.section)
            \(mapSection)
            \(isIllustrated ? squareImages.html : "")
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
            parts.append("\(data.start.prefix(16)) to \(data.end.prefix(16)) (\(data.clock.heading))")
        }
        return parts.joined(separator: ", ")
    }

    private var contents: HTML {
        [
            ("time", "Timeline"), ("incidents", "Incidents"), ("overexposed", "Table"), ("stage", "Map"),
            ("nearest", "Distances and radius"),
            ("calibration", "Calibration"), ("dose", "Dose and defocus"), ("faults", "Files"),
            ("origin", "How it was made"),
        ].map { "<a href=\"#\($0)\">\($1)</a>" as HTML }.joined(separator: " ")
    }
}
