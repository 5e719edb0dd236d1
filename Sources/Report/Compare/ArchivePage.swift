import EPUArchive
import EPUCore
import Foundation
import GRDB

/// All sessions of an archive on one page: a table, and how each microscope changed over time.
struct ArchivePage {
    /// A session, and the place to which the page leads for it.
    struct Entry {
        let figures: SessionFigures
        let status: SessionStatus
        /// The link to the session's own page, relative to this one; nil if it has none.
        let link: String?
    }

    /// The sessions, the latest first.
    let entries: [Entry]
    private let warnings: [String]

    /// - Parameter folder: the folder in which this page will lie, above the folders of the sessions.
    init(_ comparison: SessionComparison, beside folder: String, _ db: Database) throws {
        warnings = comparison.warnings
        entries = zip(comparison.rows, comparison.sessions).map { row, figures in
            let page = "\(row.folderName)/report.html"
            let exists = FileManager.default.fileExists(atPath: (folder as NSString).appendingPathComponent(page))
            return (
                row.sessionID,
                Entry(
                    figures: figures, status: SessionStatus(figures),
                    link: exists ? page.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) : nil)
            )
        }.sorted { ($1.1.figures.startedAt ?? "", $0.0) < ($0.1.figures.startedAt ?? "", $1.0) }.map(\.1)
    }

    var page: Page {
        Page(
            title: "EPU sessions", body: body, styles: [Page.archiveStyle], scripts: Page.archiveScripts,
            data: ArchivePageData(entries).json)
    }

    private var body: HTML {
        """
        <header>
        <h1>EPU sessions</h1>
        <p>\(summary)</p>
        \(warnings.map { "<p class=\"notice\">\(Self.withCommands($0))</p>" as HTML }.joined(separator: "\n"))
        </header>
        <main>
        <p class="notice" id="no-script" hidden=""></p>
        <noscript><p class="notice">The table and the charts need JavaScript, which is off here; <code>epu-report compare</code> \
        prints the table.</p></noscript>
        <section id="sessions" class="scripted" aria-label="Sessions">
        <div class="bar on-screen">
        <label>Filter <input id="filter" type="search" autocomplete="off" placeholder="words of a row, as 3902 lattice"></label>
        <label>Status <select id="status"><option value="">all</option></select></label>
        <output id="shown" for="filter status"></output>
        <button type="button" id="save-csv">Save as CSV</button>
        </div>
        <div id="rows" class="rows" tabindex="0" role="region" aria-label="Sessions"></div>
        <p id="more"></p>
        <p class="faint">The bar of a share is full at \(ArchivePageData.fullBarPercent) %. A head sorts by its column; the CSV file \
        has what is shown.</p>
        </section>
        <section id="trends" class="scripted" hidden=""><h2>Microscopes over time</h2>
        <p class="faint">A dot is a session, hollow where its calibration is doubtful; a click leads to it. Of many sessions the line \
        is their median.</p>
        </section>
        </main>
        """
    }

    /// A sentence in which commands stand between backticks.
    private static func withCommands(_ sentence: String) -> HTML {
        sentence.split(separator: "`", omittingEmptySubsequences: false).enumerated().map { index, part -> HTML in
            index % 2 == 1 ? "<code>\(String(part))</code>" : "\(String(part))"
        }.joined()
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
    static let archiveScripts = [
        commonScript, chartScript, rowsScript,
        Part(bytes: PackageResources.archive_js, hash: "DYlwLd8Cz+ERz3r/DarKurxDrQkeHxV4qbKemEo2pdw="),
        Part(bytes: PackageResources.trends_js, hash: "Gu7k50E59kQlvEmQupgw+v/1td0BvLBu+EXqEgKtgRM="),
    ]
    static let archiveStyle = Part(
        bytes: PackageResources.archive_css, hash: "GIREMMai24XJNiUVEJyg+WYY6T8vjCY7Y+VufoDDWzU=")
}
