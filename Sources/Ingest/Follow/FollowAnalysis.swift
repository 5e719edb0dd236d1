import EPUArchive
import EPUConsole
import EPUCore
import Foundation
import GRDB

/// Runs the installed epu-analyze when there are new exposures or more is known of them, and tells what it finds that it had
/// not found before.
final class FollowAnalysis {
    private let archive: Archive
    private let tool: InstalledTool
    private let options: [String]
    private var told: Set<Int64>

    struct Overexposed: Encodable {
        let session: String
        let name: String
        let earlier: String
        let distanceUm: Double
        let cause: String
    }

    /// Finds epu-analyze and the options for it.
    /// - Parameter options: The options for epu-analyze, separated by spaces.
    /// - Throws: `Failure` where there is no epu-analyze.
    init(archive: Archive, options: String) throws {
        self.archive = archive
        self.options = options.split(separator: " ").map(String.init)
        tool = try InstalledTool("epu-analyze")
        told = Set(try Self.overexposed(archive, asked: !self.options.isEmpty).map(\.id))
    }

    func run(_ report: IngestReport, _ reporter: FollowReporter) throws {
        let grown = report.sessions.filter(\.hasNews).compactMap(\.session)
        // What it found is in the archive.
        let status = try tool.run(
            options + ["--db", archive.path] + (try Self.concerned(by: grown, archive)).flatMap { ["--session", $0] })
        guard status == 0 else {
            return reporter.note("epu-analyze ended with status \(status); files are still read.")
        }
        let found = try Self.overexposed(archive, asked: !options.isEmpty).filter { told.insert($0.id).inserted }
        reporter.overexposed(found.map(\.row))
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

    /// The overexposed exposures that the published analyses found.
    /// - Parameter asked: Whether epu-analyze was given options: what it finds with them may not be published, and is told, too.
    private static func overexposed(_ archive: Archive, asked: Bool) throws -> [(id: Int64, row: Overexposed)] {
        try archive.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT o.later_id, o.session, o.name, o.earlier, o.distance_um, o.cause
                    FROM \(asked ? "all_overexposed" : "overexposed") o
                    ORDER BY o.later_id
                    """
            ).map { ($0[0], Overexposed(session: $0[1], name: $0[2], earlier: $0[3], distanceUm: $0[4], cause: $0[5])) }
        }
    }
}
