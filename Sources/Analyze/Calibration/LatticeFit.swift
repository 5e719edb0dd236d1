import EPUShared
import Foundation

/// Holes, stops and the lattice in beam shift, laid out for the fits that are tried on them.
struct LatticeProblem: Sendable {
    typealias Site = FoilLattice.Site

    let lattice: FoilLattice
    /// Of each visit: hole part of the beam shift, stage from the middle of its patch (um), stop, patch, hole's id.
    let beamShift: [Vector2]
    let stage: [Vector2]
    let stop: [Int]
    let patch: [Int]
    let hole: [Int64]
    /// The visits' places in the session's list.
    let visits: [Int]
    let stops: Int
    let patches: Int
    /// Position of each stop's visits from the middle of their patch, um.
    let reach: [Double]
    /// Middle of each patch: the stop nearest to the mean of its stops, um.
    let middle: [Vector2]

    /// - Parameter mostStops: whole patches, those with the most stops, until there are so many; nil takes all.
    init(_ session: HoleVisits, _ lattice: FoilLattice, mostStops: Int? = nil) {
        self.lattice = lattice
        var stopsOfPatch = [Set<Int>](repeating: [], count: session.patches)
        for visit in session.visits { stopsOfPatch[visit.patch].insert(visit.stop) }
        let order = stopsOfPatch.indices.sorted { (stopsOfPatch[$1].count, $0) < (stopsOfPatch[$0].count, $1) }
        var taken = [Int](repeating: -1, count: session.patches)
        var total = 0
        var patches = 0
        for patch in order where mostStops.map({ total == 0 || total < $0 }) ?? true {
            taken[patch] = patches
            patches += 1
            total += stopsOfPatch[patch].count
        }
        visits = session.visits.indices.filter { taken[session.visits[$0].patch] >= 0 }
        let chosen = visits.map { session.visits[$0] }
        let used = Set(chosen.map(\.stop)).sorted()
        let number = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
        beamShift = chosen.map(\.beamShift)
        stop = chosen.map { number[$0.stop] ?? 0 }
        patch = chosen.map { taken[$0.patch] }
        hole = chosen.map(\.foilHole)
        stops = used.count
        self.patches = patches
        var middle = [Vector2](repeating: .zero, count: patches)
        for patch in stopsOfPatch.indices where taken[patch] >= 0 {
            let places = stopsOfPatch[patch].sorted().map { session.stops[$0].stage }
            let mean = places.mean
            middle[taken[patch]] = places.min { $0.distance(to: mean) < $1.distance(to: mean) } ?? mean
        }
        self.middle = middle
        stage = chosen.map { session.stops[$0.stop].stage - middle[taken[$0.patch]] }
        reach = stage.map(\.length)
    }
}

/// A matrix that puts the holes of all stage stops on one lattice, and how well it does.
///
/// Fitted is beam shift = G n - W S + origin of the patch, with W = M^-1: beam shifts carry the errors of hole positions,
/// while sites n and stage positions S do not, so that this direction has no bias.
struct LatticeFit: Sendable {
    typealias Site = FoilLattice.Site

    private(set) var inverse: Matrix2
    private(set) var matrix: Matrix2
    private(set) var vectors: Matrix2
    private(set) var origin: [Vector2]
    /// Of each visit of the problem.
    private(set) var sites: [Site]
    /// From the site, um.
    private(set) var residuals: [Vector2]
    /// Of the inverse's columns, in units of the variance of a hole's beam shift.
    private var inverseVariance = Vector2.zero
    private var map: FoilMap?

    /// Holes further from a site than this part of the pitch are not on the lattice: they were missed.
    private static let outlier = 0.25
    /// The same while the matrix is still rough.
    private static let roughOutlier = 0.45

