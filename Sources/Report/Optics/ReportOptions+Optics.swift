import EPUArchive
import EPUConsole
import EPUCore
import GRDB

extension ReportOptions {
    /// The chosen sessions, each with its analysis if it has one: groups need only a calibration.
    /// - Throws: `Failure` if a session that was asked for was neither analysed nor calibrated, or if none was.
    func withOpticsGroups(_ db: Database) throws -> [(session: SessionRow, choice: AnalysisChoice?)] {
        guard analysis == nil else { return try analysed(db).map { ($0.session, $0) } }
        let all = try SessionRow.withExposures(db, names: sessions.names).map { session in
            (session: session, choice: try AnalysisChoice(of: session, analysisID: nil, db))
        }
        let grouped = try all.filter { session, choice in
            try choice != nil
                || Int.fetchOne(
                    db,
                    sql: """
                        SELECT 1 FROM calibration WHERE session_id = ?1
                        UNION SELECT 1 FROM optics_group WHERE session_id = ?1
                        """, arguments: [session.sessionID]) != nil
        }
        let ids = Set(grouped.map(\.session.sessionID))
        let without = all.map(\.session).filter { !ids.contains($0.sessionID) }
        if let first = without.first {
            let message = "\(first.name) has no optics groups yet. Find them with `epu-analyze calibrate`."
            guard sessions.names.isEmpty, !grouped.isEmpty else { throw Failure(message) }
            for session in without {
                Console.message(
                    "\(session.name) has no optics groups yet: left out. Find them with `epu-analyze calibrate`.")
            }
        }
        for warning in grouped.compactMap(\.choice?.warning) { Console.message("Warning: " + warning) }
        return grouped
    }
}
