import EPUArchive
import EPUConsole
import EPUCore
import Foundation
import GRDB

/// Runs the installed epu-analyze when there are new exposures or more is known of them, and tells the incidents that it had not
/// found before.
final class FollowAnalysis {
    private let archive: Archive
    private let tool: InstalledTool
    private let options: [String]
    /// The incidents that were told, each with its micrographs at that time.
    private var told: [Key: Int]

    /// What tells an incident from others, as their numbers change when one is found between them.
    private struct Key: Hashable {
        let session: String
        let cause: OverlapCause
        let startedAt: String
        let foilHole: Int64

        init(_ incident: IncidentRow) {
            (session, cause) = (incident.session, incident.cause)
            (startedAt, foilHole) = (incident.startedAt, incident.foilHole)
        }
    }

    /// Finds epu-analyze and the options for it.
    /// - Parameter options: The options for epu-analyze, separated by spaces.
    /// - Throws: `Failure` where there is no epu-analyze.
    init(archive: Archive, options: String) throws {
        self.archive = archive
        self.options = options.split(separator: " ").map(String.init)
        tool = try InstalledTool("epu-analyze")
        told = Dictionary(
            try Self.incidents(archive, asked: !self.options.isEmpty).map { (Key($0), $0.micrographs) },
            uniquingKeysWith: max)
    }

    func run(_ report: IngestReport, _ reporter: FollowReporter) throws {
        let grown = report.sessions.filter(\.hasNews).compactMap(\.session)
        // What it found is in the archive.
        let status = try tool.run(
            options + ["--db", archive.path] + (try Self.concerned(by: grown, archive)).map { "--session=\($0)" })
        guard status == 0 else {
            return reporter.note("epu-analyze ended with status \(status); files are still read.")
        }
        for incident in try Self.incidents(archive, asked: !options.isEmpty) {
            let before = told[Key(incident)]
            // One that grows is told again when it has doubled, so that a long one is not told with each of its micrographs.
            guard incident.micrographs >= 2 * (before ?? 0) else { continue }
            told[Key(incident)] = incident.micrographs
            reporter.tell(incident, isNew: before == nil)
        }
    }

    /// The sessions that have grown, and those on the same grid that were still exposed when one of them had begun: they may have
    /// hit what it exposed.
    static func concerned(by grown: [String], _ archive: Archive) throws -> [String] {
        let later = try archive.read { db in
            try grown.flatMap { name in
                try String.fetchAll(
                    db,
                    sql: """
                        SELECT other.name FROM session s JOIN session other USING (grid)
                        WHERE s.name = ? AND other.session_id <> s.session_id
                            AND (SELECT max(acquired_at) FROM exposure e WHERE e.session_id = other.session_id)
                                >= (SELECT min(acquired_at) FROM exposure e WHERE e.session_id = s.session_id)
                        ORDER BY other.session_id
                        """, arguments: [name])
            }
        }
        var sessions = grown
        for session in later where !sessions.contains(session) { sessions.append(session) }
        return sessions
    }

    /// The incidents that the published analyses found, in the order of their times.
    /// - Parameter asked: Whether epu-analyze was given options: what it finds with them may not be published, and is told, too.
    private static func incidents(_ archive: Archive, asked: Bool) throws -> [IncidentRow] {
        try archive.read { db in
            try IncidentRow.fetchAll(
                db,
                sql: """
                    \(IncidentRow.columns) FROM \(asked ? "all_incidents" : "incidents") i
                    ORDER BY started_at, analysis_id, incident
                    """)
        }
    }
}
