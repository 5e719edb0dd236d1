import EPUArchive
import EPUCore

/// Tells whether two exposures have a known distance.
struct ExposureComparison {
    private let exposures: [SessionExposure]
    private let calibrations: [StoredCalibration]
    private let calibration: OptionalIndexColumn
    private let visits: Visits
    /// Whether every distance is known: one good calibration and one microscope for all.
    private let isSimple: Bool

    init(
        _ exposures: [SessionExposure], _ calibrations: [StoredCalibration], _ calibration: OptionalIndexColumn,
        _ visits: Visits
    ) {
        self.exposures = exposures
        self.calibrations = calibrations
        self.calibration = calibration
        self.visits = visits
        isSimple =
            calibrations.count == 1 && calibrations[0].verdict != .undetermined && calibration.allSatisfy { $0 == 0 }
            && Set(exposures.lazy.compactMap(\.instrument)).count < 2
    }

    /// Stage coordinates of two microscopes have nothing in common, whatever session or grid an archive has them in.
    private func areOfOneMicroscope(_ a: Int, _ b: Int) -> Bool {
        guard let first = exposures[a].instrument, let second = exposures[b].instrument else { return true }
        return first == second
    }

    func isKnown(_ a: Int, _ b: Int) -> Bool {
        if isSimple { return true }
        guard areOfOneMicroscope(a, b), let first = calibration[a], let second = calibration[b] else { return false }
        guard calibrations[first].verdict != .undetermined, calibrations[second].verdict != .undetermined else {
            // While the stage stands still, a distance needs only the scale.
            return first == second && visits.stop[a] == visits.stop[b]
                && exposures[a].stage.distance(to: exposures[b].stage) <= HoleClusters.unmovedTolerance
        }
        // Where the beam was never shifted the matrix is not known: it cancels out only within the session.
        return first == second || (calibrations[first].method != .stage && calibrations[second].method != .stage)
    }

    /// The greatest distance of two exposures with one calibration under any matrix of about its scale, um; nil where they have
    /// none in common.
    func greatestDistance(_ a: Int, _ b: Int) -> Double? {
        guard areOfOneMicroscope(a, b), let first = calibration[a], first == calibration[b] else { return nil }
        let reach = Self.scaleMargin * calibrations[first].matrix.scale / exposures[a].cosine
        return exposures[a].stage.distance(to: exposures[b].stage)
            + reach * exposures[a].beamShift.distance(to: exposures[b].beamShift)
    }

    /// Whether distances between stage stops are not known for a session or for a part of it.
    var isUndetermined: Bool { calibrations.contains { $0.verdict == .undetermined } }

    /// The greatest scale of any of the calibrations, um per unit; it includes what tilt stretches.
    var greatestScale: Double {
        let scales = calibrations.map { $0.matrix.scale / ($0.condition?.cosine ?? 1) }
        return Self.scaleMargin * (scales.max() ?? 0)
    }

    /// The factor by which a scale may be wrong: scales of 20 to 30 um per unit, where 24.5 was taken.
    static let scaleMargin = 1.25
}
