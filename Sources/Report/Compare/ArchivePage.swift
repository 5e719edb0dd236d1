import EPUArchive
import EPUCore
import Foundation

/// All sessions of an archive on one page: how each microscope changed over time, and a table.
struct ArchivePage {
    /// A session, and the place to which the page leads for it.
    struct Entry {
        let figures: SessionFigures
        /// The id of its row in the table, unique in the page.
        let rowID: String
        /// The link to the session's own page, relative to this one; nil if it has none.
        let link: String?
    }

    /// The sessions, the latest first.
    let entries: [Entry]
    private let warnings: [String]

    /// - Parameter folder: the folder in which this page will lie, above the folders of the sessions.
    init(_ comparison: SessionComparison, beside folder: String) {
        warnings = comparison.warnings
        entries = zip(comparison.rows, comparison.sessions).map { row, figures in
            let page = "\(row.folderName)/report.html"
            let exists = FileManager.default.fileExists(atPath: (folder as NSString).appendingPathComponent(page))
            return Entry(
                figures: figures, rowID: "session-\(row.sessionID)",
                link: exists ? page.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) : nil)
        }.sorted { ($1.figures.startedAt ?? "", $0.rowID) < ($0.figures.startedAt ?? "", $1.rowID) }
    }

    var page: Page {
        Page(title: "EPU sessions", body: body, styles: [Page.archiveStyle], scripts: [Page.archiveScript])
    }

    private var body: HTML {
        let trends = InstrumentTrends.all(of: entries)
        let overTime: HTML = trends.isEmpty ? "" : "<h2>Microscopes over time</h2>\n"
        return """
            <a class="skip" href="#sessions">To the table of sessions</a>
            <header>
            <h1>EPU sessions</h1>
            <p>\(summary)</p>
            \(warnings.map { "<p class=\"notice\">\($0)</p>" as HTML }.joined(separator: "\n"))
            </header>
            <main>
            \(overTime)\(trends.map(\.section).joined(separator: "\n"))
            <h2 id="sessions">Sessions</h2>
            \(ArchivePageTable(entries).html)
            </main>
            """
    }

    /// The line below the title, as `57 sessions of 3 microscopes, 2023-01-04 to 2025-01-08: 300000 exposures, 1200 overexposed
    /// (0.4 %); what is overexposed of 2 sessions is not known`. The share refers to the exposures judged in sessions of which
    /// the overexposed are known.
    private var summary: String {
        let figures = entries.map(\.figures)
        let microscopes = Set(figures.compactMap(\.instrumentID)).count
        let days = figures.compactMap(\.startedAt).map { String($0.prefix(10)) }.sorted()
        let known = figures.filter { $0.knownOverexposed != nil }
        let judged = known.reduce(0) { $0 + ($1.analysis?.judged ?? 0) }
        let overexposed = known.reduce(0) { $0 + ($1.knownOverexposed ?? 0) }
        let unknown = figures.count { $0.analysis != nil && $0.knownOverexposed == nil }
        var text = counted(figures.count, "session")
        if microscopes > 0 { text += " of \(counted(microscopes, "microscope"))" }
        if let first = days.first, let last = days.last {
            text += first == last ? ", \(first)" : ", \(first) to \(last)"
        }
        text += ": \(counted(figures.reduce(0) { $0 + $1.exposures }, "exposure"))"
        if judged > 0 {
            let atLeast =
                known.contains { $0.overexposedText != $0.knownOverexposed.map(String.init) } ? "at least " : ""
            let share = (100 * Double(overexposed) / Double(judged)).text(decimals: 1)
            text += ", \(atLeast)\(overexposed) overexposed (\(share) %)"
        }
        if unknown > 0 { text += "; what is overexposed of \(counted(unknown, "session")) is not known" }
        return text
    }
}

extension Page {
    static let archiveScript = Part(
        bytes: PackageResources.archive_js, hash: "EszpTvn54I/ERbEiI0byJk2COGC60SNvTCSyemtdv5g=")
    static let archiveStyle = Part(
        bytes: PackageResources.archive_css, hash: "kLy4jbgtgVn7H/B0IB7igncU2kVvqGd1rUKDsekt+qQ=")
}
