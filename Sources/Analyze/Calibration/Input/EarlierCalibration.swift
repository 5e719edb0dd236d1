import EPUCore

/// A good calibration of an earlier session on the same microscope.
struct EarlierCalibration: Sendable {
    let matrix: Matrix2
    let startedAt: Timestamp?
    let relativeError: Double
}