    /// Refines a matrix from the middle of each patch outwards: near the middle an error of some per cent does not yet
    /// lead to another site.
    init?(_ problem: LatticeProblem, from seed: Matrix2) {
        guard let inverse = seed.inverse else { return nil }
        self.init(problem, vectors: problem.lattice.vectors, inverse: inverse)
        let start = inverse
        let pitch = problem.lattice.pitch * seed.scale
        let farthest = problem.reach.max() ?? 0
        var reach = 4 * pitch
        while true {
            for _ in 0..<2 { guard refine(problem, within: reach, anchoredTo: start, part: 0.05) else { return nil } }
            if reach >= farthest { break }
            reach *= 1.5
        }
        for _ in 0..<3 { guard refine(problem, within: .infinity, anchoredTo: start, part: 0.3) else { return nil } }
        place(problem)
    }

    /// The same fit with what the hole map tells of the foil's lattice.
    func refined(_ problem: LatticeProblem, by map: FoilMap) -> LatticeFit? {
        var fit = self
        fit.map = map
        let start = inverse
        for _ in 0..<3 {
            guard fit.refine(problem, within: .infinity, anchoredTo: start, part: 0.3) else { return nil }
        }
        fit.sites = []
        fit.residuals = []
        fit.place(problem)
        return fit
    }

    /// The lattice under a given matrix: only the patches' origins are fitted.
    init?(_ problem: LatticeProblem, given matrix: Matrix2) {
        guard let inverse = matrix.inverse else { return nil }
        self.init(problem, vectors: problem.lattice.vectors, inverse: inverse)
        place(problem)
    }

    private init?(_ problem: LatticeProblem, vectors: Matrix2, inverse: Matrix2) {
        guard let matrix = inverse.inverse else { return nil }
        self.inverse = inverse
        self.matrix = matrix
        self.vectors = vectors
        sites = []
        residuals = []
        origin = []
        origin = phaseOrigins(problem, within: 4 * problem.lattice.pitch * matrix.scale)
    }

    /// Circular means of the places within the cell.
    private func phaseOrigins(_ problem: LatticeProblem, within reach: Double) -> [Vector2] {
        guard let toSites = vectors.inverse else { return [] }
        var sums = [SIMD4<Double>](repeating: .zero, count: problem.patches)
        for index in problem.stop.indices where problem.reach[index] <= reach {
            let place = toSites * (problem.beamShift[index] + inverse * problem.stage[index])
            let (i, j) = (2 * .pi * place.x, 2 * .pi * place.y)
            sums[problem.patch[index]] += SIMD4(cos(i), sin(i), cos(j), sin(j))
        }
        return sums.map { sum in
            vectors * Vector2(atan2(sum[1], sum[0]) / (2 * .pi), atan2(sum[3], sum[2]) / (2 * .pi))
        }
    }

    /// One step: sites by rounding, then the least-squares solution.
    private mutating func refine(
        _ problem: LatticeProblem, within reach: Double, anchoredTo start: Matrix2, part: Double
    ) -> Bool {
        guard let toSites = vectors.inverse else { return false }
        let limit = (reach.isFinite ? Self.roughOutlier : Self.outlier) * problem.lattice.pitch
        var sums = [LatticeSums](repeating: LatticeSums(), count: problem.patches)
        for index in problem.stop.indices where problem.reach[index] <= reach {
            let (shift, stage) = (problem.beamShift[index], problem.stage[index])
            let place = toSites * (shift + inverse * stage - origin[problem.patch[index]])
            let site = FoilLattice.rounded(place)
            guard (vectors * (place - site)).length < limit else { continue }
            sums[problem.patch[index]].add(site: site, stage: stage, beamShift: shift)
        }
        let deviation = start.singularValues.greater
        let anchor = LatticeSums.Anchor(
            vectors: problem.lattice.vectors, inverse: start, vectorDeviation: 0.5 * part * problem.lattice.pitch,
            inverseDeviation: part * deviation)
        guard let solution = LatticeSums.solve(sums, anchor: anchor, map: map),
            let matrix = solution.inverse.inverse,
            matrix.isFinite, solution.vectors.inverse != nil
        else { return false }
        vectors = solution.vectors
        inverse = solution.inverse
        inverseVariance = solution.inverseVariance
        self.matrix = matrix
        origin = sums.map { $0.origin(solution) }
        return true
    }

