import EPUArchive
import EPUCore

/// The words with which the results of an analysis name a calibration.
extension StoredCalibration {
    var reported: ReportedCalibration {
        ReportedCalibration(self, telling: [.calibrationID, .matrix, .method, .verdict])
    }

    /// The matrix that places exposures, in words such as `24.33 +- 0.02 um per unit, 26.78 +- 0.04 degrees,
    /// mirrored (calibration 3, lattice, good)`.
    var placingText: String {
        let origin = method == .given ? "" : ", \(method.rawValue), \(verdict.rawValue)"
        return shapeText + " (calibration \(calibrationID)\(origin))"
    }
}
