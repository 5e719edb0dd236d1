import EPUCore
import Foundation

/// The matrix under which the most points hold exactly: M x beam shift - offset = constant of the template's component.
///
/// Three points of one component give a matrix; of all such matrices (or of many drawn ones, where there are too many) the
/// one counts that the most points hold under (RANSAC: Fischler and Bolles, Commun. ACM 24, 381, 1981). Whether so many may
/// do so by chance is told by the expected number of such sets among unrelated points (a contrario: Moisan and Stival, Int.
/// J. Comput. Vis. 57, 201, 2004), which pays for every choice that was made.
struct CentringConsensus: Sendable {
    /// The matrix that the most points hold under, um per beam-shift unit.
    private(set) var matrix = Matrix2.identity
    /// The constant of each component of the template, um.
    private(set) var constants: [Int: Vector2] = [:]
    /// Whether each point holds.
    private(set) var holds: [Bool] = []
    /// The root mean square over the points that hold, um.
    private(set) var residual = 0.0
    /// The standard error of the matrix, as a part, from that residual.
    private(set) var fitError = 0.0
    /// The number of equations that hold beyond the number of unknowns: 4 of M, 2 for each component.
    private(set) var beyond = 0
    /// The natural logarithm of how many sets of unrelated points would be expected to hold as well.
    private(set) var chance = 0.0

    /// The greatest residual of a point that holds, um.
    static let tolerance = 0.002
    /// The least spread of the offsets in their narrower direction, um: with less, M would follow from the errors of a hole's
    /// place.
    private static let leastSpread = 0.005
    /// The most triples of holes that are tried: all if there are no more, else so many at random.
    private static let mostTriples = 4000
    /// The number of points from twice which on only some of the holes are searched.
    private static let mostSearched = 200

    /// Finds the matrix; nil where no three points span the plane, or none of the matrices found might be a microscope's.
    init?(_ points: [CentringPoint]) {
        guard let found = Self.search(points) else { return nil }
        matrix = found
        holds = points.map { _ in false }
        // The points that hold give a new matrix, and that one may hold for others.
        for _ in 0..<3 {
            markHolding(points)
            guard refine(points) else { return nil }
        }
        markHolding(points)
        describe(points)
    }

    // MARK: - Search

    private static func search(_ points: [CentringPoint]) -> Matrix2? {
        let step = max(1, points.count / mostSearched)
        // Holes are the evidence: areas of the template are added to them.
        let searched = points.indices.filter { points[$0].hole == nil || $0 % step == 0 }.map { points[$0] }
        var best: (count: Int, matrix: Matrix2)?
        let components = Dictionary(grouping: searched, by: \.component)
        var sharing = CentringSharing(components.values.map { $0 }, tolerance: tolerance)
        forEachTriple(of: components) { first, second, third in
            let shifts = Matrix2(columns: second.beamShift - first.beamShift, third.beamShift - first.beamShift)
            let offsets = Matrix2(columns: second.offset - first.offset, third.offset - first.offset)
            guard let inverse = shifts.inverse else { return }
            let matrix = offsets * inverse
            guard matrix.isFinite, Calibration.plausibleScales.contains(matrix.scale),
                matrix.singularRatio < mostStretched
            else { return }
            if let count = sharing.count(under: matrix, ifMoreThan: best?.count ?? 0) { best = (count, matrix) }
        }
        return best?.matrix
    }

    /// The greatest ratio of singular values of a matrix that may be one of a microscope: 1.09 was measured.
    private static let mostStretched = 1.3

    /// Calls the body with all triples of points, or with as many as are drawn.
    private static func forEachTriple(
        of components: [Int: [CentringPoint]], _ body: (CentringPoint, CentringPoint, CentringPoint) -> Void
    ) {
        let large = components.sorted { $0.key < $1.key }.map(\.value).filter { $0.count > 2 }
        for points in large {
            let count = points.count
            if count * (count - 1) * (count - 2) / 6 <= mostTriples {
                for i in 0..<count {
                    for j in (i + 1)..<count where j + 1 < count {
                        for k in (j + 1)..<count { body(points[i], points[j], points[k]) }
                    }
                }
            } else {
                var random = RandomSource(seed: 1, stream: "centring")
                for _ in 0..<mostTriples {
                    let (i, j, k) = (random.index(below: count), random.index(below: count), random.index(below: count))
                    if i != j, j != k, i != k { body(points[i], points[j], points[k]) }
                }
            }
        }
    }

