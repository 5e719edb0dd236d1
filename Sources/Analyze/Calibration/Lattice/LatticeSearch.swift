import EPUCore
import Foundation

/// Matrices that might put all stage stops on one lattice, found without any guess.
///
/// With L = M G the stage lattice, stop s lies at place L^-1 S + u modulo 1 with u = G^-1 x its phase in beam shift. So each
/// row r of L^-1 is a spatial frequency at which exp 2 pi i (r S + u) adds up over the stops: a periodogram. Pairs of its
/// peaks that make a nearly conformal matrix are the candidates.
struct LatticeSearch {
    /// The scales to look at, um per unit.
    let scales: ClosedRange<Double>

    /// The greatest ratio of singular values that a microscope has.
    static let greatestRatio = 1.12
    /// The most peaks of a lattice row, the most seeds, and the most frequencies that are looked at.
    private static let mostPeaks = 60
    private static let mostSeeds = 40
    private static let mostFrequencies = 150_000.0

    /// The matrices that were found, the best first.
    func seeds(_ problem: LatticeProblem) -> [Matrix2] {
        // Where squares are turned, their stops are turned back first: which way depends on whether the matrix mirrors.
        let found =
            problem.isOneLattice
            ? seeds(problem, mirrored: nil) : [true, false].flatMap { seeds(problem, mirrored: $0) }
        return found.sorted { $0.score > $1.score }.prefix(Self.mostSeeds).map(\.matrix)
    }

    private func seeds(_ problem: LatticeProblem, mirrored: Bool?) -> [(matrix: Matrix2, score: Double)] {
        guard let toSites = problem.lattice.vectors.inverse else { return [] }
        let stops = phases(problem, mirrored: mirrored)
        guard stops.count > 3 else { return [] }
        let rows = [Vector2(toSites.m11, toSites.m12), Vector2(toSites.m21, toSites.m22)]
        let room = Self.greatestRatio.squareRoot()
        let longest = (rows.map(\.length).max() ?? 0) / scales.lowerBound * room
        let shortest = (rows.map(\.length).min() ?? 0) / scales.upperBound / room
        // The grid has four steps to the width of a peak, which the greatest distance within a patch gives.
        let extent = max(1, 2 * (problem.reach.max() ?? 1))
        let step = max(1 / (4 * extent), (.pi * longest * longest / Self.mostFrequencies).squareRoot())
        let grid = Periodogram(stops, patches: problem.patches, longest: longest, step: step)
        let peaks = [0, 1].map { row in
            let range = rows[row].length / scales.upperBound / room...rows[row].length / scales.lowerBound * room
            return grid.peaks(row: row, lengths: max(shortest, range.lowerBound)...range.upperBound, Self.mostPeaks)
        }
        var found: [(matrix: Matrix2, score: Double)] = []
        for first in peaks[0] {
            for second in peaks[1] {
                let toLattice = Matrix2(
                    first.frequency.x, first.frequency.y, second.frequency.x, second.frequency.y)
                guard let lattice = toLattice.inverse else { continue }
                let matrix = lattice * toSites
                guard matrix.singularRatio < Self.greatestRatio, scales.contains(matrix.scale),
                    mirrored.map({ matrix.isMirrored == $0 }) ?? true
                else { continue }
                found.append((matrix, first.height + second.height))
            }
        }
        return found
    }

    /// For each stop of a patch that has more than one: its patch, its stage position, its phases.
    private func phases(_ problem: LatticeProblem, mirrored: Bool?) -> [Periodogram.Stop] {
        struct Key: Hashable {
            let stop: Int
            let patch: Int
        }
        let toSites = problem.patchLattices.vectors.map(\.inverse)
        let flattening = problem.patchLattices.vectors.map { vectors in
            mirrored.map { Self.flattening(vectors, problem.lattice.vectors, mirrored: $0) } ?? .identity
        }
        var sums: [Key: (phase: SIMD4<Double>, stage: Vector2)] = [:]
        for index in problem.stop.indices {
            let patch = problem.patch[index]
            guard let toSites = toSites[patch] else { continue }
            let place = toSites * problem.beamShift[index]
            let (i, j) = (2 * .pi * place.x, 2 * .pi * place.y)
            let key = Key(stop: problem.stop[index], patch: patch)
            sums[key, default: (.zero, flattening[patch] * problem.stage[index])].phase += SIMD4(
                cos(i), sin(i), cos(j), sin(j))
        }
        let stopsOfPatch = Dictionary(grouping: sums.keys) { $0.patch }
        return sums.sorted { ($0.key.patch, $0.key.stop) < ($1.key.patch, $1.key.stop) }
            .filter { (stopsOfPatch[$0.key.patch]?.count ?? 0) > 1 }
            .map { key, value in
                let phase = value.phase
                return Periodogram.Stop(
                    patch: key.patch, stage: value.stage,
                    phases: (atan2(phase[1], phase[0]), atan2(phase[3], phase[2])))
            }
    }

