import EPUCore

/// The exposures made so far, of which no pair is left nearer than the margin to the radius: small errors of whoever judges
/// a session then do not decide what counts as an overlap.
struct SpacedExposures {
    private(set) var exposures: [SimulatedExposure] = []
    private var grid: PositionGrid
    /// The distance that makes a true pair, um.
    private let radius: Double
    private let margin: Double

    init(options: SimulationOptions) {
        radius = options.radiusUsed
        margin = options.margin
        grid = PositionGrid(reach: radius + margin)
        exposures.reserveCapacity(options.exposures)
    }

    var count: Int { exposures.count }

    mutating func append(_ exposure: SimulatedExposure) {
        exposures.append(exposure)
        grid.append(exposure.position)
    }

    /// Takes back the last exposures, until `count` are left.
    mutating func removeLast(downTo count: Int) {
        exposures.removeLast(exposures.count - count)
        grid.removeLast(downTo: count)
    }

    /// Whether the exposures from an index on are clear of the radius to all before them, and none is within it without a
    /// reason.
    func keepTheirDistance(from first: Int) -> Bool { (first..<count).allSatisfy(keepsItsDistance) }

    private func keepsItsDistance(_ index: Int) -> Bool {
        let exposure = exposures[index]
        var keeps = true
        grid.forEach(within: radius + margin, of: exposure.position) { other, distance in
            guard other < index else { return }
            if distance > radius - margin
                || overlapCause(earlier: exposures[other], later: exposure) == .unexplained
            {
                keeps = false
            }
        }
        return keeps
    }
}
