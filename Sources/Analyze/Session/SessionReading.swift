import EPUArchive
import GRDB

/// The exposures of a run's sessions, each session's read once and handed from its calibration to its analysis.
///
/// Another tool may add to the archive meanwhile: then they are read again. What a run stores itself are results, which change
/// no exposure.
final class SessionReading {
    private var ofSession: [Int64: [SessionExposure]] = [:]
    private var count = 0
    /// The version of the archive's data, which changes with what other connections commit
    /// (https://www.sqlite.org/pragma.html#pragma_data_version).
    private var dataVersion: Int64?

    /// How many exposures are kept: about 50 MB.
    private static let mostExposures = 200_000

    /// The exposures of a session in the order in which they were taken.
    /// - Parameter db: the archive's own connection, the same each time.
    func exposures(of sessionID: Int64, _ db: Database) throws -> [SessionExposure] {
        let version = try Int64.fetchOne(db, sql: "PRAGMA data_version")
        if version != dataVersion { forget() }
        dataVersion = version
        if let known = ofSession[sessionID] { return known }
        let exposures = try SessionExposure.inTimeOrder(of: sessionID, db)
        if count + exposures.count > Self.mostExposures { forget() }
        ofSession[sessionID] = exposures
        count += exposures.count
        return exposures
    }

    private func forget() {
        ofSession = [:]
        count = 0
    }
}
