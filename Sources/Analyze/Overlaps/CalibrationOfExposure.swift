/// Finds the calibration that places an exposure: its session's, for its condition.
struct CalibrationOfExposure {
    private let ofSession: [Int64: [StoredCalibration]]

    init(_ calibrations: [StoredCalibration]) { ofSession = Dictionary(grouping: calibrations, by: \.sessionID) }

    subscript(_ exposure: SessionExposure) -> StoredCalibration? {
        ofSession[exposure.sessionID]?.first { $0.condition.map { $0 == exposure.condition } ?? true }
    }
}
