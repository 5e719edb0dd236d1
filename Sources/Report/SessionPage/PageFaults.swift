import EPUArchive
import EPUCore
import GRDB

/// The faults of a session's files that the ledger lists.
struct PageFaults {
    /// The greatest number of faults that a page lists: more would hide the rest of it. The view has all.
    private static let mostListed = 100

    /// The number of files that could not be read in whole; `unreadableExposures` of them are exposures.
    private let unreadable: Int
    private let unreadableExposures: Int
    /// The numbers of files by kind and status, without those that are as they should be.
    private let counts: [(kind: String, status: String, files: Int)]
    private let listed: [Problem]

    private struct Problem: ArchiveRecord {
        let path: String
        let status: String
        let problem: String?
    }

    /// - Parameter files: the numbers of the session's files, by kind and status.
    init(of session: SessionRow, _ files: [SessionSummary.Files], _ db: Database) throws {
        counts = files.filter { $0.status != "ok" }.map { ($0.kind, $0.status, $0.count) }
        unreadable =
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM source_problems WHERE session = ?", arguments: [session.name]) ?? 0
        unreadableExposures =
            try Int.fetchOne(
                db,
                sql: "SELECT count(*) FROM source_problems WHERE session = ? AND kind = \(SourceKind.exposure.sql)",
                arguments: [session.name]) ?? 0
        listed = try Problem.fetchAll(
            db,
            sql: "SELECT path, status, problem FROM source_problems WHERE session = ? ORDER BY path LIMIT ?",
            arguments: [session.name, Self.mostListed])
    }

    /// What a reader must know before trusting the page; nil if there is nothing.
    var notice: String? {
        guard unreadable > 0 else { return nil }
        let exposures =
            unreadableExposures > 0
            ? "\(counted(unreadableExposures, "exposure")) could not be read and \(unreadableExposures == 1 ? "was" : "were") "
                + "not judged" : nil
        let others = unreadable - unreadableExposures
        let rest =
            others > 0
            ? "\(counted(others, exposures == nil ? "file" : "other file")) could not be read" : nil
        return [exposures, rest].compactMap { $0 }.joined(separator: "; ") + ": see Files."
    }

    var section: HTML {
        """
        <section id="faults"><h2>Files</h2>
        \(counts.isEmpty ? "<p>All files were read.</p>" : summary)
        \(listed.isEmpty ? "" : problems)
        </section>
        """
    }

    private var summary: HTML {
        """
        <div class="table"><table><thead><tr><th>kind</th><th>status</th><th class="number">files</th><th>what it means</th></tr></thead><tbody>
        \(counts.map { "<tr><td>\($0.kind)</td><td>\($0.status)</td><td class=\"number\">\($0.files)</td>\(meaning($0.status))</tr>" as HTML }
            .joined(separator: "\n"))
        </tbody></table></div>
        """
    }

    private func meaning(_ status: String) -> HTML { "<td>\(FileStatus(rawValue: status)?.meaning ?? "")</td>" }

    private var problems: HTML {
        """
        <h3>Not readable, or not in whole</h3>
        \(.when(unreadable > listed.count, "<p>The first \(listed.count) of \(unreadable); the view source_problems has all.</p>"))
        <div class="table"><table><thead><tr><th>file</th><th>status</th><th>problem</th></tr></thead><tbody>
        \(listed.map { "<tr><td>\($0.path)</td><td>\($0.status)</td><td>\($0.problem ?? "")</td></tr>" as HTML }
            .joined(separator: "\n"))
        </tbody></table></div>
        """
    }
}
