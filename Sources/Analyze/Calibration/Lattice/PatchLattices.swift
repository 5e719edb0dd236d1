import EPUCore
import Foundation

/// The foil's lattice in each patch of a session: a foil is not turned and stretched alike in all grid squares.
///
/// The lattices are measured in beam shift, from holes shot from one stop, so that no matrix and no stage position is needed: for
/// each stop,
/// beam shift - its mean = G_p (site - its mean), with G_p the patch's lattice vectors as columns. How much patches differ
/// follows from the scatter of their G_p beyond what the holes' errors explain (empirical Bayes, Efron and Morris 1973): a patch
/// of few holes then leans on the others.
struct PatchLattices: Sendable {
    /// The lattice vectors of each patch, beam-shift units.
    let vectors: [Matrix2]
    /// For each patch, how far its vectors are its own holes', 0 to 1; the rest is the mean of all patches.
    let ownPart: [Double]
    /// The standard deviation of each element of a patch's vectors about the session's, beam-shift units; 0: all are one lattice.
    let spread: Double
    /// The standard deviation of a hole from its site in x and in y, beam-shift units; nil where no stop has enough holes.
    let holeDeviation: Double?

    /// The greatest spread, as a part of the pitch, at which patches are one foil as far as the hole map's own errors can tell.
    private static let sameFoil = 0.002

    /// Whether the lattices of all patches are as good as one.
    func isOne(pitch: Double) -> Bool { spread < Self.sameFoil * pitch }

    private struct Patch {
        var fit = LinearFit()
        var squares = 0.0
        var holes = 0
        var stops = 0
    }

    /// - Parameters:
    ///   - groups: the visits to holes of one patch from one stop.
    ///   - beamShift: the beam shift of each visit, beam-shift units.
    init(_ groups: [LatticeProblem.Group], beamShift: [Vector2], patches: Int, start: FoilLattice) {
        var vectors = [Matrix2](repeating: start.vectors, count: patches)
        var sums = [Patch](repeating: Patch(), count: patches)
        // The fit goes from each stop's middle outwards, where a lattice that is turned by some degrees does not yet lead to
        // another site.
        for reach in [1.6, 2.6, 4.5, 8, .infinity, .infinity] {
            sums = [Patch](repeating: Patch(), count: patches)
            for group in groups where group.visits.count > 1 {
                Self.add(group, beamShift, vectors[group.patch], start, reach: reach, to: &sums[group.patch])
            }
            for patch in 0..<patches {
                if let better = Self.better(vectors[patch], sums[patch].fit, start) { vectors[patch] = better }
            }
        }
        let freedom = sums.reduce(0) { $0 + 2 * ($1.holes - $1.stops) - ($1.holes > $1.stops ? 4 : 0) }
        let variance = freedom > 0 ? sums.reduce(0) { $0 + $1.squares } / Double(freedom) : nil
        holeDeviation = variance.map { max($0.squareRoot(), 1e-9) }
        guard let variance, patches > 1 else {
            self.vectors = vectors
            ownPart = [Double](repeating: 1, count: patches)
            spread = 0
            return
        }
        (self.vectors, ownPart, spread) = Self.pooled(vectors, sums.map(\.fit), variance: max(variance, 1e-18))
    }

    private static func add(
        _ group: LatticeProblem.Group, _ beamShift: [Vector2], _ vectors: Matrix2, _ start: FoilLattice, reach: Double,
        to patch: inout Patch
    ) {
        guard let toSites = vectors.inverse else { return }
        let shifts = group.visits.map { beamShift[$0] }
        let mean = shifts.mean
        guard let centre = shifts.min(by: { $0.distance(to: mean) < $1.distance(to: mean) }) else { return }
        let near = shifts.compactMap { shift -> (site: Vector2, shift: Vector2)? in
            guard shift.distance(to: centre) < reach * start.pitch else { return nil }
            let place = toSites * (shift - centre)
            let site = FoilLattice.rounded(place)
            // A place between sites was hit beside a hole.
            guard (vectors * (place - site)).length < 0.25 * start.pitch else { return nil }
            return (site, shift)
        }
        guard near.count > 1 else { return }
        let (middle, ofSites) = (near.map(\.shift).mean, near.map(\.site).mean)
        for (site, shift) in near {
            patch.fit.add(site - ofSites, to: shift - middle)
            patch.squares += (shift - middle - vectors * (site - ofSites)).squaredLength
        }
        patch.holes += near.count
        patch.stops += 1
    }

    /// The fitted vectors, held near the last ones where holes lie on one line; nil where they are not to be believed.
    private static func better(_ vectors: Matrix2, _ fit: LinearFit, _ start: FoilLattice) -> Matrix2? {
        let weight = 0.05
        var normal = fit.normal
        normal.m11 += weight
        normal.m22 += weight
        let moment = fit.moment + weight * vectors
        guard fit.normal.m11 + fit.normal.m22 > 1, let inverse = normal.inverse else { return nil }
        let better = moment * inverse
        // Vectors that differ more are another basis, or meaningless.
        return better.difference(from: start.vectors) < 0.3 ? better : nil
    }

    /// The mean lattice, how far patches differ from it, and each patch's lattice drawn towards it.
    private static func pooled(_ vectors: [Matrix2], _ fits: [LinearFit], variance: Double)
        -> (vectors: [Matrix2], ownPart: [Double], spread: Double)
    {
        let none = [Double](repeating: 0, count: vectors.count)
        // This is the variance of an element's mean over both of its row.
        let errors = fits.map { fit -> Double in
            guard let sum = fit.rowVariance, sum > 0, sum < 1 else { return .infinity }
            return variance * sum / 2
        }
        var between = 0.0
        var mean = vectors.first ?? .identity
        for _ in 0..<20 {
            let weights = errors.map { $0.isFinite ? 1 / ($0 + between) : 0 }
            let total = weights.reduce(0, +)
            guard total > 0 else { return (vectors, none, 0) }
            mean = zip(vectors, weights).reduce(Matrix2(scale: 0)) { $0 + ($1.1 / total) * $1.0 }
            // This is the moment estimate of DerSimonian and Laird (1986), with these weights.
            let used = Double(weights.count { $0 > 0 })
            guard used > 1 else { return ([Matrix2](repeating: mean, count: vectors.count), none, 0) }
            let scatter = zip(vectors, weights).reduce(0) { $0 + $1.1 * ($1.0 - mean).squaredElements / 4 }
            let squares = weights.reduce(0) { $0 + $1 * $1 }
            let expected = zip(errors, weights).reduce(0) { sum, patch in
                patch.1 > 0 ? sum + patch.1 * patch.0 * (1 - patch.1 / total) : sum
            }
            let next = max(0, (scatter - expected) / (total - squares / total))
            if abs(next - between) <= 1e-6 * next { break }
            between = next
        }
        let parts = errors.map { $0.isFinite && between > 0 ? between / (between + $0) : 0 }
        let drawn = zip(vectors, parts).map { own, part in mean + part * (own - mean) }
        return (drawn, parts, between.squareRoot())
    }
}
