import EPUCore

/// The exposures that earlier beams of their session may have hit without anybody knowing: where the calibration is undetermined,
/// distances between stage stops are not known, and some matrix of about the scale may put an earlier beam on a field. Other
/// sessions that cannot be compared are named by the analysis instead.
struct UnseenHits {
    private let mayBeHit: [Bool]

    init(_ exposures: [SessionExposure], _ comparison: ExposureComparison) {
        guard comparison.isUndetermined else {
            mayBeHit = []
            return
        }
        var mayBeHit = exposures.map { _ in false }
        let farthest = exposures.map(\.beamShift.length).max() ?? 0
        let widest = exposures.map(\.beamReach).max() ?? 0
        let scale = comparison.greatestScale
        var grid = PositionGrid(reach: 1)
        for later in exposures.indices {
            let exposure = exposures[later]
            let reach = widest + exposure.fieldReach + scale * (farthest + exposure.beamShift.length)
            grid.forEach(within: reach / exposure.cosine, of: exposure.stage) { earlier, distance in
                guard !mayBeHit[later], exposures[earlier].sessionID == exposure.sessionID,
                    exposures[earlier].instrument == exposure.instrument, !comparison.isKnown(earlier, later)
                else { return }
                // This holds for any direction of the beam shift.
                let least = distance - scale * exposures[earlier].beamShift.distance(to: exposure.beamShift)
                let seen = exposure.cosine * max(0, least)
                mayBeHit[later] = seen < exposures[earlier].beamReach + exposure.fieldReach
            }
            grid.append(exposure.stage)
        }
        self.mayBeHit = mayBeHit
    }

    subscript(exposure: Int) -> Bool { !mayBeHit.isEmpty && mayBeHit[exposure] }
}