    /// The constant of each component that the most of its points share, with these points.
    private static func constants(of points: [CentringPoint], under matrix: Matrix2) -> [Int: [Int]] {
        let values = points.map { matrix * $0.beamShift - $0.offset }
        var sharing: [Int: [Int]] = [:]
        for (component, members) in Dictionary(grouping: points.indices, by: { points[$0].component }) {
            // The values are sorted by x: what shares a constant then lies within a window.
            let order = members.sorted { (values[$0].x, $0) < (values[$1].x, $1) }
            var best: [Int] = []
            var low = 0
            var high = 0
            for index in order {
                while values[order[low]].x < values[index].x - tolerance { low += 1 }
                while high < order.count, values[order[high]].x <= values[index].x + tolerance { high += 1 }
                guard high - low > best.count else { continue }
                let near = order[low..<high].filter { values[$0].distance(to: values[index]) <= tolerance }
                if near.count > best.count { best = near }
            }
            sharing[component] = best
        }
        return sharing
    }

    // MARK: - Fit

    private mutating func markHolding(_ points: [CentringPoint]) {
        holds = points.map { _ in false }
        constants = [:]
        let values = points.map { matrix * $0.beamShift - $0.offset }
        for (component, members) in Self.constants(of: points, under: matrix) where members.count > 1 {
            constants[component] = members.map { values[$0] }.mean
            for index in members { holds[index] = true }
        }
    }

    /// Fits by least squares over the points that hold, each component about its own mean; false where they do not span the
    /// plane.
    private mutating func refine(_ points: [CentringPoint]) -> Bool {
        let fit = fit(points)
        guard let refined = fit.matrix, refined.isFinite else { return false }
        matrix = refined
        return true
    }

    private func fit(_ points: [CentringPoint]) -> LinearFit {
        var fit = LinearFit()
        let components = Dictionary(grouping: points.indices.filter { holds[$0] }) { points[$0].component }
        // In the order of components, so that sums round alike in every run.
        for (_, members) in components.sorted(by: { $0.key < $1.key }) {
            let shift = members.map { points[$0].beamShift }.mean
            let offset = members.map { points[$0].offset }.mean
            for index in members { fit.add(points[index].beamShift - shift, to: points[index].offset - offset) }
        }
        return fit
    }

    private mutating func describe(_ points: [CentringPoint]) {
        let holding = points.indices.filter { holds[$0] }
        let errors = holding.map {
            (matrix * points[$0].beamShift - points[$0].offset) - (constants[points[$0].component] ?? .zero)
        }
        let squares = errors.reduce(0) { $0 + $1.squaredLength }
        residual = (squares / Double(max(1, holding.count))).squareRoot()
        beyond = 2 * holding.count - 4 - 2 * constants.count
        if let variance = fit(points).rowVariance {
            fitError = residual * variance.squareRoot() / matrix.scale
        }
        chance = logOfChance(points, holding)
    }

    /// The logarithm of n C(n, k) C(k, m) p^(k - m) for n points, of which k hold and m are needed to say under which matrix; p
    /// is the greatest chance that an unrelated point holds: offsets have a normal distribution, and the tolerance lies where
    /// they are densest.
    private func logOfChance(_ points: [CentringPoint], _ holding: [Int]) -> Double {
        let holes = points.filter { $0.hole != nil }.map(\.offset)
        let offsets = holes.count > 2 ? holes : points.map(\.offset)
        let mean = offsets.mean
        var spread = LinearFit()
        for offset in offsets { spread.add(offset - mean, to: .zero) }
        let (wide, narrow) = spread.normal.singularValues
        let count = Double(offsets.count)
        let (greater, smaller) = ((wide / count).squareRoot(), (narrow / count).squareRoot())
        let p = smaller < Self.leastSpread ? 1 : min(1, Self.tolerance * Self.tolerance / (2 * greater * smaller))
        let (n, k, m) = (points.count, holding.count, 2 + constants.count)
        guard k >= m else { return log(Double(max(1, n))) }
        return log(Double(n)) + Self.logBinomial(n, k) + Self.logBinomial(k, m) + Double(k - m) * log(p)
    }

    private static func logBinomial(_ n: Int, _ k: Int) -> Double {
        lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
    }
}