    /// The matrix that takes the stage in a square whose foil is turned and stretched to that of a square with the session's
    /// lattice. The turn is seen in beam shift; a matrix that mirrors makes it one to the other side on the stage.
    private static func flattening(_ own: Matrix2, _ session: Matrix2, mirrored: Bool) -> Matrix2 {
        guard let inverse = own.inverse else { return .identity }
        let change = session * inverse
        return Matrix2(
            scale: change.scale, angleDegrees: mirrored ? -change.angleDegrees : change.angleDegrees, isMirrored: false)
    }
}

/// The periodogram |sum over stops of exp i (2 pi r S + phase)|, added up over patches, on a square grid of frequencies r.
private struct Periodogram {
    struct Stop {
        let patch: Int
        /// The stop's stage position, um.
        let stage: Vector2
        /// The phases of the stop along the two lattice vectors, radian.
        let phases: (Double, Double)
    }

    struct Peak {
        /// The spatial frequency, per um.
        let frequency: Vector2
        /// The height of the peak, which is 1 where all stops agree.
        let height: Double
    }

    private let half: Int
    private let step: Double
    private var heights: ([Float], [Float])

    /// Computes the periodogram. The cost is stops x frequencies: along a line of the grid each stop's phase is turned on, not
    /// computed again.
    init(_ stops: [Stop], patches: Int, longest: Double, step: Double) {
        half = Int(longest / step) + 2
        self.step = step
        let side = 2 * half + 1
        heights = ([Float](repeating: 0, count: side * side), [Float](repeating: 0, count: side * side))
        // Stops of one patch follow each other.
        let turns = stops.map { stop in
            let angle = 2 * .pi * step * stop.stage.x
            return SIMD2(Float(cos(angle)), Float(sin(angle)))
        }
        let ends = stops.indices.filter { $0 + 1 == stops.count || stops[$0 + 1].patch != stops[$0].patch }
        var phasors = [SIMD4<Float>](repeating: .zero, count: stops.count)
        let total = Float(stops.count)
        for row in 0..<side {
            let y = Double(row - half) * step
            for (index, stop) in stops.enumerated() {
                let angle = 2 * .pi * (y * stop.stage.y - Double(half) * step * stop.stage.x)
                let (first, second) = (angle + stop.phases.0, angle + stop.phases.1)
                phasors[index] = SIMD4(
                    Float(cos(first)), Float(sin(first)), Float(cos(second)), Float(sin(second)))
            }
            for column in 0..<side {
                var height = SIMD2<Float>.zero
                var start = 0
                for end in ends {
                    var sum = SIMD4<Float>.zero
                    for index in start...end {
                        let phasor = phasors[index]
                        sum += phasor
                        let (c, s) = (turns[index].x, turns[index].y)
                        phasors[index] = SIMD4(
                            phasor.x * c - phasor.y * s, phasor.x * s + phasor.y * c, phasor.z * c - phasor.w * s,
                            phasor.z * s + phasor.w * c)
                    }
                    height.x += (sum.x * sum.x + sum.y * sum.y).squareRoot()
                    height.y += (sum.z * sum.z + sum.w * sum.w).squareRoot()
                    start = end + 1
                }
                heights.0[row * side + column] = height.x / total
                heights.1[row * side + column] = height.y / total
            }
        }
    }

    /// The local maxima, the highest first.
    func peaks(row: Int, lengths: ClosedRange<Double>, _ most: Int) -> [Peak] {
        let heights = row == 0 ? heights.0 : heights.1
        let side = 2 * half + 1
        var peaks: [Peak] = []
        for y in 1..<(side - 1) {
            for x in 1..<(side - 1) {
                let height = heights[y * side + x]
                guard height > 0.5 else { continue }
                let frequency = step * Vector2(Double(x - half), Double(y - half))
                guard lengths.contains(frequency.length) else { continue }
                let isPeak = (-1...1).allSatisfy { dy in
                    (-1...1).allSatisfy { dx in heights[(y + dy) * side + x + dx] <= height }
                }
                if isPeak { peaks.append(Peak(frequency: frequency, height: Double(height))) }
            }
        }
        return Array(peaks.sorted { $0.height > $1.height }.prefix(most))
    }
}