    private mutating func place(_ problem: LatticeProblem) {
        guard let toSites = vectors.inverse else { return }
        sites.reserveCapacity(problem.stop.count)
        residuals.reserveCapacity(problem.stop.count)
        for index in problem.stop.indices {
            let place =
                toSites
                * (problem.beamShift[index] + inverse * problem.stage[index] - origin[problem.patch[index]])
            let site = FoilLattice.rounded(place)
            sites.append(Site(Int(clamping: site.x), Int(clamping: site.y)))
            residuals.append(matrix * (vectors * (place - site)))
        }
    }
}

extension Int {
    /// The nearest integer that there is; 0 for what is no number.
    init(clamping value: Double) {
        self = Int(exactly: value.rounded()) ?? (value > 0 ? .max / 4 : value < 0 ? .min / 4 : 0)
    }
}

// MARK: - How well it fits

extension LatticeFit {
    /// The foil's pitch under this matrix, um.
    func pitch(_ problem: LatticeProblem) -> Double {
        (abs((matrix * vectors).determinant) / problem.lattice.kind.cellArea).squareRoot()
    }

    func isOnLattice(_ index: Int, pitch: Double) -> Bool { residuals[index].length < Self.outlier * pitch }

    /// Rms distance of the holes on the lattice from their sites, um.
    func residual(_ problem: LatticeProblem) -> Double {
        let pitch = pitch(problem)
        let squares = residuals.indices.filter { isOnLattice($0, pitch: pitch) }.map { residuals[$0].squaredLength }
        return squares.isEmpty ? 0.41 * pitch : (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    }

    /// Rms over stage stops, the worst tenth left out, of the mean residual of a stop's holes, in parts of the pitch: what
    /// a wrong matrix makes greater, as it errs by the same amount for all holes of a stop. For a random matrix 0.4.
    func stopResidual(_ problem: LatticeProblem) -> Double {
        var sums = [Vector2](repeating: .zero, count: problem.stops)
        var counts = [Double](repeating: 0, count: problem.stops)
        for index in problem.stop.indices {
            sums[problem.stop[index]] = sums[problem.stop[index]] + residuals[index]
            counts[problem.stop[index]] += 1
        }
        let squares = zip(sums, counts).compactMap { sum, count in
            count > 0 ? (1 / count * sum).squaredLength : nil
        }.sorted()
        let kept = squares.prefix(squares.count - squares.count / 10)
        guard !kept.isEmpty else { return 0.41 }
        return (kept.reduce(0, +) / Double(kept.count)).squareRoot() / pitch(problem)
    }

    /// Foil holes, the sites on which they lie, and the sites with different holes from different stops.
    func occupancy(_ problem: LatticeProblem) -> (holes: Int, sites: Int, collisions: Int, stopPairs: Int) {
        struct Place: Hashable {
            let patch: Int
            let site: Site
        }
        struct StopPair: Hashable {
            let first: Int
            let second: Int
        }
        var occupants: [Place: [Int]] = [:]
        for index in problem.stop.indices {
            occupants[Place(patch: problem.patch[index], site: sites[index]), default: []].append(index)
        }
        var collisions = 0
        var pairs: Set<StopPair> = []
        for members in occupants.values where members.count > 1 {
            let first = members[0]
            let others = members.filter {
                problem.hole[$0] != problem.hole[first] && problem.stop[$0] != problem.stop[first]
            }
            guard !others.isEmpty else { continue }
            collisions += 1
            for other in others {
                pairs.insert(StopPair(first: problem.stop[first], second: problem.stop[other]))
            }
        }
        return (Set(problem.hole).count, occupants.count, collisions, pairs.count)
    }
}

// MARK: - Uncertainty

extension LatticeFit {
    struct Uncertainty: Sendable {
        /// Of each element, um per unit.
        let elements: Matrix2
        /// Of the matrix as a whole: rms of |dM M^-1| / sqrt 2.
        let relative: Double
    }

