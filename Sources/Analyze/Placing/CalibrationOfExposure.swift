import EPUArchive

/// Finds the calibration that places an exposure: its session's, for its condition.
struct CalibrationOfExposure {
    private let calibrations: [StoredCalibration]
    private let ofSession: [Int64: [Int]]

    init(_ calibrations: [StoredCalibration]) {
        self.calibrations = calibrations
        ofSession = Dictionary(grouping: calibrations.indices) { calibrations[$0].sessionID }
    }

    /// The index of the calibration for an exposure among those given; nil: there is none for it.
    subscript(_ exposure: SessionExposure) -> Int? {
        ofSession[exposure.sessionID]?.first {
            calibrations[$0].condition.map { $0 == exposure.condition } ?? true
        }
    }
}
