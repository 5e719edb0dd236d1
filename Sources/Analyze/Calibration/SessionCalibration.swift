import EPUShared
import GRDB

/// Calibrates one session and stores what was found.
struct SessionCalibration {
    let report: CalibrationReport

    /// - Parameters:
    ///   - method: nil for all.
    ///   - pitch: of the foil as the user knows it, um.
    init(_ session: SessionRow, in archive: Archive, method: CalibrationMethod?, pitch: Double?) throws {
        let inputs = try archive.read { db in
            try CalibrationInput.all(
                of: session, SessionExposure.inTimeOrder(of: [session.sessionID], db), pitch: pitch, db)
        }
        // Seconds in a large session: not within a transaction, which others would have to wait for.
        let results = inputs.map { Calibrator(input: $0).result(method) }
        let ids = try archive.write { db in
            try CalibrationStore(session: session, time: .now).store(results, inputs, db)
        }
        report = CalibrationReport(session, inputs, results, ids)
    }
}
