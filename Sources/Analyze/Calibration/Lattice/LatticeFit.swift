import EPUCore
import Foundation

/// A matrix that puts the holes of all stage stops on the foil's lattice of their patch, and how well it does.
///
/// The model is beam shift = G_p n - W S + origin_p, with W = M^-1, common to all patches, and the lattice vectors G_p of patch
/// p:
/// beam shifts carry the errors of hole positions, sites n do not, and those of stage positions S are small against their
/// extent, so that this direction has no bias to speak of. The read-backs of a stop have one error in common: its holes count as
/// a generalized least-squares fit weighs them, once it is known how large such errors are in this session.
struct LatticeFit: Sendable {
    typealias Site = FoilLattice.Site

    private(set) var inverse: Matrix2
    private(set) var matrix: Matrix2
    /// The session's lattice, about which those of the patches scatter.
    private(set) var vectors: Matrix2
    private(set) var patchVectors: [Matrix2]
    private(set) var origin: [Vector2]
    /// The site of each visit of the problem.
    private(set) var sites: [Site]
    /// The distance of each visit's hole from its site, um.
    private(set) var residuals: [Vector2]
    /// The sizes of the errors of read-backs and holes, by which the fit weighs them; nil until all holes are placed, and under a
    /// given matrix.
    private(set) var sizes: StopErrorSizes?
    /// The variances of the inverse's two columns, in units of the variance of a hole's beam shift.
    var inverseVariance: Vector2 { solution?.inverseVariance ?? .zero }
    private var solution: LatticeSums.Solution?
    private(set) var map: FoilMap?

    /// Holes further from a site than this part of the pitch are not on the lattice: the beam missed them.
    static let outlier = 0.25
    /// The same limit while the matrix is still rough, as a part of the pitch.
    private static let roughOutlier = 0.45

    /// Refines a matrix from the middle of each patch outwards: near the middle an error of some per cent does not yet
    /// lead to another site.
    init?(_ problem: LatticeProblem, from seed: Matrix2) {
        guard let fit = Self.unplaced(problem, from: seed) else { return nil }
        self = fit
        place(problem)
    }

    /// The same, without the last placing of the holes: for a fit of which the matrix alone may be needed.
    static func unplaced(_ problem: LatticeProblem, from seed: Matrix2) -> LatticeFit? {
        guard let start = seed.inverse, var fit = LatticeFit(problem, inverse: start) else { return nil }
        let pitch = problem.lattice.pitch * seed.scale
        let farthest = problem.reach.max() ?? 0
        var reach = 4 * pitch
        while true {
            for _ in 0..<2 {
                guard fit.refine(problem, within: reach, anchoredTo: start, part: 0.05) else { return nil }
            }
            if reach >= farthest { break }
            reach *= 1.5
        }
        return fit.settle(problem) ? fit : nil
    }

    /// This fit, improved with what the hole map tells of the foil's lattice; nil where that gives no solution.
    func refined(_ problem: LatticeProblem, by map: FoilMap) -> LatticeFit? {
        var fit = self
        fit.map = map
        guard fit.settle(problem) else { return nil }
        fit.place(problem)
        return fit
    }

    /// Does the last steps, over all holes: first as if each erred by itself, then by what their residuals say of stops and
    /// holes. The holes are left to be placed.
    private mutating func settle(_ problem: LatticeProblem) -> Bool {
        let start = inverse
        for _ in 0..<3 { guard refine(problem, within: .infinity, anchoredTo: start, part: 0.3) else { return false } }
        for _ in 0..<2 {
            place(problem)
            guard sizes != nil else { return true }
            for _ in 0..<2 {
                guard refine(problem, within: .infinity, anchoredTo: start, part: 0.3) else { return false }
            }
        }
        return true
    }

    /// The lattice under a given matrix: only the patches' origins are fitted.
    init?(_ problem: LatticeProblem, given matrix: Matrix2) {
        guard let inverse = matrix.inverse else { return nil }
        self.init(problem, inverse: inverse)
        // The stops near the middle have given the first origins; all of them tell better ones.
        for _ in 0..<2 {
            placeHoles(problem)
            moveOrigins(problem)
        }
        placeHoles(problem)
    }

