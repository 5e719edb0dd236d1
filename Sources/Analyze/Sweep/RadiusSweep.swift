import EPUArchive
import EPUCore

/// A count of the exposures of a session that are overexposed at many radii and scales, in memory: nothing is stored.
///
/// For one scale the exposures go into a grid of cells one after another, in time order, so that what a search finds is
/// earlier; the distance of each to its nearest earlier one, sorted, answers all radii at once.
struct RadiusSweep {
    /// The distances at the session's own scale, um, ascending, with those by design apart.
    struct Distances {
        /// For each exposure, the distance to the nearest earlier one; without those that it overlaps by design, unless
        /// neighbours count.
        let nearest: [Double]
        /// The distances of pairs that the template has.
        let byDesign: [Double]
    }

    let exposures: Int
    /// The radii of the sweep, um.
    let radii: [Double]
    /// The scales of the sweep, um per beam-shift unit.
    let scales: [Double]
    let ownScale: Double
    /// The number of overexposed exposures, by scale and radius.
    let overexposed: [[Int]]
    let distances: Distances
    /// How far distances were looked at, um.
    let reach: Double

    /// - Parameters:
    ///   - relations: the relations of the session's exposures at its own scale.
    ///   - radii: the radii, um, ascending; not empty.
    ///   - scales: the scales of the first calibration, um per unit; the others change with it. Nil: its own, and 2 and 4 % on
    ///     both sides.
    ///   - countNeighbours: whether what overlaps by design counts.
    init(_ relations: ExposureRelations, radii: [Double], scales: [Double]?, countNeighbours: Bool) {
        exposures = relations.exposures.count
        self.radii = radii
        let ownScale = relations.calibrations.first?.matrix.scale ?? 1
        self.ownScale = ownScale
        let scales = scales ?? Self.usualScales.map { $0 * ownScale }
        self.scales = scales
        let reach = max(radii.last ?? 0, Self.leastReach)
        self.reach = reach
        var search = NearestSearch(relations, reach: reach, countNeighbours: countNeighbours)
        var overexposed: [[Int]] = []
        for scale in scales {
            let nearest = search.distances(scaledBy: scale / ownScale).nearest
            overexposed.append(radii.map { nearest.count(upTo: $0) })
        }
        self.overexposed = overexposed
        distances = search.distances(scaledBy: 1)
    }

    /// The usual scales, as parts of the session's own.
    private static let usualScales = [0.96, 0.98, 1, 1.02, 1.04]
    /// The least distance to which distances are shown, um, as they say where a radius belongs.
    private static let leastReach = 1.0
}