    /// From a bootstrap over stage stops (Efron 1979), and never less than independent errors of the holes would give.
    func uncertainty(_ problem: LatticeProblem, resamples: Int = 200) -> Uncertainty {
        let pitch = pitch(problem)
        var sums = [[LatticeSums]](repeating: [], count: problem.stops)
        var patchOfSums = [[Int]](repeating: [], count: problem.stops)
        var squares = 0.0
        var count = 0.0
        for index in problem.stop.indices where isOnLattice(index, pitch: pitch) {
            let stop = problem.stop[index]
            let place = patchOfSums[stop].firstIndex(of: problem.patch[index]) ?? patchOfSums[stop].count
            if place == patchOfSums[stop].count {
                patchOfSums[stop].append(problem.patch[index])
                sums[stop].append(LatticeSums())
            }
            sums[stop][place].add(
                site: sites[index].vector, stage: problem.stage[index], beamShift: problem.beamShift[index])
            squares += (inverse * residuals[index]).squaredLength
            count += 1
        }
        var random = RandomSource(seed: 1, stream: "bootstrap")
        var errors: [Matrix2] = []
        let anchor = LatticeSums.Anchor(
            vectors: vectors, inverse: inverse, vectorDeviation: 0.3 * problem.lattice.pitch,
            inverseDeviation: 0.3 * inverse.singularValues.greater)
        for _ in 0..<resamples {
            var weights = [Double](repeating: 0, count: problem.stops)
            for _ in 0..<problem.stops { weights[random.index(below: problem.stops)] += 1 }
            var patches = [LatticeSums](repeating: LatticeSums(), count: problem.patches)
            for stop in 0..<problem.stops where weights[stop] > 0 {
                for (patch, part) in zip(patchOfSums[stop], sums[stop]) {
                    patches[patch].add(part, times: weights[stop])
                }
            }
            guard let other = LatticeSums.solve(patches, anchor: anchor, map: map)?.inverse.inverse else { continue }
            errors.append(other - matrix)
        }
        // For each component of the beam shift; four unknowns and an origin for each patch.
        let variance = squares / max(1, 2 * count - 8 - 2 * Double(problem.patches))
        let floor = variance * matrix.squaredElements * (inverseVariance.x + inverseVariance.y) / 2
        guard !errors.isEmpty else { return Uncertainty(elements: Matrix2(scale: 0), relative: floor.squareRoot()) }
        // Medians: of few stops a resample may lack those that hold the matrix. For normal errors |x| has the median
        // 0.6745, and the sum of four squares 3.357.
        let relative = (errors.map { ($0 * inverse).squaredElements / 2 }.median * 4 / 3.357).squareRoot()
        let factor = max(1, floor.squareRoot() / max(relative, 1e-15))
        func deviation(_ element: KeyPath<Matrix2, Double>) -> Double {
            factor * errors.map { abs($0[keyPath: element]) }.median / 0.6745
        }
        return Uncertainty(
            elements: Matrix2(deviation(\.m11), deviation(\.m12), deviation(\.m21), deviation(\.m22)),
            relative: factor * relative)
    }
}

extension Matrix2 {
    var squaredElements: Double { m11 * m11 + m12 * m12 + m21 * m21 + m22 * m22 }

    /// How far apart two matrices are, as a part: the greatest change of a vector that one makes of the other's.
    func difference(from other: Matrix2) -> Double {
        guard let inverse = other.inverse else { return .infinity }
        return ((self * inverse) - .identity).singularValues.greater
    }
}