    /// Moves the patches' origins to where the mean of the stops' residuals is zero.
    private mutating func moveOrigins(_ problem: LatticeProblem) {
        let pitch = pitch(problem)
        var sums = [(residual: Vector2, stops: Double)](repeating: (.zero, 0), count: problem.patches)
        for group in problem.groups {
            let own = group.visits.filter { isOnLattice($0, pitch: pitch) }.map { residuals[$0] }
            guard !own.isEmpty else { continue }
            sums[group.patch].residual = sums[group.patch].residual + own.mean
            sums[group.patch].stops += 1
        }
        for (patch, sum) in sums.enumerated() where sum.stops > 0 {
            origin[patch] = origin[patch] + inverse * (1 / sum.stops * sum.residual)
        }
    }

    private init?(_ problem: LatticeProblem, inverse: Matrix2) {
        guard let matrix = inverse.inverse else { return nil }
        self.inverse = inverse
        self.matrix = matrix
        vectors = problem.lattice.vectors
        patchVectors = problem.patchLattices.vectors
        sites = []
        residuals = []
        origin = []
        origin = phaseOrigins(problem, within: 4 * problem.lattice.pitch * matrix.scale)
    }

    /// Does one step: sites by rounding, then the least-squares solution.
    private mutating func refine(
        _ problem: LatticeProblem, within reach: Double, anchoredTo start: Matrix2, part: Double
    ) -> Bool {
        let toSites = patchVectors.map(\.inverse)
        let limit = (reach.isFinite ? Self.roughOutlier : Self.outlier) * problem.lattice.pitch
        var sums = [LatticeSums](repeating: LatticeSums(), count: problem.patches)
        for group in problem.groups {
            // All visits of a group have one stage position, and so one reach.
            guard let first = group.visits.first, problem.reach[first] <= reach, let toSites = toSites[group.patch]
            else { continue }
            let (vectors, origin, stage) = (patchVectors[group.patch], origin[group.patch], problem.stage[first])
            let moved = inverse * stage
            var own = StopSums(stage: stage)
            for index in group.visits {
                let shift = problem.beamShift[index]
                let place = toSites * (shift + moved - origin)
                let site = FoilLattice.rounded(place)
                guard (vectors * (place - site)).length < limit else { continue }
                own.add(site: site, beamShift: shift)
            }
            let share = StopErrorSizes.share(sizes, holes: own.holes, problem, group.stop)
            sums[group.patch].add(LatticeSums(own).sharingError(share), times: 1)
        }
        let anchor = LatticeSums.Anchor(
            vectors: problem.lattice.vectors, inverse: start, vectorDeviation: 0.5 * part * problem.lattice.pitch,
            inverseDeviation: part * start.singularValues.greater)
        let likeness = problem.likeness
        guard let solution = LatticeSums.solve(sums, anchor: anchor, likeness: likeness, map: map),
            let matrix = solution.inverse.inverse,
            matrix.isFinite, solution.vectors.inverse != nil
        else { return false }
        vectors = solution.vectors
        inverse = solution.inverse
        self.solution = solution
        self.matrix = matrix
        patchVectors = sums.map { $0.vectors(solution, likeness: likeness) }
        guard patchVectors.allSatisfy({ $0.inverse != nil }) else { return false }
        origin = zip(sums, patchVectors).map { $0.origin(solution, vectors: $1) }
        return true
    }

    /// Finds the site of each hole, and how large the errors are that follow.
    mutating func place(_ problem: LatticeProblem) {
        placeHoles(problem)
        sizes = StopResiduals(problem, self)?.sizes
    }

    private mutating func placeHoles(_ problem: LatticeProblem) {
        let toSites = patchVectors.map(\.inverse)
        sites = [Site](repeating: Site(0, 0), count: problem.stop.count)
        residuals = [Vector2](repeating: .zero, count: problem.stop.count)
        for group in problem.groups {
            guard let first = group.visits.first, let toSites = toSites[group.patch] else { continue }
            let (vectors, origin) = (patchVectors[group.patch], origin[group.patch])
            let moved = inverse * problem.stage[first]
            for index in group.visits {
                let place = toSites * (problem.beamShift[index] + moved - origin)
                let site = FoilLattice.rounded(place)
                sites[index] = Site(Int(clamping: site.x), Int(clamping: site.y))
                residuals[index] = matrix * (vectors * (place - site))
            }
        }
    }
}
