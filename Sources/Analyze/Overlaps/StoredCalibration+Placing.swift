import EPUArchive
import EPUCore

/// A calibration as the results of an analysis name it.
extension StoredCalibration {
    var reported: ReportedCalibration {
        ReportedCalibration(self, telling: [.calibrationID, .matrix, .method, .verdict])
    }

    /// What it places exposures with, as `k 25 (calibration 3, lattice, good)`.
    var placingText: String {
        let origin = method == .given ? "" : ", \(method.rawValue), \(verdict.rawValue)"
        return (matrix.k == nil ? "matrix " : "") + matrix.text + " (calibration \(calibrationID)\(origin))"
    }
}
