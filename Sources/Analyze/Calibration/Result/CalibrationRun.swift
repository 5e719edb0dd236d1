import EPUArchive
import EPUCore
import GRDB

/// Calibrates the sessions of one run, until a further run would change nothing.
///
/// A session that is not good by its own data rests on the good ones of its microscope, and these may have been found only
/// after it in the same run: it is then tried again. The order of the sessions so makes no difference.
enum CalibrationRun {
    /// - Parameter calibrate: calibrates one session, or leaves it as it is where that may stay.
    static func settle(
        _ sessions: [SessionRow], in archive: Archive, _ calibrate: (SessionRow) throws -> Void
    ) throws {
        var waiting = sessions
        var before = try archive.read { try goodCalibrations(of: sessions, $0) }
        while !waiting.isEmpty {
            for session in waiting { try calibrate(session) }
            let after = try archive.read { try goodCalibrations(of: sessions, $0) }
            guard after != before else { return }
            // A good session is not tried again, so that there are more good ones each time round, and an end.
            waiting = try archive.read { db in try waiting.filter { try !isGood($0, db) } }
            before = after
        }
    }

    /// The calibrations of the run's sessions that others may rest on; it makes those of no other session. A calibration with
    /// another matrix has another id.
    private static func goodCalibrations(of sessions: [SessionRow], _ db: Database) throws -> Set<Int64> {
        try Int64.fetchSet(
            db,
            sql: """
                SELECT calibration_id FROM calibration
                WHERE session_id IN (\(sessions.map(\.sessionID).sqlList))
                    AND chosen AND verdict = \(CalibrationVerdict.good.sql)
                """)
    }

    private static func isGood(_ session: SessionRow, _ db: Database) throws -> Bool {
        try StoredCalibration.chosen(for: session.sessionID, db).allSatisfy { $0.verdict == .good }
    }
}
