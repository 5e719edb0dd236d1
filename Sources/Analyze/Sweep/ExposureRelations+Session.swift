import EPUArchive
import GRDB

extension ExposureRelations {
    /// Relates the exposures of one session among each other; nothing is stored.
    init(
        within session: SessionRow, placedBy calibrations: [StoredCalibration], _ reading: SessionReading,
        _ db: Database
    ) throws {
        let exposures = try reading.exposures(of: session.sessionID, db)
        try self.init(
            exposures, ExposurePlacing(calibrations, exposures, judging: session.sessionID, db),
            sessionIDs: [session.sessionID], db)
    }
}
