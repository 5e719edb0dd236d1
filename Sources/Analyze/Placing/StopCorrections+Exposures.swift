import EPUArchive
import EPUCore
import GRDB

extension StopCorrections {
    /// Reads the corrections of the calibrations that place exposures.
    /// - Parameter exposures: the exposures of the calibrations' sessions, from their first on, in time order.
    init(_ calibrations: [StoredCalibration], _ exposures: [SessionExposure], _ db: Database) throws {
        let correcting = try calibrations.indices.filter { try calibrations[$0].correctionsDigest(db) != nil }
        guard !correcting.isEmpty else {
            self.init()
            return
        }
        let ofExposure = CalibrationOfExposure(calibrations)
        var members = [[Int64]](repeating: [], count: calibrations.count)
        for exposure in exposures {
            if let calibration = ofExposure[exposure] { members[calibration].append(exposure.exposureID) }
        }
        try self.init(correcting.map { (calibrations[$0].calibrationID, members[$0]) }, db)
    }
}

extension StoredCalibration {
    /// What the calibration says of stage stops, as a short text to compare; nil: nothing.
    func correctionsDigest(_ db: Database) throws -> String? {
        method == .given ? nil : try StopCorrections.digest(of: calibrationID, db)
    }
}
