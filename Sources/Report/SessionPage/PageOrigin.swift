import EPUArchive
import EPUCore
import Foundation
import GRDB

/// How a page was made, so that it can be made again.
struct PageOrigin {
    private let facts: [(name: String, value: String)]
    private let command: String

    /// - Parameter archive: the path of the archive.
    init(of choice: AnalysisChoice, archive: String, _ db: Database) throws {
        let row = try Row.fetchOne(
            db, sql: "SELECT created_at, exposures, pairs FROM analysis WHERE analysis_id = ?",
            arguments: [choice.analysisID])
        let others = try PageBasis.others(of: choice, db)
        let roots = try String.fetchAll(
            db, sql: "SELECT path FROM session_root WHERE session_id = ? ORDER BY path",
            arguments: [choice.session.sessionID])
        let createdAt: String = row?["created_at"] ?? ""
        facts =
            [
                ("program", "epu-report \(toolVersion), schema \(Archive.schemaVersion)"), ("archive", archive),
                (
                    "analysis",
                    "\(choice.analysisID) of \(createdAt.prefix(19).replacing("T", with: " ")) UTC, \(choice.publication.text)"
                ),
                ("criteria", PageUnits.typeset(choice.criteriaText)),
                (
                    "compared",
                    "\(row?["exposures"] ?? 0) exposures, with each other"
                        + (others.isEmpty ? "" : " and with the earlier ones of \(others.joined(separator: ", "))")
                        + "; \(counted(row?["pairs"] ?? 0, "pair")) stored"
                ),
            ] + roots.map { ("folder", $0) }
        command =
            "epu-report html --db \(shellWord(archive)) \(shellOption("--session", choice.session.name)) "
            + "--analysis \(choice.analysisID)"
    }

    var section: HTML {
        """
        <section id="origin"><h2>How it was made</h2>
        <dl class="facts">\(facts.map { "<dt>\($0.name)</dt><dd>\($0.value)</dd>" as HTML }.joined())</dl>
        <pre class="command">\(command)</pre>
        </section>
        """
    }
}
