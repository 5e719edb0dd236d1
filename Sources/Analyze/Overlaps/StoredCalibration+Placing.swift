import EPUArchive
import EPUCore

/// The words with which the results of an analysis name a calibration.
extension StoredCalibration {
    var reported: ReportedCalibration {
        ReportedCalibration(self, telling: [.calibrationID, .matrix, .method, .verdict])
    }

    /// The matrix that places exposures, in words such as `k 25 (calibration 3, lattice, good)`.
    var placingText: String {
        let origin = method == .given ? "" : ", \(method.rawValue), \(verdict.rawValue)"
        return (matrix.k == nil ? "matrix " : "") + matrix.text + " (calibration \(calibrationID)\(origin))"
    }
}
