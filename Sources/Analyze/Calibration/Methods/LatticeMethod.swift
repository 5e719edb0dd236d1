import EPUCore
import Foundation

/// The matrix that puts all stage stops on one lattice, from stage and beam shift alone.
///
/// Each symmetry of the foil (8, or 12 of a hexagonal one) gives a matrix that nearly does so: they are told apart by the
/// stops' residuals, by holes that come to lie on one site, and by the numbering of the holes.
struct LatticeMethod {
    let problem: LatticeProblem
    let numbering: HoleNumbering
    /// The scales that agree with the foil's pitch, um per unit; nil where the pitch is not known.
    let expectedScales: ClosedRange<Double>?
    /// The holes of the hole map, square by square, um.
    let mapHoles: [[Vector2]]
    /// The matrices that microscopes usually have: they put candidates in order that are otherwise equal.
    var usual = [Calibration.typical]

    /// The number of stops that the search looks at: more make it slower, not surer. The chosen matrix is fitted to all.
    static let mostStops = 160
    /// The greatest error of a pitch, as a part: the one that EPU measures differs by up to 11 % from the nominal one, and low
    /// magnifications are wrong by some per cent.
    private static let pitchError = 0.13

    /// - Parameters:
    ///   - pitch: the pitch of the foil, where it is known, um.
    ///   - mapHoles: the holes of the hole map, shot or not, square by square, um.
    init(
        _ visits: HoleVisits, _ lattice: FoilLattice, pitch: Double?, mapHoles: [[Vector2]] = [],
        imagePairs: HoleImagePairs = HoleImagePairs()
    ) {
        self.mapHoles = mapHoles
        problem = LatticeProblem(visits, lattice, mostStops: Self.mostStops, imagePairs: imagePairs)
        numbering = HoleNumbering(problem)
        expectedScales = pitch.map { pitch in
            let scale = lattice.scale(pitch: pitch)
            return scale * (1 - Self.pitchError)...scale * (1 + Self.pitchError)
        }
    }

    init(_ problem: LatticeProblem) {
        self.problem = problem
        mapHoles = []
        numbering = HoleNumbering(problem)
        expectedScales = nil
    }

    /// The candidates, those with the greatest evidence first; each differs from all before it.
    /// - Parameters:
    ///   - known: the matrices to start from.
    ///   - searches: whether to look for others, too.
    ///   - flattening: takes the stage of a tilted specimen to that of a flat one, where microscopes are nearly conformal.
    func calibrations(from known: [Matrix2], searches: Bool, flattening: Matrix2 = .identity) -> [Calibration] {
        guard problem.stops > 1 else { return [] }
        var seeds = known
        if searches {
            seeds += SpiralSeed.all(problem).map(\.matrix)
            seeds += LatticeSearch(scales: Calibration.plausibleScales).seeds(problem)
            seeds += usual
        }
        var fits: [Candidate] = []
        func add(_ seeds: [Matrix2]) {
            var known = fits.map(\.fit)
            for case let fit? in concurrentMap(seeds.filter(\.isFinite), { LatticeFit.unplaced(problem, from: $0) }) {
                guard Calibration.isPlausible(flattening * fit.matrix),
                    !known.contains(where: { fit.matrix.difference(from: $0.matrix) < Self.sameMatrix })
                else { continue }
                known.append(fit)
            }
            fits += concurrentMap(Array(known[fits.count...])) { unplaced in
                var fit = unplaced
                fit.place(problem)
                return (fit, quality(fit))
            }
        }
        add(seeds)
        if searches {
            let best = fits.sorted { $0.quality.evidence > $1.quality.evidence }.prefix(Self.mostTurned).map(\.fit)
            let turns = problem.lattice.kind.symmetries.dropFirst()
            add(
                best.flatMap { fit in
                    guard let inverse = fit.vectors.inverse else { return [] as [Matrix2] }
                    return turns.map { fit.matrix * (fit.vectors * ($0 * inverse)) }
                })
        }
        return ranked(fits)
    }

    private typealias Candidate = (fit: LatticeFit, quality: LatticeQuality)

    /// The difference, as a part, below which two matrices are one.
    private static let sameMatrix = 0.015
    /// The number of candidates that are tried in all the foil's symmetries.
    private static let mostTurned = 6

    // MARK: - Evidence

    private func ranked(_ fits: [Candidate]) -> [Calibration] {
        var candidates = fits
        let informative = isNumberingInformative(candidates.map(\.quality))
        for index in candidates.indices where informative {
            candidates[index].quality.evidence += numberingEvidence(candidates[index].quality)
        }
        // The usual microscope first, where nothing else decides.
        candidates.sort { a, b in
            let difference = a.quality.evidence - b.quality.evidence
            guard abs(difference) < 1e-9 else { return difference > 0 }
            return distanceFromUsual(a.fit.matrix) < distanceFromUsual(b.fit.matrix)
        }
        var listed: [Calibration] = []
        let steps = MapSteps(problem.isOneLattice ? mapHoles : [])
        var rest = candidates[...]
        while listed.count < Self.mostListed, !rest.isEmpty {
            let next = Array(rest.prefix(Self.mostListed - listed.count))
            rest = rest.dropFirst(next.count)
            for result in concurrentMap(next, { calibration($0.fit, $0.quality, steps) }) {
                // The hole map may have made two of one.
                if !listed.contains(where: { result.matrix.difference(from: $0.matrix) < Self.sameMatrix }) {
                    listed.append(result)
                }
            }
        }
        return listed
    }

    private func distanceFromUsual(_ matrix: Matrix2) -> Double {
        usual.map { matrix.difference(from: $0) }.min() ?? 0
    }

    /// The number of candidates that are stored.
    private static let mostListed = 8

    private func calibration(_ fit: LatticeFit, _ quality: LatticeQuality, _ steps: MapSteps) -> Calibration {
        let fit = problem.map(steps, near: fit).flatMap { fit.refined(problem, by: $0) } ?? fit
        let uncertainty = fit.uncertainty(problem)
        var result = Calibration(.lattice, fit.matrix, relativeError: uncertainty.relative)
        result.errors = uncertainty.elements
        result.residual = fit.residual(problem)
        result.stops = problem.stops
        result.holes = problem.holes
        result.lattice = quality
        return result
    }

    /// How well the lattice holds the stops. Log likelihoods are those of normal errors whose size is fitted, for a stop's place
    /// within the lattice's cell: a finer lattice explains any place with more sites, and so gets no credit for a small residual.
    func quality(_ fit: LatticeFit) -> LatticeQuality {
        let occupancy = fit.occupancy(problem)
        let groups = problem.groups.count
        let freedom = 2 * (groups - groups / 10) - 4 - 2 * problem.patches
        let residual = fit.stopResidual(problem)
        // Below 10 nm of 2.5 um nothing can be told apart.
        let fitting = -Double(max(0, freedom)) * log(max(residual, 0.004))
        let colliding = min(20, Double(occupancy.stopPairs))
        let isExpected = expectedScales.map { $0.contains(fit.matrix.scale) } ?? true
        return LatticeQuality(
            stopResidual: residual, pitch: fit.pitch(problem), hasExpectedPitch: isExpected, sites: occupancy.sites,
            collisions: occupancy.collisions, numberingPairs: numbering.pairs.count,
            numberingHits: numbering.hits(fit, problem), freedom: freedom,
            evidence: fitting - colliding - (isExpected ? 0 : Self.unexpectedPitch))
    }

    /// What it costs to have another pitch than the foil's, log likelihood: less than a verdict rests on, as the pitch may be
    /// given wrongly.
    private static let unexpectedPitch = 6.0

    /// Whether the numbering tells matrices apart: under the right one nearly all pairs of successive ids are neighbours, under a
    /// wrong one few are.
    private func isNumberingInformative(_ qualities: [LatticeQuality]) -> Bool {
        guard let most = qualities.map(\.numberingHits).max() else { return false }
        return most >= Self.leastHits && Double(most) >= 0.7 * Double(numbering.pairs.count)
    }

    private static let leastHits = 6

    private func numberingEvidence(_ quality: LatticeQuality) -> Double {
        let misses = quality.numberingPairs - quality.numberingHits
        return Double(quality.numberingHits) * log(0.9 / 0.15) + Double(misses) * log(0.1 / 0.85)
    }
}
